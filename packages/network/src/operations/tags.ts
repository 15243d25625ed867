import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import type { StateTransaction } from "@hotkeep/state";
import { applyFilters } from "../describe/filters.js";
import { nextTokenOf, pageOf } from "../describe/page.js";
import { ec2Operation, type NetworkDesk } from "../desk.js";
import { checkId, ec2Error, invalidValue, missingParameter, notFound, type ResourceKind } from "../errors.js";
import { networkLimits } from "../limits.js";
import type { Rule, SecurityGroup, Tags } from "../model/records.js";
import type { NetworkState } from "../model/state.js";
import { needsAny, needsOn, type ResourceType } from "../permissions.js";
import { withoutTags, withTags } from "../tags/tags.js";

const kindsByPrefix: readonly (readonly [prefix: string, type: ResourceType, kind: ResourceKind])[] = [
  ["vpc-", "vpc", "vpc"],
  ["subnet-", "subnet", "subnet"],
  ["sg-", "security-group", "group"],
  ["sgr-", "security-group-rule", "rule"],
  ["eni-", "network-interface", "interface"],
];

/** Tags of everything that has an id. */
export function tagOperations(desk: NetworkDesk): readonly NamedOperation[] {
  const needs = (ids: readonly string[], call: CallContext, action: string) =>
    needsOn(
      call,
      action,
      ids.map((id) => [typeOf(id)[1], id]),
    );
  const change = (
    ids: readonly string[],
    call: CallContext,
    changed: (tags: Tags) => Tags,
  ): Promise<Record<string, never>> => {
    if (ids.length > networkLimits.idsPerRequestMax) throw invalidValue("Too many resource ids in one request");
    return desk.write(call, async (state, transaction) => {
      for (const id of ids) await changeTags(state, transaction, id, changed);
      return {};
    });
  };
  return [
    ec2Operation("CreateTags", {
      needs: (input, call) => needs(input.Resources ?? [], call, "CreateTags"),
      handle(input, call) {
        if (input.Resources.length === 0) throw missingParameter("resourceIdSet");
        if (input.Tags.length === 0) throw missingParameter("tagSet");
        return change(input.Resources, call, (tags) => withTags(tags, input.Tags));
      },
    }),
    ec2Operation("DeleteTags", {
      needs: (input, call) => needs(input.Resources ?? [], call, "DeleteTags"),
      handle(input, call) {
        if (input.Resources.length === 0) throw missingParameter("resourceIdSet");
        return change(input.Resources, call, (tags) => withoutTags(tags, input.Tags));
      },
    }),
    ec2Operation("DescribeTags", {
      needs: (_input, call) => needsAny(call, "DescribeTags"),
      handle: (input, call) =>
        desk.read(call, async (state) => {
          const all = (await allTags(state)).toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
          const filtered = applyFilters(all, input.Filters, {
            key: (tag) => [tag.key],
            value: (tag) => [tag.value],
            "resource-id": (tag) => [tag.id],
            "resource-type": (tag) => [tag.type],
          });
          const page = pageOf(filtered, sortKey, input, undefined);
          return {
            Tags: page.items.map((tag) => ({
              Key: tag.key,
              Value: tag.value,
              ResourceId: tag.id,
              ResourceType: tag.type,
            })),
            ...nextTokenOf(page),
          };
        }),
    }),
  ];
}

interface FoundTag {
  readonly id: string;
  readonly type: ResourceType;
  readonly key: string;
  readonly value: string;
}

function sortKey(tag: FoundTag): string {
  return `${tag.id} ${tag.key}`;
}

function typeOf(id: string): readonly [prefix: string, type: ResourceType, kind: ResourceKind] {
  const found = kindsByPrefix.find(([prefix]) => id.startsWith(prefix));
  if (found === undefined) throw ec2Error("InvalidID", `The ID '${id}' is not valid`);
  return found;
}

async function allTags(state: NetworkState): Promise<readonly FoundTag[]> {
  const groups = await state.groups.all();
  const tagged: readonly (readonly [ResourceType, readonly { readonly id: string; readonly tags: Tags }[]])[] = [
    ["vpc", await state.vpcs.all()],
    ["subnet", await state.subnets.all()],
    ["security-group", groups],
    ["security-group-rule", groups.flatMap((group) => group.rules)],
    ["network-interface", await state.interfaces.all()],
  ];
  return tagged.flatMap(([type, items]) =>
    items.flatMap(({ id, tags }) => Object.entries(tags).map(([key, value]) => ({ id, type, key, value }))),
  );
}

async function changeTags(
  state: NetworkState,
  transaction: StateTransaction,
  id: string,
  changed: (tags: Tags) => Tags,
): Promise<void> {
  const kind = typeOf(id)[2];
  checkId(kind, id);
  switch (kind) {
    case "rule": {
      const group = (await state.groups.all()).find((one) => one.rules.some((rule) => rule.id === id));
      if (group === undefined) throw notFound("rule", id);
      state.groups.put(
        transaction,
        withRule(group, id, (rule) => ({ ...rule, tags: changed(rule.tags) })),
      );
      return;
    }
    case "vpc": {
      const vpc = await state.vpcs.get(id);
      state.vpcs.put(transaction, { ...vpc, tags: changed(vpc.tags) });
      return;
    }
    case "subnet": {
      const subnet = await state.subnets.get(id);
      state.subnets.put(transaction, { ...subnet, tags: changed(subnet.tags) });
      return;
    }
    case "group": {
      const group = await state.groups.get(id);
      state.groups.put(transaction, { ...group, tags: changed(group.tags) });
      return;
    }
    case "interface": {
      const item = await state.interfaces.get(id);
      state.interfaces.put(transaction, { ...item, tags: changed(item.tags) });
      return;
    }
  }
}

function withRule(group: SecurityGroup, id: string, change: (rule: Rule) => Rule): SecurityGroup {
  return { ...group, rules: group.rules.map((rule) => (rule.id === id ? change(rule) : rule)) };
}
