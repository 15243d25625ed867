import { permission, uniqueId } from "@hotkeep/core";
import type { Directory } from "../directory/directory.js";
import { alreadyExists, deleteConflict, noSuch, noSuchEntity, quotaExceeded } from "../errors.js";
import { quotas } from "../limits.js";
import { instanceProfiles, roles } from "../records/tables.js";
import type { RecordTransaction } from "../records/transaction.js";
import type { InstanceProfileRecord } from "../records/types.js";
import { onInstanceProfile, onNothing, onRole, requestTags } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { paginate } from "./page.js";
import { requireOwnRole } from "./roles.js";
import { instanceProfileShape } from "./shapes.js";
import { mergeTags, withoutTags } from "./tag-rules.js";

function missing(name: string): Error {
  return noSuchEntity(`Instance Profile ${name} cannot be found.`);
}

async function requireProfile(tx: RecordTransaction, name: string): Promise<InstanceProfileRecord> {
  const profile = await tx.get(instanceProfiles, name);
  if (profile === undefined) throw missing(name);
  return profile;
}

function findProfile(directory: Directory, name: string): InstanceProfileRecord {
  const profile = directory.instanceProfile(name);
  if (profile === undefined) throw missing(name);
  return profile;
}

/** Instance profiles, which hold a role for EC2 instances. */
export const instanceProfileOperations: OperationFamily = (realm) => {
  const { directory, records, clock, random } = realm;
  return [
    operation("CreateInstanceProfile", {
      needs: ({ InstanceProfileName, Path = "/", Tags }) => [
        permission(
          "iam:CreateInstanceProfile",
          directory.arns.instanceProfile(Path, InstanceProfileName),
          requestTags(Tags),
        ),
      ],
      handle: async ({ InstanceProfileName, Path = "/", Tags }) => {
        if (directory.instanceProfiles.size >= quotas.instanceProfiles) {
          throw quotaExceeded("InstanceProfilesPerAccount", quotas.instanceProfiles);
        }
        const profile: InstanceProfileRecord = {
          name: InstanceProfileName,
          path: Path,
          id: uniqueId(random, "AIPA", 17),
          createdAt: clock.now(),
          tags: mergeTags([], Tags),
          roles: [],
        };
        await records.edit(async (tx) => {
          if ((await tx.get(instanceProfiles, InstanceProfileName)) !== undefined) {
            throw alreadyExists(`Instance Profile ${InstanceProfileName} already exists.`);
          }
          tx.put(instanceProfiles, InstanceProfileName, profile);
        });
        return { InstanceProfile: instanceProfileShape(directory, profile) };
      },
    }),

    operation("GetInstanceProfile", {
      needs: ({ InstanceProfileName }) => [onInstanceProfile(realm, "GetInstanceProfile", InstanceProfileName)],
      handle: ({ InstanceProfileName }) => ({
        InstanceProfile: instanceProfileShape(directory, findProfile(directory, InstanceProfileName)),
      }),
    }),

    operation("ListInstanceProfiles", {
      needs: () => [onNothing("ListInstanceProfiles")],
      handle: ({ PathPrefix = "/", ...input }) => {
        const listed = [...directory.instanceProfiles.values()].filter(({ path }) => path.startsWith(PathPrefix));
        const { items, rest } = paginate(listed, ({ name }) => name, input);
        return { InstanceProfiles: items.map((profile) => instanceProfileShape(directory, profile)), ...rest };
      },
    }),

    operation("ListInstanceProfilesForRole", {
      needs: ({ RoleName }) => [onRole(realm, "ListInstanceProfilesForRole", RoleName)],
      handle: ({ RoleName, ...input }) => {
        const role = directory.role(RoleName);
        if (role === undefined) throw noSuch("role", RoleName);
        const listed = role.instanceProfiles.map((name) => findProfile(directory, name));
        const { items, rest } = paginate(listed, ({ name }) => name, input);
        return { InstanceProfiles: items.map((profile) => instanceProfileShape(directory, profile)), ...rest };
      },
    }),

    operation("DeleteInstanceProfile", {
      needs: ({ InstanceProfileName }) => [onInstanceProfile(realm, "DeleteInstanceProfile", InstanceProfileName)],
      handle: async ({ InstanceProfileName }) => {
        await records.edit(async (tx) => {
          const profile = await requireProfile(tx, InstanceProfileName);
          if (profile.roles.length > 0) {
            throw deleteConflict("Cannot delete entity, must remove roles from instance profile first.");
          }
          tx.delete(instanceProfiles, InstanceProfileName);
        });
        return {};
      },
    }),

    operation("AddRoleToInstanceProfile", {
      needs: ({ InstanceProfileName, RoleName }) => [
        onInstanceProfile(realm, "AddRoleToInstanceProfile", InstanceProfileName),
        // The instances of the profile will act as the role (documented).
        onRole(realm, "PassRole", RoleName, { "iam:PassedToService": "ec2.amazonaws.com" }),
      ],
      handle: async ({ InstanceProfileName, RoleName }) => {
        await records.edit(async (tx) => {
          const profile = await requireProfile(tx, InstanceProfileName);
          const role = await requireOwnRole(tx, RoleName);
          if (profile.roles.length >= quotas.rolesPerInstanceProfile) {
            throw quotaExceeded("InstanceSessionsPerInstanceProfile", quotas.rolesPerInstanceProfile);
          }
          tx.put(instanceProfiles, InstanceProfileName, { ...profile, roles: [role.name] });
          tx.put(roles, RoleName, { ...role, instanceProfiles: [...role.instanceProfiles, profile.name] });
        });
        return {};
      },
    }),

    operation("RemoveRoleFromInstanceProfile", {
      needs: ({ InstanceProfileName }) => [
        onInstanceProfile(realm, "RemoveRoleFromInstanceProfile", InstanceProfileName),
      ],
      handle: async ({ InstanceProfileName, RoleName }) => {
        await records.edit(async (tx) => {
          const profile = await requireProfile(tx, InstanceProfileName);
          const role = await requireOwnRole(tx, RoleName);
          if (!profile.roles.includes(role.name)) throw noSuch("role", RoleName);
          tx.put(instanceProfiles, InstanceProfileName, { ...profile, roles: [] });
          const left = role.instanceProfiles.filter((name) => name !== profile.name);
          tx.put(roles, RoleName, { ...role, instanceProfiles: left });
        });
        return {};
      },
    }),

    operation("TagInstanceProfile", {
      needs: ({ InstanceProfileName, Tags }) => [
        onInstanceProfile(realm, "TagInstanceProfile", InstanceProfileName, requestTags(Tags)),
      ],
      handle: async ({ InstanceProfileName, Tags }) => {
        await records.edit(async (tx) => {
          const profile = await requireProfile(tx, InstanceProfileName);
          tx.put(instanceProfiles, InstanceProfileName, { ...profile, tags: mergeTags(profile.tags, Tags) });
        });
        return {};
      },
    }),

    operation("UntagInstanceProfile", {
      needs: ({ InstanceProfileName, TagKeys }) => [
        onInstanceProfile(realm, "UntagInstanceProfile", InstanceProfileName, { "aws:TagKeys": TagKeys }),
      ],
      handle: async ({ InstanceProfileName, TagKeys }) => {
        await records.edit(async (tx) => {
          const profile = await requireProfile(tx, InstanceProfileName);
          tx.put(instanceProfiles, InstanceProfileName, { ...profile, tags: withoutTags(profile.tags, TagKeys) });
        });
        return {};
      },
    }),

    operation("ListInstanceProfileTags", {
      needs: ({ InstanceProfileName }) => [onInstanceProfile(realm, "ListInstanceProfileTags", InstanceProfileName)],
      handle: ({ InstanceProfileName, ...input }) => {
        const { items, rest } = paginate(findProfile(directory, InstanceProfileName).tags, ({ Key }) => Key, input);
        return { Tags: items, ...rest };
      },
    }),
  ];
};
