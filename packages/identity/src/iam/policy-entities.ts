import { onPolicy } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { paginate } from "./page.js";
import { findManagedPolicy } from "./policies.js";

type Entity =
  | { readonly kind: "Group"; readonly path: string; readonly shape: { GroupName: string; GroupId: string } }
  | { readonly kind: "Role"; readonly path: string; readonly shape: { RoleName: string; RoleId: string } }
  | { readonly kind: "User"; readonly path: string; readonly shape: { UserName: string; UserId: string } };

/** Who uses a managed policy. */
export const policyEntityOperations: OperationFamily = (realm) => {
  const { directory } = realm;
  const using = (arn: string, index: "attached" | "boundary"): readonly Entity[] => [
    ...(index === "boundary" ? [] : directory.groups.where("attached", arn)).map(
      ({ name, id, path }): Entity => ({ kind: "Group", path, shape: { GroupName: name, GroupId: id } }),
    ),
    ...directory.roles
      .where(index, arn)
      .map(({ name, id, path }): Entity => ({ kind: "Role", path, shape: { RoleName: name, RoleId: id } })),
    ...directory.users
      .where(index, arn)
      .map(({ name, id, path }): Entity => ({ kind: "User", path, shape: { UserName: name, UserId: id } })),
  ];
  return [
    operation("ListEntitiesForPolicy", {
      needs: ({ PolicyArn }) => [onPolicy(realm, "ListEntitiesForPolicy", PolicyArn)],
      handle: ({ PolicyArn, EntityFilter, PathPrefix = "/", PolicyUsageFilter, ...input }) => {
        findManagedPolicy(directory, PolicyArn);
        const attached = PolicyUsageFilter === "PermissionsBoundary" ? [] : using(PolicyArn, "attached");
        const bounded = PolicyUsageFilter === "PermissionsPolicy" ? [] : using(PolicyArn, "boundary");
        const wanted = [...attached, ...bounded].filter(
          ({ kind, path }) => (EntityFilter === undefined || EntityFilter === kind) && path.startsWith(PathPrefix),
        );
        // Who is attached and bounded by the same policy is listed once.
        const once = new Map(wanted.map((entity) => [`${entity.kind} ${JSON.stringify(entity.shape)}`, entity]));
        const { items, rest } = paginate(once, ([key]) => key, input);
        const entities = items.map(([, entity]) => entity);
        return {
          PolicyGroups: entities.flatMap((entity) => (entity.kind === "Group" ? entity.shape : [])),
          PolicyRoles: entities.flatMap((entity) => (entity.kind === "Role" ? entity.shape : [])),
          PolicyUsers: entities.flatMap((entity) => (entity.kind === "User" ? entity.shape : [])),
          ...rest,
        };
      },
    }),
  ];
};
