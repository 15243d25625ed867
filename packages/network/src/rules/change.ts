import type { Random } from "@hotkeep/core";
import { ec2Error } from "../errors.js";
import { networkLimits } from "../limits.js";
import { hexId } from "../model/ids.js";
import type { Rule, SecurityGroup, Tags } from "../model/records.js";
import { type RuleDraft, ruleKey } from "./parse.js";

/**
 * The rules that drafts become.
 *
 * @throws AwsError `InvalidPermission.Duplicate`, `RulesPerSecurityGroupLimitExceeded`
 */
export function rulesToAdd(
  group: SecurityGroup,
  drafts: readonly RuleDraft[],
  egress: boolean,
  tags: Tags,
  random: Random,
): readonly Rule[] {
  const existing = group.rules.filter((rule) => rule.egress === egress);
  const known = new Set(existing.map(ruleKey));
  for (const draft of drafts) {
    if (known.has(ruleKey(draft))) {
      throw ec2Error("InvalidPermission.Duplicate", `the specified rule "${ruleText(draft)}" already exists`);
    }
  }
  if (existing.length + drafts.length > networkLimits.rulesPerDirectionMax) {
    throw ec2Error(
      "RulesPerSecurityGroupLimitExceeded",
      `The maximum number of rules per security group has been reached.`,
    );
  }
  return drafts.map((draft) => ({ ...draft, id: hexId(random, "sgr-"), egress, tags }));
}

/** Which rules of a group drafts mean, and which drafts mean none. */
export function rulesToRemove(
  group: SecurityGroup,
  drafts: readonly RuleDraft[],
  egress: boolean,
): { readonly removed: readonly Rule[]; readonly unknown: readonly RuleDraft[] } {
  const wanted = new Set(drafts.map(ruleKey));
  const removed = group.rules.filter((rule) => rule.egress === egress && wanted.has(ruleKey(rule)));
  const found = new Set(removed.map(ruleKey));
  return { removed, unknown: drafts.filter((draft) => !found.has(ruleKey(draft))) };
}

/** A rule as it is to be now: the same rule with the same tags. */
export function changedRule(rule: Rule, draft: RuleDraft): Rule {
  return { ...draft, id: rule.id, egress: rule.egress, tags: rule.tags };
}

/** A rule in the words of EC2's messages: `peer: 0.0.0.0/0, TCP, from port: 8111, to port: 8111, ALLOW`. */
export function ruleText(rule: RuleDraft): string {
  const peer = rule.peer.kind === "group" ? rule.peer.groupId : rule.peer.cidr;
  const protocol = rule.protocol === "-1" ? "ALL" : rule.protocol.toUpperCase();
  const ports = rule.from === null ? "" : `, from port: ${rule.from}, to port: ${rule.to}`;
  return `peer: ${peer}, ${protocol}${ports}, ALLOW`;
}
