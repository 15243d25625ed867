import type { Principal } from "@hotkeep/core";
import type { Requester } from "../model/records.js";

/**
 * The service behind a call made with a session of its service-linked role; undefined for everybody else. The path
 * proves it: nobody can make a role below `/aws-service-role/` but IAM itself.
 */
export function requesterOf(principal: Principal): Requester | undefined {
  if (principal.kind !== "role-session") return undefined;
  const match = /:role\/aws-service-role\/([^/]+)\//.exec(principal.roleArn);
  return match === null ? undefined : { id: `${principal.roleId}:${principal.sessionName}`, service: match[1]! };
}
