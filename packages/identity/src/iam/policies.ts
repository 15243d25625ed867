import { CommonAwsError, permission, uniqueId } from "@hotkeep/core";
import { parsePolicy, policySize } from "@hotkeep/policy";
import { type AwsManagedPolicy, findAwsManagedPolicy, isAwsManagedArn } from "../aws-managed/policies.js";
import type { Directory } from "../directory/directory.js";
import { alreadyExists, deleteConflict, noSuchEntity, quotaExceeded } from "../errors.js";
import { quotas } from "../limits.js";
import { policies } from "../records/tables.js";
import type { RecordTransaction } from "../records/transaction.js";
import type { PolicyRecord } from "../records/types.js";
import { checkPolicyArn, customerPolicy } from "./boundary-rules.js";
import { onNothing, onPolicy, requestTags } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { paginate } from "./page.js";
import { listedPolicy, policiesInScope, policyShape } from "./shapes.js";
import { mergeTags } from "./tag-rules.js";

/**
 * A managed policy of the account or of AWS.
 *
 * @throws AwsError `NoSuchEntityException`
 */
export function findManagedPolicy(directory: Directory, arn: string): PolicyRecord | AwsManagedPolicy {
  checkPolicyArn(arn);
  const found = directory.policies.one("arn", arn) ?? findAwsManagedPolicy(arn);
  if (found === undefined) throw noSuchEntity(`Policy ${arn} was not found.`);
  return found;
}

/**
 * A policy that its account may change. AWS's own are nobody's to change, whatever the caller's permissions (ours: the
 * code AccessDenied).
 */
export async function requireOwnPolicy(tx: RecordTransaction, arn: string): Promise<PolicyRecord> {
  checkPolicyArn(arn);
  if (isAwsManagedArn(arn)) {
    throw new CommonAwsError("AccessDenied", `Policy ${arn} is managed by AWS and cannot be changed.`);
  }
  const policy = await customerPolicy(tx, arn);
  if (policy === undefined) throw noSuchEntity(`Policy ${arn} was not found.`);
  return policy;
}

/** @throws AwsError `MalformedPolicyDocumentException`, `LimitExceededException` */
export function checkManagedDocument(text: string): void {
  parsePolicy(text, "identity");
  if (policySize(text) > quotas.managedPolicyCharacters) {
    throw quotaExceeded("PolicySize", quotas.managedPolicyCharacters);
  }
}

/** Managed policies themselves. */
export const policyOperations: OperationFamily = (realm) => {
  const { directory, records, clock, random } = realm;
  return [
    operation("CreatePolicy", {
      needs: ({ Path = "/", PolicyName, Tags }) => {
        const arn = directory.arns.policy(Path, PolicyName);
        const context = requestTags(Tags);
        const create = permission("iam:CreatePolicy", arn, context);
        return Tags === undefined || Tags.length === 0 ? [create] : [create, permission("iam:TagPolicy", arn, context)];
      },
      handle: async ({ Path = "/", PolicyName, PolicyDocument, Description, Tags }) => {
        checkManagedDocument(PolicyDocument);
        if (directory.policies.size >= quotas.policies) throw quotaExceeded("PoliciesPerAccount", quotas.policies);
        const now = clock.now();
        const policy: PolicyRecord = {
          name: PolicyName,
          path: Path,
          id: uniqueId(random, "ANPA", 17),
          arn: directory.arns.policy(Path, PolicyName),
          createdAt: now,
          updatedAt: now,
          ...(Description === undefined ? {} : { description: Description }),
          tags: mergeTags([], Tags),
          versions: [{ id: "v1", document: PolicyDocument, createdAt: now }],
          defaultVersion: "v1",
          nextVersion: 2,
          attachments: 0,
          boundaryUses: 0,
        };
        await records.edit(async (tx) => {
          if ((await tx.get(policies, PolicyName)) !== undefined) {
            throw alreadyExists(`A policy called ${PolicyName} already exists. Duplicate names are not allowed.`);
          }
          tx.put(policies, PolicyName, policy);
        });
        return { Policy: policyShape(directory, policy) };
      },
    }),

    operation("GetPolicy", {
      needs: ({ PolicyArn }) => [onPolicy(realm, "GetPolicy", PolicyArn)],
      handle: ({ PolicyArn }) => ({ Policy: policyShape(directory, findManagedPolicy(directory, PolicyArn)) }),
    }),

    operation("ListPolicies", {
      needs: () => [onNothing("ListPolicies")],
      handle: ({ Scope = "All", OnlyAttached = false, PathPrefix = "/", PolicyUsageFilter, ...input }) => {
        const shapes = policiesInScope(directory, Scope)
          .filter(({ path }) => path.startsWith(PathPrefix))
          .map((policy) => listedPolicy(directory, policy));
        const listed = shapes.filter(({ AttachmentCount: attached, PermissionsBoundaryUsageCount: bounds }) => {
          if (PolicyUsageFilter === "PermissionsBoundary") return bounds > 0;
          return !(OnlyAttached || PolicyUsageFilter === "PermissionsPolicy") || attached > 0;
        });
        const { items, rest } = paginate(listed, ({ PolicyName, Arn }) => `${PolicyName} ${Arn}`, input);
        return { Policies: items, ...rest };
      },
    }),

    operation("DeletePolicy", {
      needs: ({ PolicyArn }) => [onPolicy(realm, "DeletePolicy", PolicyArn)],
      handle: async ({ PolicyArn }) => {
        await records.edit(async (tx) => {
          const policy = await requireOwnPolicy(tx, PolicyArn);
          if (policy.attachments > 0 || policy.boundaryUses > 0) {
            throw deleteConflict("Cannot delete a policy attached to entities.");
          }
          if (policy.versions.length > 1) {
            throw deleteConflict(
              "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
            );
          }
          tx.delete(policies, policy.name);
        });
        return {};
      },
    }),
  ];
};
