import { permission, uniqueId } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import { forgetAccesses } from "../decisions/access-trail.js";
import { alreadyExists, deleteConflict, noSuch, quotaExceeded, validation } from "../errors.js";
import { quotas } from "../limits.js";
import type { Realm } from "../realm.js";
import { loginProfiles, users } from "../records/tables.js";
import type { RecordTransaction } from "../records/transaction.js";
import type { UserRecord } from "../records/types.js";
import { changeBoundary } from "./boundary-rules.js";
import { boundaryKey, onNothing, onUser, requestTags } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { paginate } from "./page.js";
import { listedUser, userShape } from "./shapes.js";
import { mergeTags } from "./tag-rules.js";

/** @throws AwsError `NoSuchEntityException` */
export async function requireUser(tx: RecordTransaction, name: string): Promise<UserRecord> {
  const user = await tx.get(users, name);
  if (user === undefined) throw noSuch("user", name);
  return user;
}

/** The user that an operation without a UserName means: the caller's own. */
export function callersUser(realm: Realm, call: CallContext): UserRecord {
  const { principal } = call;
  const user = principal.kind === "user" ? realm.directory.users.one("id", principal.id) : undefined;
  if (user === undefined) throw validation("Must specify userName when calling with non-User credentials");
  return user;
}

function checkDeletable(user: UserRecord): void {
  if (user.keys.length > 0) throw deleteConflict("Cannot delete entity, must delete access keys first.");
  if ((user.mfaDevices ?? []).length > 0) throw deleteConflict("Cannot delete entity, must delete MFA device first.");
  if (Object.keys(user.inline).length > 0) throw deleteConflict("Cannot delete entity, must delete policies first.");
  if (user.attached.length > 0) throw deleteConflict("Cannot delete entity, must detach all policies first.");
  if (user.groups.length > 0) throw deleteConflict("Cannot delete entity, must remove referenced objects first.");
}

/** Users themselves. */
export const userOperations: OperationFamily = (realm) => {
  const { directory, records, clock, random, account } = realm;
  return [
    operation("CreateUser", {
      needs: ({ Path = "/", UserName, PermissionsBoundary, Tags }) => {
        const context = { ...boundaryKey(PermissionsBoundary), ...requestTags(Tags) };
        const arn = directory.arns.user(Path, UserName);
        const create = permission("iam:CreateUser", arn, context);
        return Tags === undefined || Tags.length === 0 ? [create] : [create, permission("iam:TagUser", arn, context)];
      },
      handle: async ({ Path = "/", UserName, PermissionsBoundary, Tags }) => {
        if (directory.users.size >= quotas.users) throw quotaExceeded("UsersPerAccount", quotas.users);
        const user: UserRecord = {
          kind: "user",
          name: UserName,
          path: Path,
          id: uniqueId(random, "AIDA", 17),
          createdAt: clock.now(),
          tags: mergeTags([], Tags),
          ...(PermissionsBoundary === undefined ? {} : { boundary: PermissionsBoundary }),
          groups: [],
          keys: [],
          attached: [],
          inline: {},
        };
        await records.edit(async (tx) => {
          if ((await tx.get(users, UserName)) !== undefined) {
            throw alreadyExists(`User with name ${UserName} already exists.`);
          }
          await changeBoundary(tx, undefined, PermissionsBoundary);
          tx.put(users, UserName, user);
        });
        return { User: userShape(directory, user) };
      },
    }),

    operation("GetUser", {
      needs: ({ UserName }, { principal }) => {
        if (UserName !== undefined) return [onUser(realm, "GetUser", UserName)];
        if (principal.kind === "user") return [onUser(realm, "GetUser", principal.name)];
        return [permission("iam:GetUser", principal.kind === "root" ? directory.arns.root : "*")];
      },
      handle: ({ UserName }, call) => {
        if (UserName === undefined && call.principal.kind === "root") {
          // Root has no name and no path (documented); the answer's type knows only users.
          const createdAt = new Date(directory.settings()?.createdAt ?? 0);
          const root = { UserId: account, Arn: directory.arns.root, CreateDate: createdAt };
          return { User: { ...root, Path: undefined, UserName: undefined } };
        }
        const user = UserName === undefined ? callersUser(realm, call) : directory.user(UserName);
        if (user === undefined) throw noSuch("user", UserName ?? "");
        return { User: userShape(directory, user) };
      },
    }),

    operation("ListUsers", {
      needs: () => [onNothing("ListUsers")],
      handle: ({ PathPrefix = "/", ...input }) => {
        const listed = [...directory.users.values()].filter(({ path }) => path.startsWith(PathPrefix));
        const { items, rest } = paginate(listed, ({ name }) => name, input);
        return { Users: items.map((user) => listedUser(directory, user)), ...rest };
      },
    }),

    operation("UpdateUser", {
      needs: ({ UserName, NewUserName, NewPath }) => {
        const user = directory.user(UserName);
        const after = directory.arns.user(NewPath ?? user?.path ?? "/", NewUserName ?? UserName);
        // Both what it is and what it becomes (documented).
        return [onUser(realm, "UpdateUser", UserName), permission("iam:UpdateUser", after)];
      },
      handle: async ({ UserName, NewUserName, NewPath }) => {
        await records.edit(async (tx) => {
          const user = await requireUser(tx, UserName);
          const name = NewUserName ?? user.name;
          const renamed = name.toLowerCase() !== user.name.toLowerCase();
          if (renamed && (await tx.get(users, name)) !== undefined) {
            throw alreadyExists(`User with name ${name} already exists.`);
          }
          tx.delete(users, user.name);
          tx.put(users, name, { ...user, name, path: NewPath ?? user.path });
        });
        return {};
      },
    }),

    operation("DeleteUser", {
      needs: ({ UserName }) => [onUser(realm, "DeleteUser", UserName)],
      handle: async ({ UserName }) => {
        await records.edit(async (tx) => {
          const user = await requireUser(tx, UserName);
          checkDeletable(user);
          if ((await tx.get(loginProfiles, user.id)) !== undefined) {
            throw deleteConflict("Cannot delete entity, must delete login profile first.");
          }
          await changeBoundary(tx, user.boundary, undefined);
          tx.delete(users, UserName);
          forgetAccesses(tx, directory, user.id);
        });
        return {};
      },
    }),
  ];
};
