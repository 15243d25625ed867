import { formatArn, type PermissionRequest, permission } from "@hotkeep/core";
import type { Place } from "./model/records.js";

/** Resource types in EC2's ARNs. */
export type ResourceType =
  | "vpc"
  | "subnet"
  | "security-group"
  | "security-group-rule"
  | "network-interface"
  | "dhcp-options";

/** `arn:aws:ec2:us-west-2:123456789012:vpc/vpc-…` */
export function ec2Arn(place: Place, type: ResourceType, id: string): string {
  return formatArn({ service: "ec2", region: place.region, account: place.account, resource: `${type}/${id}` });
}

/** The permission for a call that has no resource. */
export function needsAny(place: Place, action: string): readonly PermissionRequest[] {
  return [permission(`ec2:${action}`, "*", { "ec2:Region": place.region })];
}

/** The permission on each of some resources. `*` stands for a resource that is only now made. */
export function needsOn(
  place: Place,
  action: string,
  resources: readonly (readonly [type: ResourceType, id: string])[],
): readonly PermissionRequest[] {
  return resources.map(([type, id]) =>
    permission(`ec2:${action}`, ec2Arn(place, type, id), { "ec2:Region": place.region }),
  );
}

/** `ec2:CreateTags` on the new resource, when the call brings tags along (documented). */
export function needsTagging(
  place: Place,
  action: string,
  type: ResourceType,
  specifications: readonly unknown[] | undefined,
): readonly PermissionRequest[] {
  if (specifications === undefined || specifications.length === 0) return [];
  const context = { "ec2:Region": place.region, "ec2:CreateAction": action };
  return [permission("ec2:CreateTags", ec2Arn(place, type, "*"), context)];
}
