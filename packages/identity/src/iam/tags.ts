import { noSuch } from "../errors.js";
import { policies, roles, users } from "../records/tables.js";
import { onPolicy, onRole, onUser, requestTags } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { paginate } from "./page.js";
import { findManagedPolicy, requireOwnPolicy } from "./policies.js";
import { requireRole } from "./roles.js";
import { mergeTags, withoutTags } from "./tag-rules.js";
import { requireUser } from "./users.js";

/** Tags of users, roles and managed policies. */
export const tagOperations: OperationFamily = (realm) => {
  const { records, directory } = realm;
  return [
    operation("TagUser", {
      needs: ({ UserName, Tags }) => [onUser(realm, "TagUser", UserName, requestTags(Tags))],
      handle: async ({ UserName, Tags }) => {
        await records.edit(async (tx) => {
          const user = await requireUser(tx, UserName);
          tx.put(users, UserName, { ...user, tags: mergeTags(user.tags, Tags) });
        });
        return {};
      },
    }),
    operation("UntagUser", {
      needs: ({ UserName, TagKeys }) => [onUser(realm, "UntagUser", UserName, { "aws:TagKeys": TagKeys })],
      handle: async ({ UserName, TagKeys }) => {
        await records.edit(async (tx) => {
          const user = await requireUser(tx, UserName);
          tx.put(users, UserName, { ...user, tags: withoutTags(user.tags, TagKeys) });
        });
        return {};
      },
    }),
    operation("ListUserTags", {
      needs: ({ UserName }) => [onUser(realm, "ListUserTags", UserName)],
      handle: ({ UserName, ...input }) => {
        const user = directory.user(UserName);
        if (user === undefined) throw noSuch("user", UserName);
        const { items, rest } = paginate(user.tags, ({ Key }) => Key, input);
        return { Tags: items, ...rest };
      },
    }),

    // Service-linked roles may be tagged like others (documented).
    operation("TagRole", {
      needs: ({ RoleName, Tags }) => [onRole(realm, "TagRole", RoleName, requestTags(Tags))],
      handle: async ({ RoleName, Tags }) => {
        await records.edit(async (tx) => {
          const role = await requireRole(tx, RoleName);
          tx.put(roles, RoleName, { ...role, tags: mergeTags(role.tags, Tags) });
        });
        return {};
      },
    }),
    operation("UntagRole", {
      needs: ({ RoleName, TagKeys }) => [onRole(realm, "UntagRole", RoleName, { "aws:TagKeys": TagKeys })],
      handle: async ({ RoleName, TagKeys }) => {
        await records.edit(async (tx) => {
          const role = await requireRole(tx, RoleName);
          tx.put(roles, RoleName, { ...role, tags: withoutTags(role.tags, TagKeys) });
        });
        return {};
      },
    }),
    operation("ListRoleTags", {
      needs: ({ RoleName }) => [onRole(realm, "ListRoleTags", RoleName)],
      handle: ({ RoleName, ...input }) => {
        const role = directory.role(RoleName);
        if (role === undefined) throw noSuch("role", RoleName);
        const { items, rest } = paginate(role.tags, ({ Key }) => Key, input);
        return { Tags: items, ...rest };
      },
    }),

    operation("TagPolicy", {
      needs: ({ PolicyArn, Tags }) => [onPolicy(realm, "TagPolicy", PolicyArn, requestTags(Tags))],
      handle: async ({ PolicyArn, Tags }) => {
        await records.edit(async (tx) => {
          const policy = await requireOwnPolicy(tx, PolicyArn);
          tx.put(policies, policy.name, { ...policy, tags: mergeTags(policy.tags, Tags) });
        });
        return {};
      },
    }),
    operation("UntagPolicy", {
      needs: ({ PolicyArn, TagKeys }) => [onPolicy(realm, "UntagPolicy", PolicyArn, { "aws:TagKeys": TagKeys })],
      handle: async ({ PolicyArn, TagKeys }) => {
        await records.edit(async (tx) => {
          const policy = await requireOwnPolicy(tx, PolicyArn);
          tx.put(policies, policy.name, { ...policy, tags: withoutTags(policy.tags, TagKeys) });
        });
        return {};
      },
    }),
    operation("ListPolicyTags", {
      needs: ({ PolicyArn }) => [onPolicy(realm, "ListPolicyTags", PolicyArn)],
      handle: ({ PolicyArn, ...input }) => {
        const policy = findManagedPolicy(directory, PolicyArn);
        const { items, rest } = paginate("tags" in policy ? policy.tags : [], ({ Key }) => Key, input);
        return { Tags: items, ...rest };
      },
    }),
  ];
};
