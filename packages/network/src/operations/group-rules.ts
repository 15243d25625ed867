import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import { applyFilters } from "../describe/filters.js";
import { nextTokenOf, pageOf } from "../describe/page.js";
import { ec2Operation, type InputOf, type NetworkDesk, type OutputOf } from "../desk.js";
import { checkId, ec2Error, notFound } from "../errors.js";
import type { Rule, SecurityGroup } from "../model/records.js";
import { needsAny, needsOn, needsTagging } from "../permissions.js";
import { permissionSet, ruleAnswer } from "../rules/answer.js";
import { rulesToAdd, rulesToRemove } from "../rules/change.js";
import { parseRules } from "../rules/parse.js";
import { tagsAtCreation } from "../tags/tags.js";
import { findGroup, type GroupChoice, groupIdForPermission } from "./find-group.js";

/** What a group lets in and out. */
export function groupRuleOperations(desk: NetworkDesk): readonly NamedOperation[] {
  const needsGroup = async (input: GroupChoice, call: CallContext, action: string) => {
    const id = await desk.read(call, (state) => groupIdForPermission(state, input));
    return needsOn(call, action, [["security-group", id]]);
  };
  return [
    ec2Operation("DescribeSecurityGroupRules", {
      needs: (_input, call) => needsAny(call, "DescribeSecurityGroupRules"),
      handle: (input, call) => describeRules(desk, input, call),
    }),
    ec2Operation("AuthorizeSecurityGroupIngress", {
      needs: async (input, call) => [
        ...(await needsGroup(input, call, "AuthorizeSecurityGroupIngress")),
        ...needsTagging(call, "AuthorizeSecurityGroupIngress", "security-group-rule", input.TagSpecifications),
      ],
      handle: (input, call) => authorize(desk, input, call, false),
    }),
    ec2Operation("AuthorizeSecurityGroupEgress", {
      needs: async (input, call) => [
        ...(await needsGroup(input, call, "AuthorizeSecurityGroupEgress")),
        ...needsTagging(call, "AuthorizeSecurityGroupEgress", "security-group-rule", input.TagSpecifications),
      ],
      handle: (input, call) => authorize(desk, input, call, true),
    }),
    ec2Operation("RevokeSecurityGroupIngress", {
      needs: (input, call) => needsGroup(input, call, "RevokeSecurityGroupIngress"),
      handle: (input, call) => revoke(desk, input, call, false),
    }),
    ec2Operation("RevokeSecurityGroupEgress", {
      needs: (input, call) => needsGroup(input, call, "RevokeSecurityGroupEgress"),
      handle: (input, call) => revoke(desk, input, call, true),
    }),
  ];
}

type AuthorizeInput = InputOf<"AuthorizeSecurityGroupIngress"> | InputOf<"AuthorizeSecurityGroupEgress">;
type RevokeInput = InputOf<"RevokeSecurityGroupIngress"> | InputOf<"RevokeSecurityGroupEgress">;

function authorize(
  desk: NetworkDesk,
  input: AuthorizeInput,
  call: CallContext,
  egress: boolean,
): Promise<OutputOf<"AuthorizeSecurityGroupIngress">> {
  const tags = tagsAtCreation("security-group-rule", input.TagSpecifications);
  return desk.write(call, async (state, transaction) => {
    const group = await findGroup(state, input);
    const added = rulesToAdd(group, await parseRules(state, group, input), egress, tags, desk.random);
    state.groups.put(transaction, { ...group, rules: [...group.rules, ...added] });
    return { Return: true, SecurityGroupRules: added.map((rule) => ruleAnswer(call, group, rule)) };
  });
}

function revoke(
  desk: NetworkDesk,
  input: RevokeInput,
  call: CallContext,
  egress: boolean,
): Promise<OutputOf<"RevokeSecurityGroupIngress">> {
  return desk.write(call, async (state, transaction) => {
    const group = await findGroup(state, input);
    const ids = input.SecurityGroupRuleIds ?? [];
    if (ids.length > 0) {
      const removed = ids.map((id) => ruleOfGroup(group, id, egress));
      drop(removed);
      return revoked(removed);
    }
    const { removed, unknown } = rulesToRemove(group, await parseRules(state, group, input), egress);
    // In the default VPC an unknown rule fails the call, elsewhere it is only reported (documented).
    if (unknown.length > 0 && (await state.vpcs.get(group.vpcId)).isDefault) {
      throw ec2Error("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
    }
    drop(removed);
    return { ...revoked(removed), ...(unknown.length > 0 && { UnknownIpPermissions: permissionSet(unknown) }) };

    function drop(gone: readonly Rule[]): void {
      state.groups.put(transaction, { ...group, rules: group.rules.filter((rule) => !gone.includes(rule)) });
    }

    function revoked(gone: readonly Rule[]): OutputOf<"RevokeSecurityGroupIngress"> {
      return {
        Return: true,
        RevokedSecurityGroupRules: gone.map((rule) => {
          const { SecurityGroupRuleId, IsEgress, IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, Description } =
            ruleAnswer(call, group, rule);
          return {
            SecurityGroupRuleId,
            GroupId: group.id,
            IsEgress,
            IpProtocol,
            FromPort,
            ToPort,
            CidrIpv4,
            CidrIpv6,
            ...(rule.peer.kind === "group" && { ReferencedGroupId: rule.peer.groupId }),
            Description,
          };
        }),
      };
    }
  });
}

function ruleOfGroup(group: SecurityGroup, id: string, egress: boolean): Rule {
  checkId("rule", id);
  const rule = group.rules.find((one) => one.id === id && one.egress === egress);
  if (rule === undefined) throw notFound("rule", id);
  return rule;
}

function describeRules(
  desk: NetworkDesk,
  input: InputOf<"DescribeSecurityGroupRules">,
  call: CallContext,
): Promise<OutputOf<"DescribeSecurityGroupRules">> {
  const ids = input.SecurityGroupRuleIds ?? [];
  for (const id of ids) checkId("rule", id);
  return desk.read(call, async (state) => {
    const all = (await state.groups.all()).flatMap((group) => group.rules.map((rule) => ({ group, rule })));
    for (const id of ids) if (!all.some(({ rule }) => rule.id === id)) throw notFound("rule", id);
    const selected = ids.length === 0 ? all : all.filter(({ rule }) => ids.includes(rule.id));
    const sorted = selected.toSorted((a, b) => (a.rule.id < b.rule.id ? -1 : 1));
    const filtered = applyFilters(
      sorted,
      input.Filters,
      {
        "group-id": ({ group }) => [group.id],
        "security-group-rule-id": ({ rule }) => [rule.id],
      },
      ({ rule }) => rule.tags,
    );
    const page = pageOf(filtered, ({ rule }) => rule.id, input, input.SecurityGroupRuleIds);
    return {
      SecurityGroupRules: page.items.map(({ group, rule }) => ruleAnswer(call, group, rule)),
      ...nextTokenOf(page),
    };
  });
}
