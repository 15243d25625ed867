import type { StatementReference } from "@hotkeep/policy";
import { readAccount } from "./account.js";
import { itemActions, writeActions } from "./item-actions.js";
import { type ClusterAtTable, clusterAtTable, type PrincipalReach, reachIn } from "./reach.js";
import type { AccountSnapshot, SnapshotCluster } from "./snapshot.js";

/** Stable names of what can be found; tools may rely on them. */
export type FindingCode =
  | "cache-subverts-table-policy"
  | "service-role-lacks-describe-table"
  | "service-role-lacks-condition-check"
  | "service-role-distrusts-dax"
  | "service-role-missing";

/** `high`: somebody reaches what was forbidden, or nothing works; `medium`: likely not meant. */
export type Severity = "high" | "medium";

/** Something in an account that its owner should look at. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** One line for people. */
  readonly message: string;
  /** ARN of the user or role it is about, for findings about one. */
  readonly principal?: string;
  /** ARN of the cluster. */
  readonly cluster: string;
  /** ARN of the table, for findings about one. */
  readonly table?: string;
  /** Item actions, without service prefix. */
  readonly actions: readonly string[];
  /** The statements behind it, each once. */
  readonly statements: readonly StatementReference[];
}

function unique(statements: readonly StatementReference[]): readonly StatementReference[] {
  const byPlace = new Map<string, StatementReference>();
  for (const statement of statements) {
    const { policy, index } = statement;
    byPlace.set(JSON.stringify([policy.kind, policy.carrier, policy.name, index]), statement);
  }
  return [...byPlace.values()];
}

/**
 * Somebody gets through a cluster what its own policies do not let it have at the table: DAX never asks the caller's
 * `dynamodb:` permissions (documented as a warning).
 */
function* subversions(reach: PrincipalReach, table: string): Generator<Finding> {
  const direct = new Map(reach.direct.map(({ action, verdict }) => [action, verdict]));
  for (const { cluster, actions } of reach.viaClusters) {
    const reached = actions.filter(
      ({ action, verdict }) => verdict.kind !== "denied" && direct.get(action)?.kind === "denied",
    );
    if (reached.length === 0) continue;
    const names = reached.map(({ action }) => action);
    const forbidden = names.filter((action) => direct.get(action)?.explicit === true);
    const certain = reached.some(({ verdict }) => verdict.kind === "allowed");
    const refusal = forbidden.length > 0 ? `is denied ${forbidden.join(", ")}` : `is not allowed ${names.join(", ")}`;
    yield {
      code: "cache-subverts-table-policy",
      severity: forbidden.length > 0 ? "high" : "medium",
      message: `${reach.principal} ${refusal} on ${table} but ${certain ? "reaches" : "may under conditions reach"} it through the cluster ${cluster}`,
      principal: reach.principal,
      cluster,
      table,
      actions: names,
      statements: unique([
        ...names.flatMap((action) => direct.get(action)?.statements ?? []),
        ...reached.flatMap(({ verdict }) => verdict.statements),
      ]),
    };
  }
}

/** A cluster may use items but cannot describe the table, so that nothing works there (documented as required). */
function* withoutDescribeTable({ acting, describeTable, actions }: ClusterAtTable, table: string): Generator<Finding> {
  const usable = itemActions.filter((action) => actions[action].kind !== "denied");
  if (usable.length === 0 || describeTable.kind !== "denied") return;
  const { cluster } = acting;
  yield {
    code: "service-role-lacks-describe-table",
    severity: "high",
    message: `${cluster.serviceRoleArn} may use items of ${table} but not dynamodb:DescribeTable, so requests through the cluster ${cluster.arn} fail`,
    cluster: cluster.arn,
    table,
    actions: usable,
    statements: unique([...describeTable.statements, ...usable.flatMap((action) => actions[action].statements)]),
  };
}

/** Callers may send condition checks, the cluster may write, but its transactions with a condition check fail. */
function* withoutConditionCheck(
  { acting, actions }: ClusterAtTable,
  reaches: readonly PrincipalReach[],
  table: string,
): Generator<Finding> {
  const { cluster } = acting;
  const mayWrite = itemActions.some((action) => writeActions.has(action) && actions[action].kind !== "denied");
  if (!mayWrite || actions.ConditionCheckItem.kind !== "denied") return;
  const callers = reaches.flatMap(({ principal, viaClusters }) => {
    const own = viaClusters.find((via) => via.cluster === cluster.arn);
    const check = own?.actions.find(({ action }) => action === "ConditionCheckItem")?.caller;
    return check === undefined || check.kind === "denied" ? [] : [{ principal, statements: check.statements }];
  });
  if (callers.length === 0) return;
  yield {
    code: "service-role-lacks-condition-check",
    severity: "medium",
    message: `${cluster.serviceRoleArn} lacks dynamodb:ConditionCheckItem on ${table}, so transactions with a condition check through the cluster ${cluster.arn} fail for ${callers.map(({ principal }) => principal).join(", ")}`,
    cluster: cluster.arn,
    table,
    actions: ["ConditionCheckItem"],
    statements: unique([...actions.ConditionCheckItem.statements, ...callers.flatMap(({ statements }) => statements)]),
  };
}

function missingRole({ arn, serviceRoleArn }: SnapshotCluster): Finding {
  return {
    code: "service-role-missing",
    severity: "high",
    message: `The service role ${serviceRoleArn} of the cluster ${arn} does not exist, so the cluster serves nothing but what is cached`,
    cluster: arn,
    actions: [],
    statements: [],
  };
}

const order: Readonly<Record<Severity, number>> = { high: 0, medium: 1 };

/**
 * Everything in an account that its owner should look at, the gravest first: ways through a cluster around a table's
 * policies, and service roles that cannot do what their cluster is for.
 *
 * @throws HotkeepError `insight-unreadable-policy`
 */
export function findings(snapshot: AccountSnapshot): readonly Finding[] {
  const account = readAccount(snapshot);
  const found: Finding[] = [];
  for (const { cluster, actor, trust } of account.clusters) {
    if (actor === undefined) found.push(missingRole(cluster));
    else if (trust.kind === "denied") {
      found.push({
        code: "service-role-distrusts-dax",
        severity: "high",
        message: `The trust policy of ${cluster.serviceRoleArn} does not let dax.amazonaws.com assume it for the cluster ${cluster.arn}`,
        cluster: cluster.arn,
        actions: [],
        statements: trust.statements,
      });
    }
  }
  for (const { arn: table } of snapshot.tables) {
    const clusters = account.clusters.map((acting) => clusterAtTable(account, acting, table));
    const reaches = reachIn(account, table, clusters);
    for (const reach of reaches) found.push(...subversions(reach, table));
    for (const at of clusters) {
      found.push(...withoutDescribeTable(at, table), ...withoutConditionCheck(at, reaches, table));
    }
  }
  return found.sort((a, b) => order[a.severity] - order[b.severity]);
}
