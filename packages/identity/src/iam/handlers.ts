import type { ServiceHandlers } from "@hotkeep/protocols";
import type { Realm } from "../realm.js";
import { accessKeyOperations } from "./access-keys.js";
import { accountOperations } from "./account.js";
import { attachmentOperations } from "./attachments.js";
import { authorizationDetailOperations } from "./authorization-details.js";
import { boundaryOperations } from "./boundaries.js";
import { contextKeyOperations } from "./context-keys.js";
import { credentialReportOperations } from "./credential-report.js";
import { emptyListOperations } from "./empty-lists.js";
import { grantingPolicyOperations } from "./granting-policies.js";
import { groupMemberOperations } from "./group-members.js";
import { groupOperations } from "./groups.js";
import { inlinePolicyOperations } from "./inline-policies.js";
import { instanceProfileOperations } from "./instance-profiles.js";
import { lastAccessedOperations } from "./last-accessed.js";
import { loginProfileOperations } from "./login-profiles.js";
import { mfaDeviceOperations } from "./mfa-devices.js";
import { oidcProviderOperations } from "./oidc-providers.js";
import type { OperationFamily } from "./operation.js";
import { passwordPolicyOperations } from "./password-policy.js";
import { policyOperations } from "./policies.js";
import { policyEntityOperations } from "./policy-entities.js";
import { policyVersionOperations } from "./policy-versions.js";
import { roleOperations } from "./roles.js";
import { samlProviderOperations } from "./saml-providers.js";
import { serviceLinkedRoleOperations } from "./service-linked-roles.js";
import { simulateOperations } from "./simulate.js";
import { tagOperations } from "./tags.js";
import { userOperations } from "./users.js";

const families: readonly OperationFamily[] = [
  userOperations,
  accessKeyOperations,
  groupOperations,
  groupMemberOperations,
  roleOperations,
  serviceLinkedRoleOperations,
  policyOperations,
  policyVersionOperations,
  policyEntityOperations,
  attachmentOperations,
  inlinePolicyOperations,
  boundaryOperations,
  tagOperations,
  instanceProfileOperations,
  simulateOperations,
  contextKeyOperations,
  lastAccessedOperations,
  grantingPolicyOperations,
  accountOperations,
  authorizationDetailOperations,
  loginProfileOperations,
  mfaDeviceOperations,
  passwordPolicyOperations,
  credentialReportOperations,
  oidcProviderOperations,
  samlProviderOperations,
  emptyListOperations,
];

/** All operations of IAM that exist here. */
export function iamHandlers(realm: Realm): ServiceHandlers {
  return { service: "iam", operations: families.flatMap((family) => family(realm)) };
}
