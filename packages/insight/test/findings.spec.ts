import { type AccountSnapshot, type Finding, findings } from "@hotkeep/insight";
import { describe, expect, test } from "vitest";
import {
  alice,
  all,
  bob,
  books,
  cluster,
  onBooks,
  onCluster,
  policyText,
  reads,
  serviceRole,
  trustsAccount,
  user,
  world,
  worlds,
  writes,
} from "./worlds.js";

const short = ({ code, severity, principal, actions }: Finding) =>
  [code, severity, principal ?? "", actions.join(",")] as const;

const subverts = "cache-subverts-table-policy";

/** Scenario, what is found: code, severity, principal, actions. */
const rows: readonly (readonly [keyof typeof worlds, readonly (readonly string[])[]])[] = [
  ["CS-1", []],
  ["CS-2", []],
  ["CS-3", []],
  ["CS-3 as printed", [["service-role-lacks-describe-table", "high", "", reads.join(",")]]],
  ["CS-4", []],
  ["CS-5", [["service-role-lacks-condition-check", "medium", "", "ConditionCheckItem"]]],
  ["CS-6", [[subverts, "medium", bob, all.join(",")]]],
];

describe("findings in the document's scenarios", () => {
  test.each(rows)("%s", (name, expected) => {
    expect(findings(worlds[name]).map(short)).toEqual(expected);
  });
});

test("a Deny that the cluster goes around is grave, and names the Deny and both hops", () => {
  const snapshot = world(
    [onCluster(reads), onBooks(["*"], { Effect: "Deny", Sid: "Never" })],
    [onBooks([...reads, "DescribeTable"])],
  );
  const [finding, ...others] = findings(snapshot);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    code: subverts,
    severity: "high",
    principal: bob,
    cluster,
    table: books,
    actions: reads,
  });
  expect(finding!.message).toBe(
    `${bob} is denied GetItem, BatchGetItem, Query, Scan on ${books} but reaches it through the cluster ${cluster}`,
  );
  expect(finding!.statements.map(({ policy: { name }, sid }) => [name, sid])).toEqual([
    ["BobAccessPolicy", "Never"],
    ["BobAccessPolicy", "DAXAccessStmt"],
    ["trust policy", undefined],
    ["DAXAccessPolicy", "DynamoDBAccessStmt"],
  ]);
});

test("only what is refused directly counts", () => {
  const snapshot = world([onCluster(all), onBooks(reads)], [onBooks([...all, "DescribeTable"])]);
  expect(findings(snapshot).map(short)).toEqual([
    [subverts, "medium", bob, [...writes, "ConditionCheckItem"].join(",")],
  ]);
});

test("a way that hangs on conditions is found, too", () => {
  const fromOffice = { Condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } };
  const [finding] = findings(world([onCluster(["GetItem"], fromOffice)], [onBooks(["GetItem", "DescribeTable"])]));
  expect(finding!.message).toBe(
    `${bob} is not allowed GetItem on ${books} but may under conditions reach it through the cluster ${cluster}`,
  );
});

test("everybody who gains is named, each in a finding of its own", () => {
  const base = worlds["CS-6"];
  const snapshot: AccountSnapshot = {
    ...base,
    users: [user(alice, [policyText("AliceAccessPolicy", onCluster(["*"]))])],
  };
  expect(findings(snapshot).map(({ code, principal }) => [code, principal])).toEqual([
    [subverts, alice],
    [subverts, bob],
  ]);
});

test("the callers whose condition checks fail are named", () => {
  const [finding] = findings(worlds["CS-5"]);
  expect(finding!.message).toBe(
    `${serviceRole} lacks dynamodb:ConditionCheckItem on ${books}, so transactions with a condition check through the cluster ${cluster} fail for ${bob}`,
  );
  expect(finding!.statements).toMatchObject([{ sid: "DAXAccessStmt", policy: { carrier: bob } }]);
});

test("a reading service role need not check conditions, and a cluster without such callers neither", () => {
  expect(findings(world([onCluster(all), onBooks(all)], [onBooks([...reads, "DescribeTable"])]))).toEqual([]);
  expect(
    findings(
      world([onCluster([...reads, ...writes]), onBooks(all)], [onBooks([...reads, ...writes, "DescribeTable"])]),
    ),
  ).toEqual([]);
});

test("missing DescribeTable is told in a line", () => {
  expect(findings(worlds["CS-3 as printed"])[0]!.message).toBe(
    `${serviceRole} may use items of ${books} but not dynamodb:DescribeTable, so requests through the cluster ${cluster} fail`,
  );
});

test("a service role that distrusts DAX or does not exist is grave", () => {
  const base = worlds["CS-6"];
  const distrusted = { ...base, roles: base.roles.map((role) => ({ ...role, trust: trustsAccount })) };
  expect(findings(distrusted).map(({ severity, message }) => [severity, message])).toEqual([
    ["high", `The trust policy of ${serviceRole} does not let dax.amazonaws.com assume it for the cluster ${cluster}`],
  ]);
  const gone = { ...base, roles: base.roles.slice(0, 1) };
  expect(findings(gone).map(({ code, message }) => [code, message])).toEqual([
    [
      "service-role-missing",
      `The service role ${serviceRole} of the cluster ${cluster} does not exist, so the cluster serves nothing but what is cached`,
    ],
  ]);
});

test("the gravest come first", () => {
  const snapshot = world(
    [onCluster(all), onBooks(["GetItem"], { Effect: "Deny" })],
    [onBooks([...reads, ...writes, "DescribeTable"])],
  );
  expect(findings(snapshot).map(({ severity }) => severity)).toEqual(["high", "medium"]);
});

test("findings are plain data", () => {
  const found = findings(worlds["CS-5"]);
  expect(JSON.parse(JSON.stringify(found))).toEqual(found);
});
