import { permission, uniqueId } from "@hotkeep/core";
import { forgetAccesses } from "../decisions/access-trail.js";
import { alreadyExists, deleteConflict, invalidInput, noSuch, protectedRole, quotaExceeded } from "../errors.js";
import { quotas } from "../limits.js";
import { lastUses, roles } from "../records/tables.js";
import type { RecordTransaction } from "../records/transaction.js";
import type { RoleRecord } from "../records/types.js";
import { changeBoundary } from "./boundary-rules.js";
import { boundaryKey, onNothing, onRole, requestTags } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { paginate } from "./page.js";
import { createdRole, listedRole, roleShape } from "./shapes.js";
import { mergeTags } from "./tag-rules.js";
import { storedTrust } from "./trust.js";

/** @throws AwsError `NoSuchEntityException` */
export async function requireRole(tx: RecordTransaction, name: string): Promise<RoleRecord> {
  const role = await tx.get(roles, name);
  if (role === undefined) throw noSuch("role", name);
  return role;
}

/** A role that its owner may change. @throws AwsError `UnmodifiableEntityException` for a service-linked one. */
export async function requireOwnRole(tx: RecordTransaction, name: string): Promise<RoleRecord> {
  const role = await requireRole(tx, name);
  if (role.linkedService !== undefined) throw protectedRole(role.name);
  return role;
}

function checkDeletable(role: RoleRecord): void {
  if (role.instanceProfiles.length > 0) {
    throw deleteConflict("Cannot delete entity, must remove roles from instance profile first.");
  }
  if (Object.keys(role.inline).length > 0) throw deleteConflict("Cannot delete entity, must delete policies first.");
  if (role.attached.length > 0) throw deleteConflict("Cannot delete entity, must detach all policies first.");
}

const sessionSecondsDefault = 3600;

/** Roles themselves. */
export const roleOperations: OperationFamily = (realm) => {
  const { directory, records, clock, random } = realm;
  return [
    operation("CreateRole", {
      needs: ({ Path = "/", RoleName, PermissionsBoundary, Tags }) => {
        const context = { ...boundaryKey(PermissionsBoundary), ...requestTags(Tags) };
        const arn = directory.arns.role(Path, RoleName);
        const create = permission("iam:CreateRole", arn, context);
        return Tags === undefined || Tags.length === 0 ? [create] : [create, permission("iam:TagRole", arn, context)];
      },
      handle: async (input) => {
        const { Path = "/", RoleName, AssumeRolePolicyDocument, Description, PermissionsBoundary, Tags } = input;
        if (Path.toLowerCase().startsWith("/aws-service-role/")) {
          throw invalidInput("Path /aws-service-role/ is reserved for service-linked roles.");
        }
        // Service-linked roles do not count (documented).
        const own = [...directory.roles.values()].filter(({ linkedService }) => linkedService === undefined).length;
        if (own >= quotas.roles) throw quotaExceeded("RolesPerAccount", quotas.roles);
        const role: RoleRecord = {
          kind: "role",
          name: RoleName,
          path: Path,
          id: uniqueId(random, "AROA", 17),
          createdAt: clock.now(),
          trust: storedTrust(directory, AssumeRolePolicyDocument),
          ...(Description === undefined ? {} : { description: Description }),
          maxSessionSeconds: input.MaxSessionDuration ?? sessionSecondsDefault,
          tags: mergeTags([], Tags),
          ...(PermissionsBoundary === undefined ? {} : { boundary: PermissionsBoundary }),
          attached: [],
          inline: {},
          instanceProfiles: [],
        };
        await records.edit(async (tx) => {
          if ((await tx.get(roles, RoleName)) !== undefined) {
            throw alreadyExists(`Role with name ${RoleName} already exists.`);
          }
          await changeBoundary(tx, undefined, PermissionsBoundary);
          tx.put(roles, RoleName, role);
        });
        return { Role: createdRole(directory, role) };
      },
    }),

    operation("GetRole", {
      needs: ({ RoleName }) => [onRole(realm, "GetRole", RoleName)],
      handle: ({ RoleName }) => {
        const role = directory.role(RoleName);
        if (role === undefined) throw noSuch("role", RoleName);
        return { Role: roleShape(directory, role) };
      },
    }),

    operation("ListRoles", {
      needs: () => [onNothing("ListRoles")],
      handle: ({ PathPrefix = "/", ...input }) => {
        const listed = [...directory.roles.values()].filter(({ path }) => path.startsWith(PathPrefix));
        const { items, rest } = paginate(listed, ({ name }) => name, input);
        return { Roles: items.map((role) => listedRole(directory, role)), ...rest };
      },
    }),

    operation("UpdateRole", {
      needs: ({ RoleName }) => [onRole(realm, "UpdateRole", RoleName)],
      handle: async ({ RoleName, Description, MaxSessionDuration }) => {
        await records.edit(async (tx) => {
          const role = await requireRole(tx, RoleName);
          // The description of a service-linked role may be changed, and nothing else (documented).
          if (role.linkedService !== undefined && MaxSessionDuration !== undefined) throw protectedRole(role.name);
          tx.put(roles, RoleName, {
            ...role,
            ...(Description === undefined ? {} : { description: Description }),
            // Without the parameter the default comes back (documented).
            maxSessionSeconds: MaxSessionDuration ?? sessionSecondsDefault,
          });
        });
        return {};
      },
    }),

    operation("UpdateRoleDescription", {
      needs: ({ RoleName }) => [onRole(realm, "UpdateRoleDescription", RoleName)],
      handle: async ({ RoleName, Description }) => {
        const changed = await records.edit(async (tx) => {
          const role = { ...(await requireRole(tx, RoleName)), description: Description };
          tx.put(roles, RoleName, role);
          return role;
        });
        return { Role: roleShape(directory, changed) };
      },
    }),

    operation("UpdateAssumeRolePolicy", {
      needs: ({ RoleName }) => [onRole(realm, "UpdateAssumeRolePolicy", RoleName)],
      handle: async ({ RoleName, PolicyDocument }) => {
        await records.edit(async (tx) => {
          const role = await requireOwnRole(tx, RoleName);
          tx.put(roles, RoleName, { ...role, trust: storedTrust(directory, PolicyDocument) });
        });
        return {};
      },
    }),

    operation("DeleteRole", {
      needs: ({ RoleName }) => [onRole(realm, "DeleteRole", RoleName)],
      handle: async ({ RoleName }) => {
        await records.edit(async (tx) => {
          const role = await requireOwnRole(tx, RoleName);
          checkDeletable(role);
          await changeBoundary(tx, role.boundary, undefined);
          tx.delete(roles, RoleName);
          tx.delete(lastUses, role.id);
          forgetAccesses(tx, directory, role.id);
        });
        return {};
      },
    }),
  ];
};
