import { permission, uniqueId } from "@hotkeep/core";
import { alreadyExists, deleteConflict, noSuch, quotaExceeded } from "../errors.js";
import { quotas } from "../limits.js";
import { groups } from "../records/tables.js";
import type { RecordTransaction } from "../records/transaction.js";
import type { GroupRecord } from "../records/types.js";
import { onGroup, onNothing } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { paginate } from "./page.js";
import { groupShape, listedUser } from "./shapes.js";

/** @throws AwsError `NoSuchEntityException` */
export async function requireGroup(tx: RecordTransaction, name: string): Promise<GroupRecord> {
  const group = await tx.get(groups, name);
  if (group === undefined) throw noSuch("group", name);
  return group;
}

function checkDeletable(group: GroupRecord): void {
  if (group.members > 0) throw deleteConflict("Cannot delete entity, must remove users from group first.");
  if (Object.keys(group.inline).length > 0) throw deleteConflict("Cannot delete entity, must delete policies first.");
  if (group.attached.length > 0) throw deleteConflict("Cannot delete entity, must detach all policies first.");
}

/** Groups themselves. */
export const groupOperations: OperationFamily = (realm) => {
  const { directory, records, clock, random } = realm;
  return [
    operation("CreateGroup", {
      needs: ({ Path = "/", GroupName }) => [permission("iam:CreateGroup", directory.arns.group(Path, GroupName))],
      handle: async ({ Path = "/", GroupName }) => {
        if (directory.groups.size >= quotas.groups) throw quotaExceeded("GroupsPerAccount", quotas.groups);
        const group: GroupRecord = {
          kind: "group",
          name: GroupName,
          path: Path,
          id: uniqueId(random, "AGPA", 17),
          createdAt: clock.now(),
          members: 0,
          attached: [],
          inline: {},
        };
        await records.edit(async (tx) => {
          if ((await tx.get(groups, GroupName)) !== undefined) {
            throw alreadyExists(`Group with name ${GroupName} already exists.`);
          }
          tx.put(groups, GroupName, group);
        });
        return { Group: groupShape(directory, group) };
      },
    }),

    operation("GetGroup", {
      needs: ({ GroupName }) => [onGroup(realm, "GetGroup", GroupName)],
      handle: ({ GroupName, ...input }) => {
        const group = directory.group(GroupName);
        if (group === undefined) throw noSuch("group", GroupName);
        const { items, rest } = paginate(directory.users.where("group", group.id), ({ name }) => name, input);
        return {
          Group: groupShape(directory, group),
          Users: items.map((user) => listedUser(directory, user)),
          ...rest,
        };
      },
    }),

    operation("ListGroups", {
      needs: () => [onNothing("ListGroups")],
      handle: ({ PathPrefix = "/", ...input }) => {
        const listed = [...directory.groups.values()].filter(({ path }) => path.startsWith(PathPrefix));
        const { items, rest } = paginate(listed, ({ name }) => name, input);
        return { Groups: items.map((group) => groupShape(directory, group)), ...rest };
      },
    }),

    operation("UpdateGroup", {
      needs: ({ GroupName, NewGroupName, NewPath }) => {
        const group = directory.group(GroupName);
        const after = directory.arns.group(NewPath ?? group?.path ?? "/", NewGroupName ?? GroupName);
        return [onGroup(realm, "UpdateGroup", GroupName), permission("iam:UpdateGroup", after)];
      },
      handle: async ({ GroupName, NewGroupName, NewPath }) => {
        await records.edit(async (tx) => {
          const group = await requireGroup(tx, GroupName);
          const name = NewGroupName ?? group.name;
          const renamed = name.toLowerCase() !== group.name.toLowerCase();
          if (renamed && (await tx.get(groups, name)) !== undefined) {
            throw alreadyExists(`Group with name ${name} already exists.`);
          }
          tx.delete(groups, group.name);
          tx.put(groups, name, { ...group, name, path: NewPath ?? group.path });
        });
        return {};
      },
    }),

    operation("DeleteGroup", {
      needs: ({ GroupName }) => [onGroup(realm, "DeleteGroup", GroupName)],
      handle: async ({ GroupName }) => {
        await records.edit(async (tx) => {
          checkDeletable(await requireGroup(tx, GroupName));
          tx.delete(groups, GroupName);
        });
        return {};
      },
    }),
  ];
};
