import { type AwsError, type PermissionRequest, permission } from "@hotkeep/core";
import { alreadyExists, invalidInput, limitExceeded, noSuchEntity, quotaExceeded, validation } from "../errors.js";
import { quotas } from "../limits.js";
import { inlineKeys, isInlineKey } from "../providers/inline-keys.js";
import type { Realm } from "../realm.js";
import { oidcProviders } from "../records/tables.js";
import type { RecordTransaction } from "../records/transaction.js";
import type { OidcProviderRecord, TagRecord } from "../records/types.js";
import { onNothing, onTagged, requestTags } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { paginate } from "./page.js";
import { wholeSeconds } from "./shapes.js";
import { mergeTags, withoutTags } from "./tag-rules.js";

function missing(arn: string): AwsError {
  return noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);
}

async function requireProvider(tx: RecordTransaction, arn: string): Promise<OidcProviderRecord> {
  const provider = await tx.get(oidcProviders, arn);
  if (provider === undefined) throw missing(arn);
  return provider;
}

/** What comes after `https://`. @throws CommonAwsError `Validation` for what cannot be a provider's URL */
function urlOf(url: string): string {
  const rest = /^https:\/\/([A-Za-z0-9.-]+(?::\d{1,5})?(?:\/[A-Za-z0-9._~/-]*)?)$/.exec(url)?.[1];
  if (rest === undefined) throw validation("Invalid Open ID Connect Provider URL");
  return rest.replace(/\/$/, "");
}

function checkThumbprints(thumbprints: readonly string[]): readonly string[] {
  if (thumbprints.length > quotas.thumbprintsPerProvider) {
    throw invalidInput(`Thumbprint list must contain fewer than ${quotas.thumbprintsPerProvider + 1} entries.`);
  }
  if (thumbprints.some((thumbprint) => !/^[0-9A-Fa-f]{40}$/.test(thumbprint))) {
    throw invalidInput("Thumbprints must be 40 hexadecimal digits.");
  }
  return thumbprints;
}

function checkClientIds(ids: readonly string[]): readonly string[] {
  if (ids.length > quotas.clientIdsPerProvider) {
    throw limitExceeded(`Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: ${quotas.clientIdsPerProvider}`);
  }
  return [...new Set(ids)];
}

/** Tags with the keys among them checked. */
function checkedTags(tags: readonly TagRecord[]): readonly TagRecord[] {
  inlineKeys(tags);
  return tags;
}

/** OpenID Connect providers. */
export const oidcProviderOperations: OperationFamily = (realm: Realm) => {
  const { directory, records, clock } = realm;
  const on = (action: string, arn: string, context = {}) =>
    onTagged(action, arn, directory.oidcProviders.get(arn)?.tags, context);
  /** Tags that hold keys say who is trusted: they need what changing the trusted certificates needs. */
  const onTags = (action: string, arn: string, keys: readonly string[], context: object): PermissionRequest[] => [
    on(action, arn, context),
    ...(keys.some(isInlineKey) ? [on("UpdateOpenIDConnectProviderThumbprint", arn)] : []),
  ];
  const find = (arn: string) => {
    const provider = directory.oidcProviders.get(arn);
    if (provider === undefined) throw missing(arn);
    return provider;
  };
  const change = (arn: string, edit: (provider: OidcProviderRecord) => OidcProviderRecord) =>
    records.edit(async (tx) => tx.put(oidcProviders, arn, edit(await requireProvider(tx, arn))));
  return [
    operation("CreateOpenIDConnectProvider", {
      needs: ({ Url, Tags }) => {
        const arn = directory.arns.oidcProvider(Url.replace(/^https:\/\//, "").replace(/\/$/, ""));
        return [permission("iam:CreateOpenIDConnectProvider", arn, requestTags(Tags))];
      },
      handle: async ({ Url, ClientIDList = [], ThumbprintList = [], Tags }) => {
        const url = urlOf(Url);
        if (directory.oidcProviders.size >= quotas.oidcProviders) {
          throw quotaExceeded("OpenIdConnectProvidersPerAccount", quotas.oidcProviders);
        }
        const arn = directory.arns.oidcProvider(url);
        const tags = checkedTags(mergeTags([], Tags));
        const clientIds = checkClientIds(ClientIDList);
        const thumbprints = checkThumbprints(ThumbprintList);
        await records.edit(async (tx) => {
          if ((await tx.get(oidcProviders, arn)) !== undefined) {
            throw alreadyExists(`Provider with url ${Url} already exists.`);
          }
          tx.put(oidcProviders, arn, { arn, url, clientIds, thumbprints, createdAt: clock.now(), tags });
        });
        return { OpenIDConnectProviderArn: arn, ...(tags.length === 0 ? {} : { Tags: [...tags] }) };
      },
    }),

    operation("GetOpenIDConnectProvider", {
      needs: ({ OpenIDConnectProviderArn }) => [on("GetOpenIDConnectProvider", OpenIDConnectProviderArn)],
      handle: ({ OpenIDConnectProviderArn }) => {
        const { url, clientIds, thumbprints, createdAt, tags } = find(OpenIDConnectProviderArn);
        return {
          Url: url,
          ClientIDList: [...clientIds],
          ThumbprintList: [...thumbprints],
          CreateDate: wholeSeconds(createdAt),
          ...(tags.length === 0 ? {} : { Tags: [...tags] }),
        };
      },
    }),

    operation("ListOpenIDConnectProviders", {
      needs: () => [onNothing("ListOpenIDConnectProviders")],
      handle: () => ({
        OpenIDConnectProviderList: [...directory.oidcProviders.values()].map(({ arn }) => ({ Arn: arn })),
      }),
    }),

    operation("DeleteOpenIDConnectProvider", {
      needs: ({ OpenIDConnectProviderArn }) => [on("DeleteOpenIDConnectProvider", OpenIDConnectProviderArn)],
      handle: async ({ OpenIDConnectProviderArn }) => {
        // One that is not there is no error (documented).
        await records.edit(async (tx) => tx.delete(oidcProviders, OpenIDConnectProviderArn));
        return {};
      },
    }),

    operation("UpdateOpenIDConnectProviderThumbprint", {
      needs: ({ OpenIDConnectProviderArn }) => [on("UpdateOpenIDConnectProviderThumbprint", OpenIDConnectProviderArn)],
      handle: async ({ OpenIDConnectProviderArn, ThumbprintList }) => {
        const thumbprints = checkThumbprints(ThumbprintList);
        await change(OpenIDConnectProviderArn, (provider) => ({ ...provider, thumbprints }));
        return {};
      },
    }),

    operation("AddClientIDToOpenIDConnectProvider", {
      needs: ({ OpenIDConnectProviderArn }) => [on("AddClientIDToOpenIDConnectProvider", OpenIDConnectProviderArn)],
      handle: async ({ OpenIDConnectProviderArn, ClientID }) => {
        await change(OpenIDConnectProviderArn, (provider) => ({
          ...provider,
          clientIds: checkClientIds([...provider.clientIds, ClientID]),
        }));
        return {};
      },
    }),

    operation("RemoveClientIDFromOpenIDConnectProvider", {
      needs: ({ OpenIDConnectProviderArn }) => [
        on("RemoveClientIDFromOpenIDConnectProvider", OpenIDConnectProviderArn),
      ],
      handle: async ({ OpenIDConnectProviderArn, ClientID }) => {
        // One that is not there is no error (documented).
        await change(OpenIDConnectProviderArn, (provider) => ({
          ...provider,
          clientIds: provider.clientIds.filter((id) => id !== ClientID),
        }));
        return {};
      },
    }),

    operation("TagOpenIDConnectProvider", {
      needs: ({ OpenIDConnectProviderArn, Tags }) => {
        const keys = Tags.map(({ Key = "" }) => Key);
        return onTags("TagOpenIDConnectProvider", OpenIDConnectProviderArn, keys, requestTags(Tags));
      },
      handle: async ({ OpenIDConnectProviderArn, Tags }) => {
        await change(OpenIDConnectProviderArn, (provider) => ({
          ...provider,
          tags: checkedTags(mergeTags(provider.tags, Tags)),
        }));
        return {};
      },
    }),
    operation("UntagOpenIDConnectProvider", {
      needs: ({ OpenIDConnectProviderArn, TagKeys }) =>
        onTags("UntagOpenIDConnectProvider", OpenIDConnectProviderArn, TagKeys, { "aws:TagKeys": TagKeys }),
      handle: async ({ OpenIDConnectProviderArn, TagKeys }) => {
        await change(OpenIDConnectProviderArn, (provider) => ({
          ...provider,
          tags: checkedTags(withoutTags(provider.tags, TagKeys)),
        }));
        return {};
      },
    }),
    operation("ListOpenIDConnectProviderTags", {
      needs: ({ OpenIDConnectProviderArn }) => [on("ListOpenIDConnectProviderTags", OpenIDConnectProviderArn)],
      handle: ({ OpenIDConnectProviderArn, ...input }) => {
        const { items, rest } = paginate(find(OpenIDConnectProviderArn).tags, ({ Key }) => Key, input);
        return { Tags: items, ...rest };
      },
    }),
  ];
};
