import { type ContextValues, HotkeepError, type Principal } from "@hotkeep/core";
import {
  type CompiledPolicy,
  compilePolicy,
  decideAssumeRolePartially,
  decidePartially,
  type PolicyKind,
  type PolicySets,
  parsePolicy,
} from "@hotkeep/policy";
import type { ItemAction, TableAction } from "./item-actions.js";
import { openAtCluster, openAtTable, openForClusters, openForRoles, openForUsers } from "./open-keys.js";
import type { AccountSnapshot, PolicyText, SnapshotCluster, SnapshotPrincipal, SnapshotRole } from "./snapshot.js";
import { impossible, type Verdict, verdictOf } from "./verdict.js";

function compile(owner: string, kind: PolicyKind, text: PolicyText): CompiledPolicy {
  const { name, carrier = owner, document } = text;
  try {
    return compilePolicy(parsePolicy(document, kind), { kind, name, carrier });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HotkeepError("insight-unreadable-policy", `The policy \`${name}\` of ${carrier} cannot be read: ${why}`, {
      help: "Mend the policy in the snapshot, or leave its carrier out of it.",
      cause,
    });
  }
}

type Control = readonly (readonly CompiledPolicy[])[];

function setsOf(principal: SnapshotPrincipal, serviceControl: Control): PolicySets {
  const { arn, policies, boundary } = principal;
  return {
    identity: policies.map((policy) => compile(arn, "identity", policy)),
    ...(boundary === undefined ? {} : { boundary: [compile(arn, "boundary", boundary)] }),
    ...(serviceControl.length === 0 ? {} : { serviceControl }),
  };
}

/** The keys of a caller that do not change from call to call. */
function standingKeys(principal: Principal & { readonly account: string }, snapshot: SnapshotPrincipal): ContextValues {
  const tags = Object.entries(snapshot.tags ?? {}).map(([key, value]) => [`aws:PrincipalTag/${key}`, value] as const);
  return {
    "aws:PrincipalArn": snapshot.arn,
    "aws:PrincipalAccount": principal.account,
    "aws:PrincipalType": principal.kind === "user" ? "User" : "AssumedRole",
    "aws:PrincipalIsAWSService": "false",
    "aws:ViaAWSService": "false",
    ...(principal.kind === "user" ? { "aws:userid": snapshot.id, "aws:username": snapshot.name } : {}),
    ...Object.fromEntries(tags),
  };
}

function regionOf(arn: string): string {
  return arn.split(":")[3] ?? "";
}

function accountOf(arn: string): string {
  return arn.split(":")[4] ?? "";
}

/** Somebody of the account, with policies ready to be asked. */
export class Actor {
  readonly kind: "user" | "role";
  readonly arn: string;
  readonly name: string;
  readonly #principal: Principal;
  readonly #sets: PolicySets;
  readonly #standing: ContextValues;
  readonly #open: readonly string[];

  /** @param cluster makes the role act as this cluster's session of it. */
  constructor(
    account: string,
    kind: "user" | "role",
    snapshot: SnapshotPrincipal,
    sets: PolicySets,
    cluster?: SnapshotCluster,
  ) {
    this.kind = kind;
    this.arn = snapshot.arn;
    this.name = snapshot.name;
    this.#sets = sets;
    const { arn, id, name } = snapshot;
    if (kind === "user") {
      this.#principal = { kind, account, arn, id, name };
      this.#standing = standingKeys(this.#principal, snapshot);
      this.#open = openForUsers;
      return;
    }
    const sessionName = cluster === undefined ? "any-session" : `dax-${cluster.name}`;
    this.#principal = {
      kind: "role-session",
      account,
      arn: `arn:aws:sts::${account}:assumed-role/${name}/${sessionName}`,
      roleArn: arn,
      roleId: id,
      roleName: name,
      sessionName,
    };
    const standing = standingKeys(this.#principal, snapshot);
    this.#standing = cluster === undefined ? standing : { ...standing, "aws:userid": `${id}:${sessionName}` };
    this.#open = cluster === undefined ? openForRoles : openForClusters;
  }

  /** What it may do at a table, or one of its indexes, itself. `policy` is the one on the table. */
  atTable(
    action: TableAction | "DescribeTable",
    resource: string,
    policy: readonly CompiledPolicy[] | undefined,
  ): Verdict {
    return this.#ask(`dynamodb:${action}`, resource, openAtTable, {}, policy);
  }

  /** What it may ask of a cluster. */
  atCluster(action: ItemAction, resource: string): Verdict {
    // A condition check stands in a transaction always, the others may.
    if (action !== "ConditionCheckItem") return this.#ask(`dax:${action}`, resource, openAtCluster);
    return this.#ask(`dax:${action}`, resource, undefined, { "dax:EnclosingOperation": "TransactWriteItems" });
  }

  #ask(
    action: string,
    resource: string,
    open: string | undefined,
    more: ContextValues = {},
    policy?: readonly CompiledPolicy[],
  ): Verdict {
    const context = {
      ...this.#standing,
      "aws:RequestedRegion": regionOf(resource),
      "aws:ResourceAccount": accountOf(resource),
      ...more,
    };
    const request = { principal: this.#principal, action, resource, context };
    const sets = policy === undefined ? this.#sets : { ...this.#sets, resource: policy };
    return verdictOf(decidePartially(request, sets, open === undefined ? this.#open : [...this.#open, open]));
  }
}

/** A cluster with its service role, ready to be asked. */
export interface ActingCluster {
  readonly cluster: SnapshotCluster;
  /** The cluster's session of its service role; undefined when the role does not exist. */
  readonly actor: Actor | undefined;
  /** Whether DAX may assume the service role for this cluster. */
  readonly trust: Verdict;
}

function trustOf(account: string, role: SnapshotRole, cluster: SnapshotCluster): Verdict {
  const resource = [compile(role.arn, "trust", { name: "trust policy", document: role.trust })];
  const context: ContextValues = {
    "aws:PrincipalIsAWSService": "true",
    "aws:PrincipalServiceName": "dax.amazonaws.com",
    "aws:SourceAccount": account,
    "aws:SourceArn": cluster.arn,
    "aws:ResourceAccount": accountOf(role.arn),
    "sts:RoleSessionName": `dax-${cluster.name}`,
  };
  const principal: Principal = { kind: "service", service: "dax.amazonaws.com" };
  const request = { principal, action: "sts:AssumeRole", resource: role.arn, context };
  return verdictOf(decideAssumeRolePartially(request, { identity: [], resource }, openForClusters));
}

/** A snapshot with every policy read and compiled once. */
export interface Account {
  readonly actors: readonly Actor[];
  readonly clusters: readonly ActingCluster[];
  /** The policy on a table, by the table's ARN. */
  readonly tablePolicies: ReadonlyMap<string, readonly CompiledPolicy[]>;
}

/**
 * Makes a snapshot ready to be asked.
 *
 * @throws HotkeepError `insight-unreadable-policy` when a policy is none: what it denies must not be lost.
 */
export function readAccount({
  account,
  users,
  roles,
  clusters,
  tables,
  serviceControl = [],
}: AccountSnapshot): Account {
  const control = serviceControl.map((level) => level.map((text) => compile(account, "service-control", text)));
  const roleSets = new Map(
    roles.map((role) => [role.arn, { role, sets: setsOf(role, role.serviceLinked === true ? [] : control) }]),
  );
  return {
    tablePolicies: new Map(
      tables.flatMap(({ arn, resourcePolicy }) =>
        resourcePolicy === undefined ? [] : [[arn, [compile(arn, "resource", resourcePolicy)]]],
      ),
    ),
    actors: [
      ...users.map((user) => new Actor(account, "user", user, setsOf(user, control))),
      ...[...roleSets.values()].map(({ role, sets }) => new Actor(account, "role", role, sets)),
    ],
    clusters: clusters.map((cluster) => {
      const found = roleSets.get(cluster.serviceRoleArn);
      if (found === undefined) return { cluster, actor: undefined, trust: impossible };
      const { role, sets } = found;
      return {
        cluster,
        actor: new Actor(account, "role", role, sets, cluster),
        trust: trustOf(account, role, cluster),
      };
    }),
  };
}
