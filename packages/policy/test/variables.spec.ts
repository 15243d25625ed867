// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written that way
import type { ContextValues } from "@hotkeep/core";
import { contextKeysOf, decide, parsePolicy } from "@hotkeep/policy";
import { describe, expect, test } from "vitest";
import { identitySets, policy, request } from "./support.js";

const home = (name: string) => `arn:aws:s3:::homes/${name}`;

/** Resource in the policy, context, resource in the request, whether it matches. */
const resources: readonly (readonly [string, ContextValues, string, boolean])[] = [
  ["${aws:username}", { "aws:username": "Alice" }, "Alice", true],
  ["${aws:username}", { "aws:username": "Bob" }, "Alice", false],
  ["${AWS:UserName}", { "aws:username": "Alice" }, "Alice", true],
  ["${aws:username}/*", { "aws:username": "Alice" }, "Alice/a/b", true],
  ["${aws:username}/*", { "aws:username": "Alice" }, "Alice2/a", false],
  ["x-${aws:username}-y", { "aws:username": "Alice" }, "x-Alice-y", true],
  ["${aws:username}", {}, "Alice", false],
  ["${aws:username}", {}, "", false],
  ["${aws:username}", { "aws:username": "" }, "", true],
  ["${aws:username}", { "aws:username": "*" }, "Alice", false],
  ["${aws:username}", { "aws:username": "*" }, "*", true],
  ["${aws:username}", { "aws:username": "A?ice" }, "Alice", false],
  ["${aws:username}", { "aws:username": ["Alice"] }, "Alice", false],
  ["${aws:username}", { "aws:username": "${aws:userid}", "aws:userid": "x" }, "x", false],
  ["${aws:username}", { "aws:username": "\ufffe" }, "Alice", false],
  ["${aws:username}", { "aws:username": "a:b" }, "a:b", true],
  ["${aws:PrincipalTag/team}", { "aws:PrincipalTag/team": "blue" }, "blue", true],
  ["${aws:PrincipalTag/cost center}", { "aws:PrincipalTag/cost center": "7" }, "7", true],
  ["${aws:PrincipalTag/team}/${aws:username}", { "aws:PrincipalTag/team": "b", "aws:username": "A" }, "b/A", true],
  ["${aws:PrincipalTag/team, 'none'}", {}, "none", true],
  ["${aws:PrincipalTag/team, 'none'}", { "aws:PrincipalTag/team": "blue" }, "none", false],
  ["${aws:PrincipalTag/team, 'none'}", { "aws:PrincipalTag/team": "blue" }, "blue", true],
  ["${aws:PrincipalTag/team, ''}", {}, "", true],
  ["${aws:PrincipalTag/team, '*'}", {}, "anything", false],
  ["${aws:PrincipalTag/team, 'none'}", { "aws:PrincipalTag/team": ["a"] }, "none", false],
  ['${aws:PrincipalTag/team,"none"}', {}, "none", false],
  ["${*}", {}, "*", true],
  ["${*}", {}, "x", false],
  ["${?}", {}, "?", true],
  ["${?}", {}, "x", false],
  ["${$}{aws:username}", { "aws:username": "Alice" }, "${aws:username}", true],
  ["${aws:username", { "aws:username": "Alice" }, "${aws:username", true],
  ["${}", {}, "${}", true],
  ["$aws:username", { "aws:username": "Alice" }, "$aws:username", true],
];

describe("variables in resources", () => {
  test.each(resources)("%s with %j on %j is %j", (pattern, context, resource, matches) => {
    const statement = { Effect: "Allow", Action: "*", Resource: home(pattern) };
    expect(decide(request("s3:GetObject", home(resource), { context }), identitySets(statement)).outcome).toBe(
      matches ? "allowed" : "implicitDeny",
    );
  });

  test("an unresolved variable in NotResource excludes nothing", () => {
    const sets = identitySets({ Effect: "Allow", Action: "*", NotResource: home("${aws:username}") });
    expect(decide(request("s3:GetObject", home("Alice")), sets).outcome).toBe("allowed");
    const context = { "aws:username": "Alice" };
    expect(decide(request("s3:GetObject", home("Alice"), { context }), sets).outcome).toBe("implicitDeny");
  });

  test("variables before the sixth part are plain text", () => {
    const sets = identitySets({
      Effect: "Allow",
      Action: "*",
      Resource: "arn:aws:dynamodb:${aws:RequestedRegion}:123456789012:table/Books",
    });
    const context = { "aws:RequestedRegion": "us-west-2" };
    const books = "arn:aws:dynamodb:us-west-2:123456789012:table/Books";
    expect(decide(request("dynamodb:GetItem", books, { context }), sets).outcome).toBe("implicitDeny");
  });

  test("cluster names from variables match in any letter case", () => {
    const sets = identitySets({
      Effect: "Allow",
      Action: "dax:*",
      Resource: "arn:aws:dax:*:*:cache/${aws:PrincipalTag/cluster}",
    });
    const context = { "aws:PrincipalTag/cluster": "DAXCluster01" };
    const resource = "arn:aws:dax:us-west-2:123456789012:cache/daxcluster01";
    expect(decide(request("dax:GetItem", resource, { context }), sets).outcome).toBe("allowed");
  });
});

/** Operator, value in the policy, context (the key asked is `k:x`), whether the condition is met. */
const conditions: readonly (readonly [string, string, ContextValues, boolean])[] = [
  ["StringEquals", "${aws:username}", { "k:x": "Alice", "aws:username": "Alice" }, true],
  ["StringEquals", "${aws:username}", { "k:x": "Bob", "aws:username": "Alice" }, false],
  ["StringEquals", "${aws:username}", { "k:x": "Alice" }, false],
  ["StringEquals", "${aws:username}", { "k:x": "${aws:username}" }, false],
  ["StringEquals", "${*}", { "k:x": "*" }, true],
  ["StringNotEquals", "${aws:username}", { "k:x": "Alice", "aws:username": "Alice" }, false],
  ["StringNotEquals", "${aws:username}", { "k:x": "Alice" }, true],
  ["StringNotLike", "${aws:username}*", { "k:x": "Alice" }, true],
  ["StringLike", "${aws:username}/*", { "k:x": "Alice/a", "aws:username": "Alice" }, true],
  ["StringLike", "${aws:username}/*", { "k:x": "Bob/a", "aws:username": "*" }, false],
  ["StringLike", "home/${aws:userid}/*", { "k:x": "home/AIDA/x", "aws:userid": "AIDA" }, true],
  ["StringLike", "a${*}", { "k:x": "ab" }, false],
  ["StringLike", "a${*}", { "k:x": "a*" }, true],
  ["StringEqualsIgnoreCase", "${aws:username}", { "k:x": "ALICE", "aws:username": "Alice" }, true],
  ["StringNotEqualsIgnoreCase", "${aws:username}", { "k:x": "ALICE", "aws:username": "Alice" }, false],
  [
    "ArnEquals",
    "${aws:PrincipalArn}",
    { "k:x": "arn:aws:iam::1:role/A", "aws:PrincipalArn": "arn:aws:iam::1:role/A" },
    true,
  ],
  ["ArnLike", "arn:aws:iam::*:role/${aws:username}", { "k:x": "arn:aws:iam::1:role/A", "aws:username": "A" }, true],
  ["ArnNotEquals", "${aws:PrincipalArn}", { "k:x": "arn:aws:iam::1:role/A" }, true],
  ["Bool", "${k:flag}", { "k:x": "true", "k:flag": "True" }, true],
  ["Bool", "${k:flag}", { "k:x": "true" }, false],
  ["NumericEquals", "${k:n}", { "k:x": "5", "k:n": "5" }, false],
  ["IpAddress", "${aws:SourceIp}", { "k:x": "10.0.0.1", "aws:SourceIp": "10.0.0.1" }, false],
  ["StringEqualsIfExists", "${aws:username}", {}, true],
  ["ForAllValues:StringEquals", "${aws:username}", { "k:x": ["Alice", "Alice"], "aws:username": "Alice" }, true],
  ["ForAllValues:StringLike", "${aws:username}*", { "k:x": ["Alice1", "Bob"], "aws:username": "Alice" }, false],
];

describe("variables in conditions", () => {
  test.each(conditions)("%s of %s with %j is %j", (operator, value, context, met) => {
    const sets = identitySets({
      Effect: "Allow",
      Action: "*",
      Resource: "*",
      Condition: { [operator]: { "k:x": value } },
    });
    expect(decide(request("x:Y", "*", { context }), sets).outcome).toBe(met ? "allowed" : "implicitDeny");
  });
});

describe("the older policy version", () => {
  const context = { "aws:username": "Alice", "k:x": "${aws:username}" };
  const sessionOnly = (statement: object) => ({
    identity: [policy("identity", { Effect: "Allow", Action: "*", Resource: "*" })],
    session: [policy("session", { ...statement }, { version: "2008-10-17" })],
  });

  test("takes variables in resources literally", () => {
    const sets = sessionOnly({ Effect: "Allow", Action: "*", Resource: home("${aws:username}") });
    expect(decide(request("s3:GetObject", home("Alice"), { context }), sets).outcome).toBe("implicitDeny");
    expect(decide(request("s3:GetObject", home("${aws:username}"), { context }), sets).outcome).toBe("allowed");
  });

  test("takes variables in conditions literally", () => {
    const Condition = { StringEquals: { "k:x": "${aws:username}" } };
    const sets = sessionOnly({ Effect: "Allow", Action: "*", Resource: "*", Condition });
    expect(decide(request("s3:GetObject", home("x"), { context }), sets).outcome).toBe("allowed");
  });

  test("still knows wildcards", () => {
    const sets = sessionOnly({ Effect: "Allow", Action: "s3:Get*", Resource: home("*") });
    expect(decide(request("s3:GetObject", home("x"), { context }), sets).outcome).toBe("allowed");
  });
});

test("variables are among the consulted keys", () => {
  const sets = identitySets({
    Effect: "Allow",
    Action: "*",
    Resource: home("${aws:UserName}"),
    Condition: { StringEquals: { "k:x": "${aws:PrincipalTag/Team}" } },
  });
  const context = { "aws:username": "Alice", "k:x": "blue", "aws:PrincipalTag/team": "blue" };
  const decision = decide(request("s3:GetObject", home("Alice"), { context }), sets);
  expect(decision.outcome).toBe("allowed");
  expect(decision.consultedKeys).toEqual(["aws:username", "k:x", "aws:principaltag/team"]);
});

test("a policy tells which keys it can ask for", () => {
  const statements = [
    { Effect: "Allow", Action: "*", Resource: home("${aws:username}/${k:Z, 'x'}/${*}") },
    {
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: { StringEquals: { "AWS:Username": "a", "k:a": "${k:b}" }, Null: { "k:A": "true" } },
    },
  ];
  const text = (Version: string) => JSON.stringify({ Version, Statement: statements });
  expect(contextKeysOf(parsePolicy(text("2012-10-17"), "identity"))).toEqual(["aws:username", "k:Z", "k:a", "k:b"]);
  expect(contextKeysOf(parsePolicy(text("2008-10-17"), "session"))).toEqual(["AWS:Username", "k:a"]);
});
