import type { OutputOf } from "../desk.js";
import type { Place, Rule, SecurityGroup } from "../model/records.js";
import { ec2Arn } from "../permissions.js";
import { tagSet } from "../tags/tags.js";
import type { RuleDraft } from "./parse.js";

type GroupAnswer = NonNullable<OutputOf<"DescribeSecurityGroups">["SecurityGroups"]>[number];
type PermissionAnswer = NonNullable<GroupAnswer["IpPermissions"]>[number];
type RuleAnswer = NonNullable<OutputOf<"DescribeSecurityGroupRules">["SecurityGroupRules"]>[number];

/** Rules as EC2's older form shows them: peers gathered by protocol and ports. */
export function permissionSet(rules: readonly RuleDraft[]): readonly PermissionAnswer[] {
  const byPorts = new Map<string, RuleDraft[]>();
  for (const rule of rules) {
    const key = [rule.protocol, rule.from, rule.to].join(" ");
    byPorts.set(key, [...(byPorts.get(key) ?? []), rule]);
  }
  return [...byPorts.values()].map((same) => {
    const { protocol, from, to } = same[0]!;
    return {
      IpProtocol: protocol,
      ...(from !== null && { FromPort: from }),
      ...(to !== null && { ToPort: to }),
      IpRanges: same.flatMap(({ peer, description }) =>
        peer.kind === "cidr4" ? [{ CidrIp: peer.cidr, ...describe(description) }] : [],
      ),
      Ipv6Ranges: same.flatMap(({ peer, description }) =>
        peer.kind === "cidr6" ? [{ CidrIpv6: peer.cidr, ...describe(description) }] : [],
      ),
      PrefixListIds: [],
      UserIdGroupPairs: same.flatMap(({ peer, description }) =>
        peer.kind === "group" ? [{ GroupId: peer.groupId, UserId: peer.account, ...describe(description) }] : [],
      ),
    };
  });
}

/** One rule as DescribeSecurityGroupRules shows it. */
export function ruleAnswer(place: Place, group: SecurityGroup, rule: Rule): RuleAnswer {
  return {
    SecurityGroupRuleId: rule.id,
    SecurityGroupRuleArn: ec2Arn(place, "security-group-rule", rule.id),
    GroupId: group.id,
    GroupOwnerId: place.account,
    IsEgress: rule.egress,
    IpProtocol: rule.protocol,
    FromPort: rule.from ?? -1,
    ToPort: rule.to ?? -1,
    ...(rule.peer.kind === "cidr4" && { CidrIpv4: rule.peer.cidr }),
    ...(rule.peer.kind === "cidr6" && { CidrIpv6: rule.peer.cidr }),
    ...(rule.peer.kind === "group" && {
      ReferencedGroupInfo: { GroupId: rule.peer.groupId, UserId: rule.peer.account, VpcId: group.vpcId },
    }),
    ...describe(rule.description),
    Tags: tagSet(rule.tags),
  };
}

function describe(description: string | null): { readonly Description?: string } {
  return description === null ? {} : { Description: description };
}
