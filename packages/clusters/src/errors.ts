import { AwsError } from "@hotkeep/core";

/** The faults of the DAX API that are thrown here; statuses come from the service model. */
export type DaxFault =
  | "ClusterAlreadyExistsFault"
  | "ClusterNotFoundFault"
  | "ClusterQuotaForCustomerExceededFault"
  | "InsufficientClusterCapacityFault"
  | "InvalidARNFault"
  | "InvalidClusterStateFault"
  | "InvalidParameterCombinationException"
  | "InvalidParameterGroupStateFault"
  | "InvalidParameterValueException"
  | "InvalidSubnet"
  | "InvalidVPCNetworkStateFault"
  | "NodeNotFoundFault"
  | "NodeQuotaForClusterExceededFault"
  | "NodeQuotaForCustomerExceededFault"
  | "ParameterGroupAlreadyExistsFault"
  | "ParameterGroupNotFoundFault"
  | "ParameterGroupQuotaExceededFault"
  | "ServiceLinkedRoleNotFoundFault"
  | "SubnetGroupAlreadyExistsFault"
  | "SubnetGroupInUseFault"
  | "SubnetGroupNotFoundFault"
  | "SubnetGroupQuotaExceededFault"
  | "SubnetInUse"
  | "SubnetQuotaExceededFault"
  | "TagNotFoundFault"
  | "TagQuotaPerResourceExceeded";

const notFoundFaults: readonly DaxFault[] = [
  "ClusterNotFoundFault",
  "NodeNotFoundFault",
  "ParameterGroupNotFoundFault",
  "SubnetGroupNotFoundFault",
  "TagNotFoundFault",
];

export function fault(code: DaxFault, message: string, cause?: unknown): AwsError {
  const status = notFoundFaults.includes(code) ? 404 : 400;
  return new AwsError(code, message, cause === undefined ? { status } : { status, cause });
}

export function invalidValue(message: string): AwsError {
  return fault("InvalidParameterValueException", message);
}

/** What to tell a person of an error that ended a step. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
