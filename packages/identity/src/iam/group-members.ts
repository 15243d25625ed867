import { noSuch, quotaExceeded } from "../errors.js";
import { quotas } from "../limits.js";
import { groups, users } from "../records/tables.js";
import { requireGroup } from "./groups.js";
import { onGroup, onUser } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { paginate } from "./page.js";
import { groupShape } from "./shapes.js";
import { requireUser } from "./users.js";

/** Who is in which group. */
export const groupMemberOperations: OperationFamily = (realm) => {
  const { directory, records } = realm;
  return [
    operation("AddUserToGroup", {
      needs: ({ GroupName }) => [onGroup(realm, "AddUserToGroup", GroupName)],
      handle: async ({ GroupName, UserName }) => {
        await records.edit(async (tx) => {
          const group = await requireGroup(tx, GroupName);
          const user = await requireUser(tx, UserName);
          if (user.groups.includes(group.id)) return;
          if (user.groups.length >= quotas.groupsPerUser) throw quotaExceeded("GroupsPerUser", quotas.groupsPerUser);
          tx.put(users, UserName, { ...user, groups: [...user.groups, group.id] });
          tx.put(groups, GroupName, { ...group, members: group.members + 1 });
        });
        return {};
      },
    }),

    operation("RemoveUserFromGroup", {
      needs: ({ GroupName }) => [onGroup(realm, "RemoveUserFromGroup", GroupName)],
      handle: async ({ GroupName, UserName }) => {
        await records.edit(async (tx) => {
          const group = await requireGroup(tx, GroupName);
          const user = await requireUser(tx, UserName);
          if (!user.groups.includes(group.id)) throw noSuch("user", UserName);
          tx.put(users, UserName, { ...user, groups: user.groups.filter((id) => id !== group.id) });
          tx.put(groups, GroupName, { ...group, members: group.members - 1 });
        });
        return {};
      },
    }),

    operation("ListGroupsForUser", {
      needs: ({ UserName }) => [onUser(realm, "ListGroupsForUser", UserName)],
      handle: ({ UserName, ...input }) => {
        const user = directory.user(UserName);
        if (user === undefined) throw noSuch("user", UserName);
        const { items, rest } = paginate(directory.groupsOf(user), ({ name }) => name, input);
        return { Groups: items.map((group) => groupShape(directory, group)), ...rest };
      },
    }),
  ];
};
