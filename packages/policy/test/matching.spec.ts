import { decide } from "@hotkeep/policy";
import { describe, expect, test } from "vitest";
import { account, books, cluster, identitySets, policy, request } from "./support.js";

type Entry = string | readonly string[];
type Row = readonly [Entry, string, boolean];

const actions: readonly Row[] = [
  ["dynamodb:GetItem", "dynamodb:GetItem", true],
  ["dynamodb:getitem", "dynamodb:GetItem", true],
  ["DynamoDB:GETITEM", "dynamodb:GetItem", true],
  ["dynamodb:GetItem", "dynamodb:GetItems", false],
  ["dynamodb:GetItem", "dax:GetItem", false],
  ["*", "dynamodb:GetItem", true],
  ["*", "dax:CreateCluster", true],
  ["dynamodb:*", "dynamodb:GetItem", true],
  ["dynamodb:*", "dynamodbstreams:GetItem", false],
  ["dax:*", "dax:GetItem", true],
  ["dax:*", "dax:CreateCluster", true],
  ["dax:*", "dynamodb:GetItem", false],
  ["dynamodb:Get*", "dynamodb:GetItem", true],
  ["dynamodb:Get*", "dynamodb:BatchGetItem", false],
  ["dynamodb:*Item", "dynamodb:BatchGetItem", true],
  ["dynamodb:*Item", "dynamodb:Query", false],
  ["dynamodb:?etItem", "dynamodb:GetItem", true],
  ["dynamodb:?etItem", "dynamodb:etItem", false],
  ["dynamodb:Batch*Item", "dynamodb:BatchWriteItem", true],
  ["d*:GetItem", "dynamodb:GetItem", false],
  ["*:GetItem", "dynamodb:GetItem", false],
  ["dynamodb:PutItem", "dynamodb:BatchWriteItem", false],
  ["dynamodb:BatchWriteItem", "dynamodb:PutItem", false],
  [["dynamodb:PutItem", "dynamodb:GetItem"], "dynamodb:GetItem", true],
  [["dynamodb:PutItem", "dynamodb:Q*"], "dynamodb:GetItem", false],
  [["dax:*", "*"], "dynamodb:GetItem", true],
];

describe("Action", () => {
  test.each(actions)("%j on %s is %j", (entry, action, matches) => {
    // Wildcards in the service cannot be stored through the API; the engine takes them literally all the same.
    const compiled = entry === "d*:GetItem" || entry === "*:GetItem" ? undefined : entry;
    if (compiled === undefined) {
      expect(() => identitySets({ Effect: "Allow", Action: entry, Resource: "*" })).toThrow(/is not valid$/);
      return;
    }
    const sets = identitySets({ Effect: "Allow", Action: compiled, Resource: "*" });
    expect(decide(request(action, books), sets).outcome).toBe(matches ? "allowed" : "implicitDeny");
  });

  test.each(actions.filter(([entry]) => entry !== "d*:GetItem" && entry !== "*:GetItem"))(
    "NotAction %j on %s is the opposite of %j",
    (entry, action, matches) => {
      const sets = identitySets({ Effect: "Allow", NotAction: entry, Resource: "*" });
      expect(decide(request(action, books), sets).outcome).toBe(matches ? "implicitDeny" : "allowed");
    },
  );
});

const table = (name: string) => `arn:aws:dynamodb:us-west-2:${account}:table/${name}`;

const resources: readonly Row[] = [
  ["*", books, true],
  ["*", "*", true],
  [books, books, true],
  [books, "*", false],
  ["arn:aws:dynamodb:*:*:*", "*", false],
  [books, table("books"), false],
  [books, table("Books2"), false],
  [books, table("Book"), false],
  [books, table("Books/index/ByTitle"), false],
  [`${books}/index/*`, table("Books/index/ByTitle"), true],
  [`${books}/index/*`, books, false],
  [`${books}*`, table("Books/index/ByTitle"), true],
  [table("*"), books, true],
  [table("B?oks"), books, true],
  [table("B?oks"), table("Boks"), false],
  [books, `arn:aws:dynamodb:us-east-1:${account}:table/Books`, false],
  [books, "arn:aws:dynamodb:us-west-2:999999999999:table/Books", false],
  ["arn:aws:dynamodb:*:*:table/Books", books, true],
  ["arn:aws:dynamodb:us-*:*:table/Books", books, true],
  ["arn:aws:dynamodb:us-west-2:1234*:table/Books", books, true],
  ["arn:aws:dynamodb:eu-*:*:table/Books", books, false],
  ["arn:aws:dynamodb:us*Books", books, false],
  ["arn:*:dynamodb:us-west-2:*:table/Books", books, true],
  ["arn:aws-cn:dynamodb:us-west-2:*:table/Books", books, false],
  ["arn:aws:DynamoDB:US-WEST-2:*:table/Books", books, true],
  ["arn:aws:dynamodb:us-west-2", books, true],
  ["arn:aws:dynamodb", books, true],
  ["arn:aws:dynamodb:us-east-1", books, false],
  ["arn:aws:dax:us-west-2", books, false],
  [`arn:aws:dynamodb:us-west-2:${account}`, books, true],
  [cluster, cluster, true],
  [cluster, cluster.toLowerCase(), true],
  [cluster.toLowerCase(), cluster, true],
  [`arn:aws:dax:us-west-2:${account}:cache/DAX*`, cluster.toLowerCase(), true],
  [`arn:aws:dax:*:*:*Cluster01`, cluster.toLowerCase(), true],
  [`arn:aws:dax:*:*:cache/daxcluster0?`, cluster, true],
  [cluster, `arn:aws:dax:us-west-2:${account}:cache/DAXCluster02`, false],
  ["arn:aws:logs:*:*:log-group:*", `arn:aws:logs:us-west-2:${account}:log-group:a:log-stream:b`, true],
  ["arn:aws:logs:*:*:log-group", `arn:aws:logs:us-west-2:${account}:log-group:a`, false],
  ["arn:aws:iam::*:role/*", `arn:aws:iam::${account}:role/team/BobUserRole`, true],
  [`arn:aws:iam::${account}:role/BobUserRole`, `arn:aws:iam::${account}:role/team/BobUserRole`, false],
  [[table("A"), books], books, true],
  [[table("A"), table("B")], books, false],
];

describe("Resource", () => {
  test.each(resources)("%j on %s is %j", (entry, resource, matches) => {
    const sets = identitySets({ Effect: "Allow", Action: "*", Resource: entry });
    const principal = { kind: "service", service: "dax.amazonaws.com" } as const;
    // A Deny in a service control policy looks at the resource alone, whatever the account.
    const control = [[policy("service-control", { Effect: "Deny", Action: "*", Resource: entry })]];
    const decision = decide(request("x:Y", resource, { principal }), { identity: [], serviceControl: control });
    expect(decision.outcome).toBe(matches ? "explicitDeny" : "implicitDeny");
    if (!resource.includes("999999999999")) {
      expect(decide(request("x:Y", resource), sets).outcome).toBe(matches ? "allowed" : "implicitDeny");
    }
  });

  test.each(resources)("NotResource %j on %s is the opposite of %j", (entry, resource, matches) => {
    const control = [[policy("service-control", { Effect: "Deny", Action: "*", NotResource: entry })]];
    const principal = { kind: "service", service: "dax.amazonaws.com" } as const;
    const decision = decide(request("x:Y", resource, { principal }), { identity: [], serviceControl: control });
    expect(decision.outcome).toBe(matches ? "implicitDeny" : "explicitDeny");
  });

  test("something that is neither an ARN nor a star is matched by the star alone", () => {
    expect(decide(request("x:Y", "Books"), identitySets({ Effect: "Allow", Action: "*", Resource: "*" })).outcome).toBe(
      "allowed",
    );
    expect(
      decide(request("x:Y", "Books"), identitySets({ Effect: "Allow", Action: "*", Resource: "arn:aws:dynamodb" }))
        .outcome,
    ).toBe("implicitDeny");
  });
});
