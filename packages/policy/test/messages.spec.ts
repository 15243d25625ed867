import { type Decision, denialMessage, describeDecision, type PolicyKind, traceDecision } from "@hotkeep/policy";
import { describe, expect, test } from "vitest";
import { account, alice, allow, bobSession, books, cluster, dax, deny, policy, request, root } from "./support.js";

const asked = request("dynamodb:GetItem", books, { principal: bobSession });
const start = `User: arn:aws:sts::${account}:assumed-role/BobUserRole/bob-session is not authorized to perform: dynamodb:GetItem on resource: ${books}`;
const decision = (outcome: Decision["outcome"], deniedBy: PolicyKind): Decision => ({
  outcome,
  deniedBy,
  request: asked,
  statements: [],
  consultedKeys: [],
});

const rows: readonly (readonly [Decision["outcome"], PolicyKind, string])[] = [
  ["implicitDeny", "identity", "because no identity-based policy allows the dynamodb:GetItem action"],
  ["implicitDeny", "boundary", "because no permissions boundary allows the dynamodb:GetItem action"],
  ["implicitDeny", "session", "because no session policy allows the dynamodb:GetItem action"],
  ["implicitDeny", "resource", "because no resource-based policy allows the dynamodb:GetItem action"],
  ["implicitDeny", "trust", "because no role trust policy allows the dynamodb:GetItem action"],
  ["implicitDeny", "service-control", "because no service control policy allows the dynamodb:GetItem action"],
  ["explicitDeny", "identity", "with an explicit deny in an identity-based policy"],
  ["explicitDeny", "boundary", "with an explicit deny in a permissions boundary"],
  ["explicitDeny", "session", "with an explicit deny in a session policy"],
  ["explicitDeny", "resource", "with an explicit deny in a resource-based policy"],
  ["explicitDeny", "trust", "with an explicit deny in the role trust policy"],
  ["explicitDeny", "service-control", "with an explicit deny in a service control policy"],
];

describe("AWS's text for a denial", () => {
  test.each(rows)("%s by %s: %s", (outcome, deniedBy, end) => {
    expect(denialMessage(decision(outcome, deniedBy))).toBe(`${start} ${end}`);
  });

  test("names the managed policy with the Deny when asked to", () => {
    const of = (name: string): Decision => ({
      ...decision("explicitDeny", "identity"),
      statements: [{ policy: { kind: "identity", name }, index: 0 }],
    });
    const end = "with an explicit deny in an identity-based policy";
    const arn = `arn:aws:iam::${account}:policy/NoReads`;
    expect(denialMessage(of(arn), { policyArn: true })).toBe(`${start} ${end}: ${arn}`);
    expect(denialMessage(of(arn))).toBe(`${start} ${end}`);
    expect(denialMessage(of("inline"), { policyArn: true })).toBe(`${start} ${end}`);
  });

  test("names the resource even when it is a star, and the service by its name", () => {
    const denied: Decision = {
      ...decision("implicitDeny", "resource"),
      request: request("dax:X", "*", { principal: dax }),
    };
    expect(denialMessage(denied)).toBe(
      "User: dax.amazonaws.com is not authorized to perform: dax:X on resource: * because no resource-based policy allows the dax:X action",
    );
  });
});

const identity = [
  policy("identity", [allow("dax:*", cluster, { Sid: "UseCluster" }), allow("dynamodb:PutItem", books)], {
    name: "AliceAccessPolicy",
  }),
  policy("identity", deny("dax:DeleteItem", "*", { Condition: { Null: { "aws:MultiFactorAuthPresent": "true" } } }), {
    name: "NoDeletes",
  }),
];

/** Request, what a person reads. */
const described: readonly (readonly [string, ReturnType<typeof request>, string])[] = [
  [
    "an Allow",
    request("dax:GetItem", cluster),
    [
      `arn:aws:iam::${account}:user/Alice may dax:GetItem on ${cluster}`,
      "  allowed by statement `UseCluster` (no. 1) of identity-based policy `AliceAccessPolicy`",
    ].join("\n"),
  ],
  [
    "a Deny under a condition",
    request("dax:DeleteItem", cluster),
    [
      `arn:aws:iam::${account}:user/Alice may not dax:DeleteItem on ${cluster}`,
      "  denied by statement no. 1 of identity-based policy `NoDeletes`",
      "  looked at aws:multifactorauthpresent: absent",
    ].join("\n"),
  ],
  [
    "silence",
    request("dynamodb:GetItem", books),
    [
      `arn:aws:iam::${account}:user/Alice may not dynamodb:GetItem on ${books}`,
      "  nothing denies it, but no identity-based policy allows it",
    ].join("\n"),
  ],
  [
    "root",
    request("dynamodb:GetItem", books, { principal: root }),
    [
      `arn:aws:iam::${account}:root may dynamodb:GetItem on ${books}`,
      "  allowed because the account's root user needs no policy",
    ].join("\n"),
  ],
  [
    "what nobody asks for",
    request("sts:GetCallerIdentity", "*"),
    [
      `arn:aws:iam::${account}:user/Alice may sts:GetCallerIdentity on *`,
      "  allowed to every caller: no policy is asked",
    ].join("\n"),
  ],
];

describe("a decision for people", () => {
  test.each(described)("%s", (_name, asking, text) => {
    expect(describeDecision(traceDecision(asking, { identity }).decision)).toBe(text);
  });

  test("a policy's carrier is named, and present keys are shown with their values", () => {
    const reference = { policy: { kind: "identity", name: "P", carrier: "arn:aws:iam::1:group/g" }, index: 2 } as const;
    const shown = describeDecision({
      outcome: "allowed",
      request: request("x:Y", "*", { principal: alice, context: { "aws:TagKeys": ["a", "b"] } }),
      statements: [reference],
      consultedKeys: ["aws:tagkeys"],
    });
    expect(shown).toContain("statement no. 3 of identity-based policy `P` on arn:aws:iam::1:group/g");
    expect(shown).toContain('looked at aws:tagkeys: ["a","b"]');
  });
});

test("a trace says of every statement why it did not match", () => {
  const policies = {
    identity: [
      policy("identity", [
        allow("dynamodb:PutItem", books),
        allow("dynamodb:GetItem", `${books}2`),
        allow("dynamodb:GetItem", books, { Condition: { StringEquals: { "aws:username": "Bob" } } }),
        allow("dynamodb:GetItem", books),
      ]),
    ],
    resource: [policy("resource", { Effect: "Allow", Principal: { AWS: "999999999999" }, Action: "*", Resource: "*" })],
  };
  const context = { "aws:username": "Alice" };
  const { decision: decided, statements } = traceDecision(request("dynamodb:GetItem", books, { context }), policies);
  expect(decided.outcome).toBe("allowed");
  expect(statements.map(({ matched, mismatch }) => (matched ? "matched" : mismatch))).toEqual([
    "action",
    "resource",
    { condition: "StringEquals aws:username" },
    "matched",
    "principal",
  ]);
});
