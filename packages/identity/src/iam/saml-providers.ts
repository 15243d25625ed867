import { type AwsError, permission } from "@hotkeep/core";
import { alreadyExists, invalidInput, noSuchEntity, quotaExceeded } from "../errors.js";
import { quotas } from "../limits.js";
import { samlProviders } from "../records/tables.js";
import type { RecordTransaction } from "../records/transaction.js";
import type { SamlProviderRecord } from "../records/types.js";
import { onNothing, onTagged, requestTags } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { paginate } from "./page.js";
import { wholeSeconds } from "./shapes.js";
import { mergeTags, withoutTags } from "./tag-rules.js";

/** A provider whose metadata does not say how long it is good is good for a century (observed). */
const YEARS_VALID = 100;

function nameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

function missing(arn: string): AwsError {
  return noSuchEntity(`SAMLProvider not found for arn ${arn}`);
}

async function requireProvider(tx: RecordTransaction, arn: string): Promise<SamlProviderRecord> {
  const provider = await tx.get(samlProviders, nameIn(arn));
  if (provider?.arn !== arn) throw missing(arn);
  return provider;
}

/**
 * Whether a text looks like an identity provider's metadata. It is stored and shown; no assertion is ever checked
 * against it here.
 *
 * @throws AwsError `InvalidInputException`
 */
function checkMetadata(metadata: string): void {
  const descriptor = /<(?:[\w.-]+:)?EntityDescriptor[\s>]/.test(metadata);
  const provider = /<(?:[\w.-]+:)?IDPSSODescriptor[\s>]/.test(metadata);
  if (!descriptor || !provider) throw invalidInput("Could not parse metadata");
}

function validUntil(metadata: string, nowMs: number): number {
  const said = Date.parse(/\bvalidUntil="([^"]{1,40})"/.exec(metadata)?.[1] ?? "");
  if (!Number.isNaN(said)) return said;
  const date = new Date(nowMs);
  return date.setUTCFullYear(date.getUTCFullYear() + YEARS_VALID);
}

/** SAML providers, stored for tools that describe an account; see `docs/fidelity.md` for what is not done with them. */
export const samlProviderOperations: OperationFamily = ({ directory, records, clock }) => {
  const findOrNot = (arn: string) => {
    const provider = directory.samlProviders.get(nameIn(arn).toLowerCase());
    return provider?.arn === arn ? provider : undefined;
  };
  const find = (arn: string) => {
    const provider = findOrNot(arn);
    if (provider === undefined) throw missing(arn);
    return provider;
  };
  const on = (action: string, arn: string, context = {}) => onTagged(action, arn, findOrNot(arn)?.tags, context);
  const change = (arn: string, edit: (provider: SamlProviderRecord) => SamlProviderRecord) =>
    records.edit(async (tx) => {
      const provider = await requireProvider(tx, arn);
      tx.put(samlProviders, provider.name, edit(provider));
    });
  return [
    operation("CreateSAMLProvider", {
      needs: ({ Name, Tags }) => [
        permission("iam:CreateSAMLProvider", directory.arns.samlProvider(Name), requestTags(Tags)),
      ],
      handle: async ({ Name: name, SAMLMetadataDocument: metadata, Tags, AssertionEncryptionMode, AddPrivateKey }) => {
        if (AssertionEncryptionMode !== undefined || AddPrivateKey !== undefined) {
          throw invalidInput("Encrypted assertions cannot be set up here: assertions are not exchanged for sessions.");
        }
        checkMetadata(metadata);
        if (directory.samlProviders.size >= quotas.samlProviders) {
          throw quotaExceeded("SAMLProvidersPerAccount", quotas.samlProviders);
        }
        const arn = directory.arns.samlProvider(name);
        const now = clock.now();
        const tags = mergeTags([], Tags);
        const made = { arn, name, metadata, createdAt: now, validUntil: validUntil(metadata, now), tags };
        await records.edit(async (tx) => {
          if ((await tx.get(samlProviders, name)) !== undefined) {
            throw alreadyExists(`SAMLProvider with name ${name} already exists.`);
          }
          tx.put(samlProviders, name, made);
        });
        return { SAMLProviderArn: arn, ...(tags.length === 0 ? {} : { Tags: [...tags] }) };
      },
    }),

    operation("GetSAMLProvider", {
      needs: ({ SAMLProviderArn }) => [on("GetSAMLProvider", SAMLProviderArn)],
      handle: ({ SAMLProviderArn }) => {
        const provider = find(SAMLProviderArn);
        return {
          SAMLMetadataDocument: provider.metadata,
          CreateDate: wholeSeconds(provider.createdAt),
          ValidUntil: wholeSeconds(provider.validUntil),
          ...(provider.tags.length === 0 ? {} : { Tags: [...provider.tags] }),
        };
      },
    }),

    operation("ListSAMLProviders", {
      needs: () => [onNothing("ListSAMLProviders")],
      handle: () => ({
        SAMLProviderList: [...directory.samlProviders.values()].map((provider) => ({
          Arn: provider.arn,
          ValidUntil: wholeSeconds(provider.validUntil),
          CreateDate: wholeSeconds(provider.createdAt),
        })),
      }),
    }),

    operation("UpdateSAMLProvider", {
      needs: ({ SAMLProviderArn }) => [on("UpdateSAMLProvider", SAMLProviderArn)],
      handle: async (input) => {
        const { SAMLProviderArn, SAMLMetadataDocument: metadata } = input;
        const { AssertionEncryptionMode, AddPrivateKey, RemovePrivateKey } = input;
        if (AssertionEncryptionMode !== undefined || AddPrivateKey !== undefined || RemovePrivateKey !== undefined) {
          throw invalidInput("Encrypted assertions cannot be set up here: assertions are not exchanged for sessions.");
        }
        if (metadata === undefined) throw invalidInput("There is nothing to update: no metadata document was given.");
        checkMetadata(metadata);
        await change(SAMLProviderArn, (provider) => ({
          ...provider,
          metadata,
          validUntil: validUntil(metadata, clock.now()),
        }));
        return { SAMLProviderArn };
      },
    }),

    operation("DeleteSAMLProvider", {
      needs: ({ SAMLProviderArn }) => [on("DeleteSAMLProvider", SAMLProviderArn)],
      handle: async ({ SAMLProviderArn }) => {
        await records.edit(async (tx) => tx.delete(samlProviders, (await requireProvider(tx, SAMLProviderArn)).name));
        return {};
      },
    }),

    operation("TagSAMLProvider", {
      needs: ({ SAMLProviderArn, Tags }) => [on("TagSAMLProvider", SAMLProviderArn, requestTags(Tags))],
      handle: async ({ SAMLProviderArn, Tags }) => {
        await change(SAMLProviderArn, (provider) => ({ ...provider, tags: mergeTags(provider.tags, Tags) }));
        return {};
      },
    }),
    operation("UntagSAMLProvider", {
      needs: ({ SAMLProviderArn, TagKeys }) => [on("UntagSAMLProvider", SAMLProviderArn, { "aws:TagKeys": TagKeys })],
      handle: async ({ SAMLProviderArn, TagKeys }) => {
        await change(SAMLProviderArn, (provider) => ({ ...provider, tags: withoutTags(provider.tags, TagKeys) }));
        return {};
      },
    }),
    operation("ListSAMLProviderTags", {
      needs: ({ SAMLProviderArn }) => [on("ListSAMLProviderTags", SAMLProviderArn)],
      handle: ({ SAMLProviderArn, ...input }) => {
        const { items, rest } = paginate(find(SAMLProviderArn).tags, ({ Key }) => Key, input);
        return { Tags: items, ...rest };
      },
    }),
  ];
};
