import { type AccountSnapshot, type PrincipalReach, reachOf } from "@hotkeep/insight";
import { describe, expect, test } from "vitest";
import {
  account,
  alice,
  bob,
  books,
  cluster,
  daxCluster01,
  onBooks,
  onCluster,
  policyText,
  reads,
  role,
  serviceRole,
  trustsDax,
  user,
  world,
  worlds,
} from "./worlds.js";

function reachFor(snapshot: AccountSnapshot, principal: string, table = books): PrincipalReach {
  return reachOf(snapshot, table).find((reach) => reach.principal === principal)!;
}

const signs = { allowed: "A", denied: "d", "depends-on": "?" } as const;
const gates = {
  caller: "d1",
  "service-role": "d2",
  "describe-table": "dt",
  trust: "tr",
  "service-role-missing": "no",
} as const;

/** Reach written as the document's table: the nine item actions in their order. */
function direct(reach: PrincipalReach): string {
  return reach.direct
    .slice(0, 9)
    .map(({ verdict }) => signs[verdict.kind])
    .join(" ");
}

function via(reach: PrincipalReach, place = 0): string {
  return reach.viaClusters[place]!.actions.map(({ verdict, refusedAt }) =>
    refusedAt === undefined ? signs[verdict.kind] : gates[refusedAt],
  ).join(" ");
}

/** Scenario, Bob at the table, Bob through the cluster. */
const rows: readonly (readonly [keyof typeof worlds, string, string])[] = [
  //                  G BG Q S P U D BW CC       G  BG Q  S  P  U  D  BW CC
  ["CS-1", "           A A A A d d d d d", "      d1 d1 d1 d1 d1 d1 d1 d1 d1"],
  ["CS-2", "           A A A A A A A A A", "      d1 d1 d1 d1 d1 d1 d1 d1 d1"],
  ["CS-3", "           A A A A d d d d d", "      A A A A d1 d1 d1 d1 d1"],
  ["CS-3 as printed", "A A A A d d d d d", "      dt dt dt dt d1 d1 d1 d1 d1"],
  ["CS-4", "           A A A A A A A A A", "      A A A A d1 d1 d1 d1 d1"],
  ["CS-5", "           A A A A A A A A A", "      A A A A A A A A d2"],
  ["CS-6", "           d d d d d d d d d", "      A A A A A A A A A"],
];

describe("Bob's reach in the document's scenarios", () => {
  test.each(rows)("%s", (name, atTable, throughCluster) => {
    const reach = reachFor(worlds[name], bob);
    expect(direct(reach)).toBe(atTable.trim());
    expect(via(reach)).toBe(throughCluster.trim());
  });

  test("an index is not its table, but its table is what must be described", () => {
    const reach = reachFor(worlds["CS-6"], bob, `${books}/index/ByAuthor`);
    expect(via(reach)).toBe("d2 d2 d2 d2 d2 d2 d2 d2 d2");
  });
});

test("a reach names the statements on both hops", () => {
  const [get] = reachFor(worlds["CS-6"], bob).viaClusters[0]!.actions;
  expect(get!.verdict.statements).toEqual([
    { policy: { kind: "identity", name: "BobAccessPolicy", carrier: bob }, sid: "DAXAccessStmt", index: 0 },
    { policy: { kind: "trust", name: "trust policy", carrier: serviceRole }, index: 0 },
    {
      policy: { kind: "identity", name: "DAXAccessPolicy", carrier: serviceRole },
      sid: "DynamoDBAccessStmt",
      index: 0,
    },
    {
      policy: { kind: "identity", name: "DAXAccessPolicy", carrier: serviceRole },
      sid: "DynamoDBAccessStmt",
      index: 0,
    },
  ]);
});

test("an explicit Deny at the table is told apart from silence", () => {
  const snapshot = world(
    [onCluster(reads), onBooks(["*"], { Effect: "Deny" })],
    [onBooks([...reads, "DescribeTable"])],
  );
  const [get] = reachFor(snapshot, bob).direct;
  expect(get!.verdict).toMatchObject({ kind: "denied", explicit: true });
  expect(get!.verdict.statements).toMatchObject([{ index: 1, policy: { name: "BobAccessPolicy" } }]);
  expect(reachFor(worlds["CS-6"], bob).direct[0]!.verdict).toMatchObject({ kind: "denied", explicit: false });
});

test("conditions that only a call can tell leave the reach open", () => {
  const fromOffice = { Condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } };
  const ownItems = { Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["x"] } } };
  const snapshot = world(
    [onCluster(reads, fromOffice)],
    [onBooks(reads, ownItems), onBooks(["DescribeTable"], { Sid: "D" })],
  );
  const [get] = reachFor(snapshot, bob).viaClusters[0]!.actions;
  expect(get!.verdict).toMatchObject({
    kind: "depends-on",
    residualKeys: ["aws:sourceip", "dynamodb:leadingkeys"],
  });
});

test("conditions on who somebody is are decided", () => {
  const statement = (name: string) => onBooks(["GetItem"], { Condition: { StringEquals: { "aws:username": name } } });
  const snapshot: AccountSnapshot = {
    ...world([statement("Alice")], [onBooks(["Query"])]),
    users: [
      user(alice, [policyText("Own", statement("Alice"))]),
      user(`${alice}2`, [policyText("Own", statement("Alice"))]),
    ],
  };
  expect(reachFor(snapshot, alice).direct[0]!.verdict.kind).toBe("allowed");
  expect(reachFor(snapshot, `${alice}2`).direct[0]!.verdict.kind).toBe("denied");
  // A role has no user name at all.
  expect(reachFor(snapshot, bob).direct[0]!.verdict.kind).toBe("denied");
});

test("a condition check stands in a transaction, other actions may", () => {
  const inTransaction = { Condition: { StringEquals: { "dax:EnclosingOperation": "TransactWriteItems" } } };
  const reach = reachFor(world([onCluster(["PutItem", "ConditionCheckItem"], inTransaction)], [onBooks(["*"])]), bob);
  const verdict = (action: string) => reach.viaClusters[0]!.actions.find((entry) => entry.action === action)!.verdict;
  expect(verdict("ConditionCheckItem").kind).toBe("allowed");
  expect(verdict("PutItem")).toMatchObject({ kind: "depends-on", residualKeys: ["dax:enclosingoperation"] });
});

test("a boundary limits, tags of the service role count, and groups' policies are told by their carrier", () => {
  const tagged = { Condition: { StringEquals: { "aws:PrincipalTag/stage": "prod" } } };
  const group = `arn:aws:iam::${account}:group/readers`;
  const snapshot: AccountSnapshot = {
    account,
    users: [
      {
        ...user(alice, [{ ...policyText("Readers", onCluster(reads), onBooks(reads)), carrier: group }]),
        boundary: policyText("Limit", onCluster(["GetItem"]), onBooks(["Query"])),
      },
    ],
    roles: [
      role(serviceRole, [policyText("P", onBooks(["*"], tagged))], { trust: trustsDax, tags: { stage: "prod" } }),
    ],
    clusters: [daxCluster01],
    tables: [{ arn: books }],
  };
  const reach = reachFor(snapshot, alice);
  expect(direct(reach)).toBe("d d A d d d d d d");
  expect(via(reach)).toBe("A d1 d1 d1 d1 d1 d1 d1 d1");
  expect(reach.viaClusters[0]!.actions[0]!.caller.statements[0]!.policy.carrier).toBe(group);
});

test("two clusters keep their tables apart", () => {
  const second = `arn:aws:iam::${account}:role/Second`;
  const films = `arn:aws:dynamodb:us-west-2:${account}:table/Films`;
  const base = worlds["CS-6"];
  const snapshot: AccountSnapshot = {
    ...base,
    roles: [
      ...base.roles,
      role(second, [policyText("Films", onBooks(["*"], { Resource: films }))], { trust: trustsDax }),
    ],
    clusters: [daxCluster01, { arn: cluster.replace("01", "02"), name: "daxcluster02", serviceRoleArn: second }],
  };
  expect(via(reachFor(snapshot, bob), 0)).toMatch(/^A A/);
  expect(via(reachFor(snapshot, bob), 1)).toMatch(/^d1 d1/);
  expect(via(reachFor(snapshot, bob, films), 0)).toMatch(/^dt dt/);
});

test("a role that is gone or distrusts DAX closes the way", () => {
  const base = worlds["CS-6"];
  const gone = { ...base, roles: base.roles.filter(({ arn }) => arn !== serviceRole) };
  expect(via(reachFor(gone, bob))).toMatch(/^no no/);
  const distrusted = { ...base, roles: base.roles.map((entry) => ({ ...entry, trust: base.roles[0]!.trust })) };
  expect(via(reachFor(distrusted, bob))).toMatch(/^tr tr/);
});

test("trust may hang on the cluster's own ARN and account", () => {
  const Condition = {
    ArnEquals: { "aws:SourceArn": `arn:aws:dax:us-west-2:${account}:cache/DAXCluster01` },
    StringEquals: { "aws:SourceAccount": account },
  };
  const statement = {
    Effect: "Allow",
    Principal: { Service: "dax.amazonaws.com" },
    Action: "sts:AssumeRole",
    Condition,
  };
  const trust = JSON.stringify({ Version: "2012-10-17", Statement: statement });
  const base = worlds["CS-6"];
  const snapshot = {
    ...base,
    roles: base.roles.map((entry) => (entry.arn === serviceRole ? { ...entry, trust } : entry)),
  };
  expect(via(reachFor(snapshot, bob))).toMatch(/^A A/);
});

test("a policy that cannot be read is refused by name", () => {
  const base = worlds["CS-6"];
  const broken = { ...base, users: [user(alice, [{ name: "Broken", document: "{" }])] };
  expect(() => reachOf(broken, books)).toThrow(
    `The policy \`Broken\` of ${alice} cannot be read: Syntax errors in policy.`,
  );
});
