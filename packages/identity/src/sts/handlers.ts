import type { ServiceHandlers } from "@hotkeep/protocols";
import type { Realm } from "../realm.js";
import { assumeRoleOperations } from "./assume-role.js";
import { authorizationMessageOperations } from "./authorization-messages.js";
import { callerOperations } from "./callers.js";
import type { OperationFamily } from "./operation.js";
import { tokenOperations } from "./tokens.js";
import { webIdentityOperations } from "./web-identity.js";

const families: readonly OperationFamily[] = [
  callerOperations,
  assumeRoleOperations,
  tokenOperations,
  webIdentityOperations,
  authorizationMessageOperations,
];

/** All operations of STS that exist here. */
export function stsHandlers(realm: Realm): ServiceHandlers {
  return { service: "sts", operations: families.flatMap((family) => family(realm)) };
}
