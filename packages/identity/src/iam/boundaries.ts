import { noSuchEntity } from "../errors.js";
import { roles, users } from "../records/tables.js";
import { changeBoundary } from "./boundary-rules.js";
import { boundaryKey, onRole, onUser } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { requireOwnRole } from "./roles.js";
import { requireUser } from "./users.js";

/** Permissions boundaries of users and roles. */
export const boundaryOperations: OperationFamily = (realm) => {
  const { records, directory } = realm;
  return [
    operation("PutUserPermissionsBoundary", {
      needs: ({ UserName, PermissionsBoundary }) => [
        onUser(realm, "PutUserPermissionsBoundary", UserName, boundaryKey(PermissionsBoundary)),
      ],
      handle: async ({ UserName, PermissionsBoundary }) => {
        await records.edit(async (tx) => {
          const user = await requireUser(tx, UserName);
          await changeBoundary(tx, user.boundary, PermissionsBoundary);
          tx.put(users, UserName, { ...user, boundary: PermissionsBoundary });
        });
        return {};
      },
    }),

    operation("DeleteUserPermissionsBoundary", {
      needs: ({ UserName }) => [
        onUser(realm, "DeleteUserPermissionsBoundary", UserName, boundaryKey(directory.user(UserName)?.boundary)),
      ],
      handle: async ({ UserName }) => {
        await records.edit(async (tx) => {
          const { boundary, ...user } = await requireUser(tx, UserName);
          if (boundary === undefined) throw noSuchEntity(`The user ${UserName} has no permissions boundary.`);
          await changeBoundary(tx, boundary, undefined);
          tx.put(users, UserName, user);
        });
        return {};
      },
    }),

    operation("PutRolePermissionsBoundary", {
      needs: ({ RoleName, PermissionsBoundary }) => [
        onRole(realm, "PutRolePermissionsBoundary", RoleName, boundaryKey(PermissionsBoundary)),
      ],
      handle: async ({ RoleName, PermissionsBoundary }) => {
        await records.edit(async (tx) => {
          const role = await requireOwnRole(tx, RoleName);
          await changeBoundary(tx, role.boundary, PermissionsBoundary);
          tx.put(roles, RoleName, { ...role, boundary: PermissionsBoundary });
        });
        return {};
      },
    }),

    operation("DeleteRolePermissionsBoundary", {
      needs: ({ RoleName }) => [
        onRole(realm, "DeleteRolePermissionsBoundary", RoleName, boundaryKey(directory.role(RoleName)?.boundary)),
      ],
      handle: async ({ RoleName }) => {
        await records.edit(async (tx) => {
          const { boundary, ...role } = await requireOwnRole(tx, RoleName);
          if (boundary === undefined) throw noSuchEntity(`The role ${RoleName} has no permissions boundary.`);
          await changeBoundary(tx, boundary, undefined);
          tx.put(roles, RoleName, role);
        });
        return {};
      },
    }),
  ];
};
