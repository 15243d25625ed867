import { type Account, type ActingCluster, type Actor, readAccount } from "./account.js";
import { type ItemAction, itemActions, type TableAction, tableActions } from "./item-actions.js";
import type { AccountSnapshot } from "./snapshot.js";
import { allOf, impossible, type Verdict } from "./verdict.js";

/** One action at the table without a cluster between. */
export interface DirectReach {
  readonly action: TableAction;
  readonly verdict: Verdict;
}

/**
 * Which of the gates on the way through a cluster refuses: the caller's own policies, the want of the service role or
 * its trust in DAX, the service role's DescribeTable, or its right to the action.
 */
export type Gate = "caller" | "service-role-missing" | "trust" | "describe-table" | "service-role";

/** One action through a cluster. */
export interface ClusterActionReach {
  readonly action: ItemAction;
  /** Both hops together. */
  readonly verdict: Verdict;
  /** The first gate that refuses; absent when none does. */
  readonly refusedAt?: Gate;
  /** `dax:` on the cluster, for the caller. */
  readonly caller: Verdict;
  /** `dynamodb:` on the table, for the cluster's session of its service role. */
  readonly serviceRole: Verdict;
}

/** What a principal can do at the table through one cluster. */
export interface ClusterReach {
  readonly cluster: string;
  readonly serviceRoleArn: string;
  readonly actions: readonly ClusterActionReach[];
}

/** What one user or role can do at a table, on every way. */
export interface PrincipalReach {
  readonly principal: string;
  readonly kind: "user" | "role";
  readonly direct: readonly DirectReach[];
  readonly viaClusters: readonly ClusterReach[];
}

/** An index's table; the ARN itself for a table. */
function tableOf(arn: string): string {
  const index = arn.indexOf("/index/");
  return index < 0 ? arn : arn.slice(0, index);
}

/** A cluster's part of the way, the same for all callers. */
export interface ClusterAtTable {
  readonly acting: ActingCluster;
  readonly describeTable: Verdict;
  readonly actions: Readonly<Record<ItemAction, Verdict>>;
}

/** What a cluster may do at a table. */
export function clusterAtTable(
  { tablePolicies }: Pick<Account, "tablePolicies">,
  acting: ActingCluster,
  table: string,
): ClusterAtTable {
  const { actor } = acting;
  const policy = tablePolicies.get(tableOf(table));
  const verdict = (action: ItemAction) => [action, actor?.atTable(action, table, policy) ?? impossible] as const;
  return {
    acting,
    describeTable: actor?.atTable("DescribeTable", tableOf(table), policy) ?? impossible,
    actions: Object.fromEntries(itemActions.map(verdict)) as Record<ItemAction, Verdict>,
  };
}

function throughCluster(actor: Actor, at: ClusterAtTable): ClusterReach {
  const { cluster, trust, actor: role } = at.acting;
  const actions = itemActions.map((action): ClusterActionReach => {
    const caller = actor.atCluster(action, cluster.arn);
    const serviceRole = at.actions[action];
    const gates: readonly (readonly [Gate, Verdict])[] = [
      ["caller", caller],
      [role === undefined ? "service-role-missing" : "trust", trust],
      ["describe-table", at.describeTable],
      ["service-role", serviceRole],
    ];
    const refusedAt = gates.find(([, verdict]) => verdict.kind === "denied")?.[0];
    const verdict = allOf(gates.map(([, gate]) => gate));
    return { action, verdict, ...(refusedAt === undefined ? {} : { refusedAt }), caller, serviceRole };
  });
  return { cluster: cluster.arn, serviceRoleArn: cluster.serviceRoleArn, actions };
}

/** The reach of everybody in an account that has been read, when its clusters' part is known. */
export function reachIn(
  { actors, tablePolicies }: Account,
  table: string,
  atTable: readonly ClusterAtTable[],
): readonly PrincipalReach[] {
  const policy = tablePolicies.get(tableOf(table));
  return actors.map((actor) => ({
    principal: actor.arn,
    kind: actor.kind,
    direct: tableActions.map((action) => ({ action, verdict: actor.atTable(action, table, policy) })),
    viaClusters: atTable.map((at) => throughCluster(actor, at)),
  }));
}

/**
 * What every user and role can do with the items of a table: directly, and through each cluster, where the caller's
 * `dax:` permissions on the cluster and the service role's `dynamodb:` permissions on the table decide one after the
 * other and the caller's own `dynamodb:` permissions count for nothing.
 *
 * The account's root user is left out: it may do everything.
 *
 * @param table ARN of a table or of one of its indexes.
 * @throws HotkeepError `insight-unreadable-policy`
 */
export function reachOf(snapshot: AccountSnapshot, table: string): readonly PrincipalReach[] {
  const account = readAccount(snapshot);
  return reachIn(
    account,
    table,
    account.clusters.map((acting) => clusterAtTable(account, acting, table)),
  );
}
