// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written that way
import { decideAssumeRolePartially, decidePartially } from "@hotkeep/policy";
import { describe, expect, test } from "vitest";
import { account, allow, books, dax, deny, identitySets, policy, request } from "./support.js";

const under = (Condition: object) => ({ Condition });
const name = (value: string) => under({ StringEquals: { "aws:username": value } });
const asked = request("dynamodb:GetItem", books, { context: { "aws:username": "Alice" } });

type Row = readonly [string, object[], readonly string[], "allowed" | "denied" | readonly string[]];

/** What, statements, unknown keys, outcome or the keys on which it hangs. */
const rows: readonly Row[] = [
  ["nothing asks for the key", [allow("*")], ["aws:SourceIp"], "allowed"],
  ["nothing allows", [allow("dax:*")], ["aws:SourceIp"], "denied"],
  [
    "an Allow hangs on it",
    [allow("*", "*", under({ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }))],
    ["aws:SourceIp"],
    ["aws:sourceip"],
  ],
  [
    "a Deny hangs on it",
    [allow("*"), deny("*", "*", under({ Bool: { "aws:SecureTransport": "false" } }))],
    ["aws:SecureTransport"],
    ["aws:securetransport"],
  ],
  ["another Allow is sure", [allow("*"), allow("*", "*", name("Bob"))], ["aws:username"], "allowed"],
  ["another Deny is sure", [deny("*"), allow("*", "*", name("Bob"))], ["aws:username"], "denied"],
  ["a Deny is open but nothing allows", [deny("*", "*", name("Bob"))], ["aws:username"], "denied"],
  ["the key is known after all", [allow("*", "*", name("Alice"))], ["aws:SourceIp"], "allowed"],
  ["unknown wins over the context", [allow("*", "*", name("Alice"))], ["AWS:USERNAME"], ["aws:username"]],
  [
    "another condition fails",
    [allow("*", "*", under({ StringEquals: { "aws:username": "Bob" }, IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }))],
    ["aws:SourceIp"],
    "denied",
  ],
  [
    "another condition fails later",
    [allow("*", "*", under({ IpAddress: { "aws:SourceIp": "10.0.0.0/8" }, StringEquals: { "aws:username": "Bob" } }))],
    ["aws:SourceIp"],
    "denied",
  ],
  [
    "a variable in the resource",
    [allow("*", "arn:aws:dynamodb:*:*:table/${aws:userid}")],
    ["aws:userid"],
    ["aws:userid"],
  ],
  ["a variable whose head does not fit", [allow("*", "arn:aws:dax:*:*:${aws:userid}")], ["aws:userid"], "denied"],
  ["a variable in a value", [allow("*", "*", name("${aws:userid}"))], ["aws:userid"], ["aws:userid"]],
  [
    "one value of two is sure",
    [allow("*", "*", under({ StringEquals: { "aws:username": ["${aws:userid}", "Alice"] } }))],
    ["aws:userid"],
    "allowed",
  ],
  [
    "a family of tags",
    [allow("*", "*", under({ StringEquals: { "aws:PrincipalTag/Team": "blue" } }))],
    ["aws:PrincipalTag/*"],
    ["aws:principaltag/team"],
  ],
  [
    "a family does not reach further",
    [allow("*", "*", under({ StringEquals: { "aws:PrincipalTagX": "blue" } }))],
    ["aws:PrincipalTag/*"],
    "denied",
  ],
  [
    "Null on an unknown key",
    [allow("*", "*", under({ Null: { "aws:SourceIp": "true" } }))],
    ["aws:SourceIp"],
    ["aws:sourceip"],
  ],
  [
    "IfExists on an unknown key",
    [allow("*", "*", under({ BoolIfExists: { "aws:SecureTransport": "true" } }))],
    ["aws:SecureTransport"],
    ["aws:securetransport"],
  ],
  ["two keys", [allow("*", "*", under({ Bool: { "k:a": "true", "k:b": "true" } }))], ["k:a", "k:b"], ["k:a", "k:b"]],
];

describe("with keys unknown", () => {
  test.each(rows)("%s", (_name, statements, unknown, expected) => {
    const partial = decidePartially(asked, identitySets(...(statements as Record<string, unknown>[])), unknown);
    if (typeof expected === "string") expect(partial.kind).toBe(expected);
    else expect(partial).toMatchObject({ kind: "depends-on", residualKeys: expected });
  });

  test("the open statements are named", () => {
    const sets = identitySets(allow("*"), deny("*", "*", { Sid: "NoBob", ...name("Bob") }));
    expect(decidePartially(asked, sets, ["aws:username"])).toEqual({
      kind: "depends-on",
      residualKeys: ["aws:username"],
      statements: [{ policy: { kind: "identity", name: "identity-policy" }, sid: "NoBob", index: 1 }],
    });
  });

  test("a boundary may be what is open", () => {
    const boundary = [policy("boundary", allow("*", "*", name("Bob")))];
    const identity = [policy("identity", allow("*"))];
    expect(decidePartially(asked, { identity, boundary }, ["aws:username"]).kind).toBe("depends-on");
    expect(decidePartially(asked, { identity: [], boundary }, ["aws:username"]).kind).toBe("denied");
  });

  test("what no policy can forbid is allowed", () => {
    expect(decidePartially(request("sts:GetCallerIdentity", "*"), { identity: [] }, ["aws:username"]).kind).toBe(
      "allowed",
    );
  });
});

test("a trust policy may hang on an unknown key", () => {
  const role = `arn:aws:iam::${account}:role/DAXServiceRole`;
  const Condition = { StringEquals: { "sts:ExternalId": "x" } };
  const trust = { Effect: "Allow", Principal: { Service: "dax.amazonaws.com" }, Action: "sts:AssumeRole", Condition };
  const sets = { identity: [], resource: [policy("trust", trust)] };
  const assume = request("sts:AssumeRole", role, { principal: dax });
  expect(decideAssumeRolePartially(assume, sets, ["sts:*"])).toMatchObject({ residualKeys: ["sts:externalid"] });
  expect(decideAssumeRolePartially(assume, sets, []).kind).toBe("denied");
  expect(decideAssumeRolePartially(assume, { identity: [] }, ["sts:*"]).kind).toBe("denied");
});
