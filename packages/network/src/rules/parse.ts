import { canonicalCidr } from "../addresses/cidr.js";
import type { InputOf } from "../desk.js";
import { checkId, ec2Error, invalidValue, missingParameter, notFound } from "../errors.js";
import { networkLimits } from "../limits.js";
import type { Rule, RulePeer, SecurityGroup } from "../model/records.js";
import type { NetworkState } from "../model/state.js";
import { canonicalPorts, canonicalProtocol } from "./protocol.js";

/** A rule that has no id yet. */
export type RuleDraft = Omit<Rule, "id" | "egress" | "tags">;

type Permission = NonNullable<InputOf<"AuthorizeSecurityGroupIngress">["IpPermissions"]>[number];

/** The two ways in which the authorising and revoking calls name rules. */
export interface RulesInput {
  readonly IpPermissions?: readonly Permission[];
  readonly IpProtocol?: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly CidrIp?: string;
  readonly SourceSecurityGroupName?: string;
  readonly SourceSecurityGroupOwnerId?: string;
}

/**
 * The rules that a call names for `group`, one for each peer.
 *
 * @throws AwsError `MissingParameter`, `InvalidParameterValue`, `InvalidGroup.NotFound`, `UnsupportedOperation`
 */
export async function parseRules(
  state: NetworkState,
  group: SecurityGroup,
  input: RulesInput,
): Promise<readonly RuleDraft[]> {
  const permissions = input.IpPermissions ?? [];
  const flat = flatPermission(input);
  if (flat !== undefined && permissions.length > 0) {
    throw ec2Error(
      "InvalidParameterCombination",
      "The parameter 'ipPermissions' may not be used in combination with 'ipProtocol'",
    );
  }
  const all = flat === undefined ? permissions : [flat];
  if (all.length === 0) throw missingParameter("ipPermissions");
  const drafts: RuleDraft[] = [];
  for (const permission of all) drafts.push(...(await draftsOf(state, group, permission)));
  const seen = new Set<string>();
  for (const draft of drafts) {
    if (seen.has(ruleKey(draft))) throw invalidValue("The same permission must not appear multiple times");
    seen.add(ruleKey(draft));
  }
  return drafts;
}

/** What makes two rules of one direction the same rule: everything but id, tags and description. */
export function ruleKey(rule: RuleDraft): string {
  const peer = rule.peer.kind === "group" ? rule.peer.groupId : rule.peer.cidr;
  return [rule.protocol, rule.from, rule.to, peer].join(" ");
}

function flatPermission(input: RulesInput): Permission | undefined {
  const { IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupName: groupName } = input;
  if (IpProtocol === undefined && CidrIp === undefined && groupName === undefined) return undefined;
  return {
    IpProtocol: IpProtocol ?? "-1",
    ...(FromPort !== undefined && { FromPort }),
    ...(ToPort !== undefined && { ToPort }),
    ...(CidrIp !== undefined && { IpRanges: [{ CidrIp }] }),
    ...(groupName !== undefined && { UserIdGroupPairs: [{ GroupName: groupName }] }),
  };
}

async function draftsOf(
  state: NetworkState,
  group: SecurityGroup,
  permission: Permission,
): Promise<readonly RuleDraft[]> {
  if (permission.IpProtocol === undefined) throw missingParameter("ipProtocol");
  if ((permission.PrefixListIds ?? []).length > 0) {
    throw ec2Error("UnsupportedOperation", "Prefix lists are not supported in security group rules.");
  }
  const protocol = canonicalProtocol(permission.IpProtocol);
  const ports = canonicalPorts(protocol, permission.FromPort, permission.ToPort);
  const draft = (peer: RulePeer, description: string | undefined): RuleDraft => {
    return { protocol, ...ports, peer, description: checkDescription(description) };
  };
  const drafts: RuleDraft[] = [];
  for (const range of permission.IpRanges ?? []) drafts.push(draft(cidrPeer(range.CidrIp, 4), range.Description));
  for (const range of permission.Ipv6Ranges ?? []) drafts.push(draft(cidrPeer(range.CidrIpv6, 6), range.Description));
  for (const pair of permission.UserIdGroupPairs ?? []) {
    drafts.push(draft(await groupPeer(state, group, pair), pair.Description));
  }
  if (drafts.length === 0) throw ec2Error("MissingParameter", "Source group or CIDR must be specified");
  return drafts;
}

/** @throws AwsError `InvalidParameterValue` */
export function checkDescription(description: string | undefined): string | null {
  if ((description ?? "").length > networkLimits.descriptionLengthMax) {
    throw invalidValue("Invalid rule description. Rule descriptions must be up to 255 characters long.");
  }
  return description ?? null;
}

function cidrPeer(text: string | undefined, family: 4 | 6): RulePeer {
  const cidr = canonicalCidr(text ?? "");
  if (cidr?.family !== family) throw invalidValue(`CIDR block ${text ?? ""} is malformed`);
  return { kind: family === 4 ? "cidr4" : "cidr6", cidr: cidr.cidr };
}

async function groupPeer(
  state: NetworkState,
  group: SecurityGroup,
  pair: NonNullable<Permission["UserIdGroupPairs"]>[number],
): Promise<RulePeer> {
  const { GroupId: id, GroupName: name, UserId: account } = pair;
  if (id === undefined && name === undefined) throw missingParameter("GroupId");
  if (id !== undefined) checkId("group", id);
  // No peering between accounts here, so a group of another account is one that cannot be found.
  if (account !== undefined && account !== state.place.account) throw notFound("group", id ?? name ?? "");
  const found =
    id !== undefined
      ? await state.groups.get(id)
      : (await state.groupsOfVpc(group.vpcId)).find((other) => other.name === name);
  if (found === undefined) throw notFound("group", name!);
  if (found.vpcId !== group.vpcId) {
    throw invalidValue(`You have specified two resources that belong to different networks.`);
  }
  return { kind: "group", groupId: found.id, account: state.place.account };
}
