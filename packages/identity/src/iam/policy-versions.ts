import { deleteConflict, limitExceeded, noSuchEntity } from "../errors.js";
import { quotas } from "../limits.js";
import { policies } from "../records/tables.js";
import type { PolicyRecord, PolicyVersionRecord } from "../records/types.js";
import { onPolicy } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { paginate } from "./page.js";
import { checkManagedDocument, findManagedPolicy, requireOwnPolicy } from "./policies.js";
import { listedVersion, versionShape, versionsOf } from "./shapes.js";

function requireVersion(versions: readonly PolicyVersionRecord[], arn: string, id: string): PolicyVersionRecord {
  const version = versions.find((known) => known.id === id);
  if (version === undefined) {
    throw noSuchEntity(`Policy ${arn} version ${id} does not exist or is not attachable.`);
  }
  return version;
}

/** Newest first, as AWS lists them. */
function newestFirst(version: PolicyVersionRecord): string {
  return String(1_000_000 - Number(version.id.slice(1))).padStart(7, "0");
}

/** Versions of managed policies. */
export const policyVersionOperations: OperationFamily = (realm) => {
  const { directory, records, clock } = realm;
  return [
    operation("CreatePolicyVersion", {
      needs: ({ PolicyArn }) => [onPolicy(realm, "CreatePolicyVersion", PolicyArn)],
      handle: async ({ PolicyArn, PolicyDocument, SetAsDefault = false }) => {
        const { version, defaultVersion } = await records.edit(async (tx) => {
          const policy = await requireOwnPolicy(tx, PolicyArn);
          checkManagedDocument(PolicyDocument);
          if (policy.versions.length >= quotas.versionsPerPolicy) {
            throw limitExceeded(
              `A managed policy can have up to ${quotas.versionsPerPolicy} versions. Before you create a new version, you must delete an existing version.`,
            );
          }
          const now = clock.now();
          const version = { id: `v${policy.nextVersion}`, document: PolicyDocument, createdAt: now };
          const changed: PolicyRecord = {
            ...policy,
            versions: [...policy.versions, version],
            nextVersion: policy.nextVersion + 1,
            ...(SetAsDefault ? { defaultVersion: version.id, updatedAt: now } : {}),
          };
          tx.put(policies, policy.name, changed);
          return { version, defaultVersion: changed.defaultVersion };
        });
        return { PolicyVersion: listedVersion(version, defaultVersion) };
      },
    }),

    operation("GetPolicyVersion", {
      needs: ({ PolicyArn }) => [onPolicy(realm, "GetPolicyVersion", PolicyArn)],
      handle: ({ PolicyArn, VersionId }) => {
        const policy = findManagedPolicy(directory, PolicyArn);
        const version = requireVersion(versionsOf(policy), PolicyArn, VersionId);
        return { PolicyVersion: versionShape(version, "defaultVersion" in policy ? policy.defaultVersion : "v1") };
      },
    }),

    operation("ListPolicyVersions", {
      needs: ({ PolicyArn }) => [onPolicy(realm, "ListPolicyVersions", PolicyArn)],
      handle: ({ PolicyArn, ...input }) => {
        const policy = findManagedPolicy(directory, PolicyArn);
        const defaultVersion = "defaultVersion" in policy ? policy.defaultVersion : "v1";
        const { items, rest } = paginate(versionsOf(policy), newestFirst, input);
        return { Versions: items.map((version) => listedVersion(version, defaultVersion)), ...rest };
      },
    }),

    operation("SetDefaultPolicyVersion", {
      needs: ({ PolicyArn }) => [onPolicy(realm, "SetDefaultPolicyVersion", PolicyArn)],
      handle: async ({ PolicyArn, VersionId }) => {
        await records.edit(async (tx) => {
          const policy = await requireOwnPolicy(tx, PolicyArn);
          const { id } = requireVersion(policy.versions, PolicyArn, VersionId);
          tx.put(policies, policy.name, { ...policy, defaultVersion: id, updatedAt: clock.now() });
        });
        return {};
      },
    }),

    operation("DeletePolicyVersion", {
      needs: ({ PolicyArn }) => [onPolicy(realm, "DeletePolicyVersion", PolicyArn)],
      handle: async ({ PolicyArn, VersionId }) => {
        await records.edit(async (tx) => {
          const policy = await requireOwnPolicy(tx, PolicyArn);
          const { id } = requireVersion(policy.versions, PolicyArn, VersionId);
          if (id === policy.defaultVersion) throw deleteConflict("Cannot delete the default version of a policy.");
          const versions = policy.versions.filter((version) => version.id !== id);
          tx.put(policies, policy.name, { ...policy, versions });
        });
        return {};
      },
    }),
  ];
};
