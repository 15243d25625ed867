import { type Principal, permission, principalName } from "@hotkeep/core";
import { validation } from "../errors.js";
import { type OperationFamily, operation } from "./operation.js";

/** The `UserId` of GetCallerIdentity, which is also `aws:userid` (documented). */
function userId(principal: Principal): string {
  switch (principal.kind) {
    case "root":
      return principal.account;
    case "user":
      return principal.id;
    case "role-session":
      return `${principal.roleId}:${principal.sessionName}`;
    case "federated-user":
      return `${principal.account}:${principal.name}`;
    case "service":
      return principal.service;
    case "anonymous":
      return "anonymous";
  }
}

/** Who a caller or a key is. */
export const callerOperations: OperationFamily = ({ account, directory }) => [
  operation("GetCallerIdentity", {
    // Always allowed, even against an explicit deny (documented).
    needs: () => [],
    handle: (_input, { principal }) => ({
      UserId: userId(principal),
      Account: account,
      Arn: principalName(principal),
    }),
  }),

  operation("GetAccessKeyInfo", {
    needs: () => [permission("sts:GetAccessKeyInfo", "*")],
    handle: ({ AccessKeyId }) => {
      const known = directory.accessKeys.get(AccessKeyId) ?? directory.sessions.get(AccessKeyId);
      if (known === undefined) throw validation(`The access key id ${AccessKeyId} is not known here.`);
      return { Account: account };
    },
  }),
];
