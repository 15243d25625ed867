import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import { ec2Operation, type InputOf, type NetworkDesk, type OutputOf } from "../desk.js";
import { checkId, ec2Error, missingParameter, notFound } from "../errors.js";
import type { Rule, SecurityGroup } from "../model/records.js";
import type { NetworkState } from "../model/state.js";
import { needsOn } from "../permissions.js";
import { changedRule } from "../rules/change.js";
import { checkDescription, parseRules, ruleKey } from "../rules/parse.js";
import { findGroup, type GroupChoice, groupIdForPermission } from "./find-group.js";

/** Changing rules that are there, and what is said about them. */
export function ruleChangeOperations(desk: NetworkDesk): readonly NamedOperation[] {
  const needsGroup = async (input: GroupChoice, call: CallContext, action: string) => {
    const id = await desk.read(call, (state) => groupIdForPermission(state, input));
    return needsOn(call, action, [["security-group", id]]);
  };
  return [
    ec2Operation("ModifySecurityGroupRules", {
      needs: (input, call) => needsGroup(input, call, "ModifySecurityGroupRules"),
      handle: (input, call) =>
        desk.write(call, async (state, transaction) => {
          const group = await findGroup(state, input);
          const changed = new Map<string, Rule>();
          for (const { SecurityGroupRuleId: id, SecurityGroupRule: wanted } of input.SecurityGroupRules) {
            if (wanted === undefined) throw missingParameter("SecurityGroupRule");
            const rule = ruleOf(group, id);
            const [draft] = await parseRules(state, group, { IpPermissions: [permissionOf(wanted)] });
            changed.set(rule.id, changedRule(rule, draft!));
          }
          const rules = group.rules.map((rule) => changed.get(rule.id) ?? rule);
          checkDistinct(rules);
          state.groups.put(transaction, { ...group, rules });
          return { Return: true };
        }),
    }),
    ec2Operation("UpdateSecurityGroupRuleDescriptionsIngress", {
      needs: (input, call) => needsGroup(input, call, "UpdateSecurityGroupRuleDescriptionsIngress"),
      handle: (input, call) => describe(desk, input, call, false),
    }),
    ec2Operation("UpdateSecurityGroupRuleDescriptionsEgress", {
      needs: (input, call) => needsGroup(input, call, "UpdateSecurityGroupRuleDescriptionsEgress"),
      handle: (input, call) => describe(desk, input, call, true),
    }),
  ];
}

function ruleOf(group: SecurityGroup, id: string | undefined): Rule {
  if (id === undefined) throw missingParameter("SecurityGroupRuleId");
  checkId("rule", id);
  const rule = group.rules.find((one) => one.id === id);
  if (rule === undefined) throw notFound("rule", id);
  return rule;
}

type WantedRule = NonNullable<
  NonNullable<InputOf<"ModifySecurityGroupRules">["SecurityGroupRules"]>[number]["SecurityGroupRule"]
>;

/** One rule in the form in which the authorising calls name rules. */
function permissionOf(wanted: WantedRule) {
  const { IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, ReferencedGroupId, PrefixListId, Description } = wanted;
  const described = Description === undefined ? {} : { Description };
  const peers = [CidrIpv4, CidrIpv6, ReferencedGroupId, PrefixListId].filter((peer) => peer !== undefined);
  if (peers.length !== 1) {
    throw ec2Error("InvalidParameterCombination", "A security group rule has exactly one source or destination");
  }
  return {
    ...(IpProtocol !== undefined && { IpProtocol }),
    ...(FromPort !== undefined && { FromPort }),
    ...(ToPort !== undefined && { ToPort }),
    ...(CidrIpv4 !== undefined && { IpRanges: [{ CidrIp: CidrIpv4, ...described }] }),
    ...(CidrIpv6 !== undefined && { Ipv6Ranges: [{ CidrIpv6, ...described }] }),
    ...(ReferencedGroupId !== undefined && { UserIdGroupPairs: [{ GroupId: ReferencedGroupId, ...described }] }),
    ...(PrefixListId !== undefined && { PrefixListIds: [{ PrefixListId, ...described }] }),
  };
}

function checkDistinct(rules: readonly Rule[]): void {
  const seen = new Set<string>();
  for (const rule of rules) {
    const key = `${rule.egress} ${ruleKey(rule)}`;
    if (seen.has(key)) throw ec2Error("InvalidPermission.Duplicate", "the specified rule already exists");
    seen.add(key);
  }
}

type DescriptionsInput =
  | InputOf<"UpdateSecurityGroupRuleDescriptionsIngress">
  | InputOf<"UpdateSecurityGroupRuleDescriptionsEgress">;

function describe(
  desk: NetworkDesk,
  input: DescriptionsInput,
  call: CallContext,
  egress: boolean,
): Promise<OutputOf<"UpdateSecurityGroupRuleDescriptionsIngress">> {
  return desk.write(call, async (state, transaction) => {
    const group = await findGroup(state, input);
    const described = await descriptionsOf(state, group, input, egress);
    const rules = group.rules.map((rule) =>
      described.has(rule.id) ? { ...rule, description: described.get(rule.id)! } : rule,
    );
    state.groups.put(transaction, { ...group, rules });
    return { Return: true };
  });
}

/** Descriptions by rule id, however the call names its rules. */
async function descriptionsOf(
  state: NetworkState,
  group: SecurityGroup,
  input: DescriptionsInput,
  egress: boolean,
): Promise<ReadonlyMap<string, string | null>> {
  const byId = input.SecurityGroupRuleDescriptions ?? [];
  if (byId.length > 0) {
    return new Map(
      byId.map(({ SecurityGroupRuleId, Description }) => {
        const rule = ruleOf(group, SecurityGroupRuleId);
        if (rule.egress !== egress) throw notFound("rule", rule.id);
        return [rule.id, checkDescription(Description)];
      }),
    );
  }
  const drafts = await parseRules(state, group, input);
  return new Map(
    drafts.map((draft) => {
      const rule = group.rules.find((one) => one.egress === egress && ruleKey(one) === ruleKey(draft));
      if (rule === undefined) {
        throw ec2Error("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
      }
      return [rule.id, draft.description];
    }),
  );
}
