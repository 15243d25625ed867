import type { PermissionRequest } from "@hotkeep/core";
import type { CallContext } from "./operation.js";

/**
 * Decides the permissions an operation needs.
 *
 * @throws CommonAwsError `AccessDenied` for the first request that is not allowed.
 */
export interface Authorizer {
  authorize(call: CallContext, requests: readonly PermissionRequest[]): void;
}
