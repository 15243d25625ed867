import { awsManagedPolicies } from "../aws-managed/policies.js";

/** A service that has a linked role, as the service itself defines it: the customer gives neither name nor policies. */
export interface LinkedService {
  /** Service principal, the `AWSServiceName` of the API. */
  readonly service: string;
  readonly roleName: string;
  /** Managed policies of the role. */
  readonly policyArns: readonly string[];
}

function policyArn(name: string): string {
  return awsManagedPolicies.find((policy) => policy.name === name)!.arn;
}

/** The services with linked roles here (documented). */
export const linkedServices: readonly LinkedService[] = [
  {
    service: "dax.amazonaws.com",
    roleName: "AWSServiceRoleForDAX",
    policyArns: [policyArn("DAXServiceRolePolicy")],
  },
];

/** Case-sensitive (documented). */
export function findLinkedService(service: string): LinkedService | undefined {
  return linkedServices.find((known) => known.service === service);
}

/** `/aws-service-role/dax.amazonaws.com/` */
export function linkedRolePath(service: string): string {
  return `/aws-service-role/${service}/`;
}

/** The trust policy of a linked role: its service and nobody else. */
export function linkedRoleTrust(service: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });
}
