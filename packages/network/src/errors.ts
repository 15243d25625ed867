import { AwsError } from "@hotkeep/core";

/** An EC2 error; EC2's codes are not modelled, so they are written where they are thrown. */
export function ec2Error(code: string, message: string, status = 400): AwsError {
  return new AwsError(code, message, { status });
}

export function missingParameter(name: string): AwsError {
  return ec2Error("MissingParameter", `The request must contain the parameter ${name}`);
}

export function invalidValue(message: string): AwsError {
  return ec2Error("InvalidParameterValue", message);
}

export function dependencyViolation(message: string): AwsError {
  return ec2Error("DependencyViolation", message);
}

export function notPermitted(): AwsError {
  return ec2Error("OperationNotPermitted", "You do not have permission to access the specified resource.");
}

/** The kinds of things with ids, with the names EC2's error codes use for them. */
const kinds = {
  vpc: { prefix: "vpc-", code: "InvalidVpcID", noun: "vpc ID" },
  subnet: { prefix: "subnet-", code: "InvalidSubnetID", noun: "subnet ID" },
  group: { prefix: "sg-", code: "InvalidGroup", malformed: "InvalidGroupId", noun: "security group" },
  interface: { prefix: "eni-", code: "InvalidNetworkInterfaceID", noun: "networkInterface ID" },
  "route-table": { prefix: "rtb-", code: "InvalidRouteTableID", noun: "routeTable ID" },
  "network-acl": { prefix: "acl-", code: "InvalidNetworkAclID", noun: "networkAcl ID" },
  "internet-gateway": { prefix: "igw-", code: "InvalidInternetGatewayID", noun: "internetGateway ID" },
  "dhcp-options": { prefix: "dopt-", code: "InvalidDhcpOptionID", noun: "dhcpOption ID" },
  rule: { prefix: "sgr-", code: "InvalidSecurityGroupRuleId", noun: "security group rule ID" },
} as const;

/** A kind of thing with an id. */
export type ResourceKind = keyof typeof kinds;

export function notFound(kind: ResourceKind, id: string): AwsError {
  const { code, noun } = kinds[kind];
  return ec2Error(`${code}.NotFound`, `The ${noun} '${id}' does not exist`);
}

/** @throws AwsError `….Malformed` when `id` cannot be an id of this kind */
export function checkId(kind: ResourceKind, id: string): void {
  const entry = kinds[kind];
  if (id.startsWith(entry.prefix) && /^[0-9a-f]{8,17}$/.test(id.slice(entry.prefix.length))) return;
  const code = "malformed" in entry ? entry.malformed : entry.code;
  throw ec2Error(`${code}.Malformed`, `Invalid id: "${id}" (expecting "${entry.prefix}...")`);
}
