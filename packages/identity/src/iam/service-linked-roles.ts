import { permission } from "@hotkeep/core";
import { onRole } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { createdRole } from "./shapes.js";

/** Roles that belong to a service. */
export const serviceLinkedRoleOperations: OperationFamily = (realm) => {
  const { directory, linkedRoles, deletions } = realm;
  return [
    operation("CreateServiceLinkedRole", {
      needs: ({ AWSServiceName }) => [
        permission("iam:CreateServiceLinkedRole", linkedRoles.arn(AWSServiceName), {
          "iam:AWSServiceName": AWSServiceName,
        }),
      ],
      handle: ({ AWSServiceName, Description, CustomSuffix }) =>
        linkedRoles.lock(AWSServiceName, async () => {
          const role = await linkedRoles.make(AWSServiceName, {
            ...(Description === undefined ? {} : { description: Description }),
            ...(CustomSuffix === undefined ? {} : { suffix: CustomSuffix }),
          });
          return { Role: createdRole(directory, role) };
        }),
    }),

    operation("DeleteServiceLinkedRole", {
      needs: ({ RoleName }) => [onRole(realm, "DeleteServiceLinkedRole", RoleName)],
      handle: async ({ RoleName }) => ({ DeletionTaskId: await deletions.request(RoleName) }),
    }),

    operation("GetServiceLinkedRoleDeletionStatus", {
      needs: ({ DeletionTaskId }) => [
        permission("iam:GetServiceLinkedRoleDeletionStatus", deletions.roleArnOf(DeletionTaskId) ?? "*"),
      ],
      handle: ({ DeletionTaskId }) => {
        const { status, reason, usage } = deletions.status(DeletionTaskId);
        if (reason === undefined) return { Status: status };
        const list = usage?.map(({ region, resources }) => ({ Region: region, Resources: resources }));
        return { Status: status, Reason: { Reason: reason, ...(list === undefined ? {} : { RoleUsageList: list }) } };
      },
    }),
  ];
};
