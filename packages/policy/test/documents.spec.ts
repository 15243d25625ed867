// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written that way
import type { ContextValues } from "@hotkeep/core";
import { compilePolicy, decide, decideAssumeRole, parsePolicy } from "@hotkeep/policy";
import { describe, expect, test } from "vitest";
import { account, alice, bobSession, books, cluster, dax, request } from "./support.js";

/** A policy from the documents, and what it does: action, resource, context, allowed. */
interface Example {
  readonly name: string;
  readonly text: string;
  readonly rows: readonly (readonly [string, string, ContextValues, boolean])[];
}

const linkedRole = `arn:aws:iam::${account}:role/aws-service-role/dax.amazonaws.com/AWSServiceRoleForDAX`;
const ec2 = [
  "AuthorizeSecurityGroupIngress",
  "CreateNetworkInterface",
  "CreateSecurityGroup",
  "DeleteNetworkInterface",
  "DeleteSecurityGroup",
  "DescribeAvailabilityZones",
  "DescribeNetworkInterfaces",
  "DescribeSecurityGroups",
  "DescribeSubnets",
  "DescribeVpcs",
  "ModifyNetworkInterfaceAttribute",
  "RevokeSecurityGroupIngress",
];
const items = [
  "PutItem",
  "GetItem",
  "UpdateItem",
  "DeleteItem",
  "Query",
  "Scan",
  "BatchGetItem",
  "BatchWriteItem",
  "ConditionCheckItem",
];

const createLinkedRole = (service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Action: ["iam:CreateServiceLinkedRole"],
      Resource: "*",
      Condition: { StringLike: { "iam:AWSServiceName": service } },
    },
  });

const inTransaction = { "dax:EnclosingOperation": "TransactWriteItems" };

const examples: readonly Example[] = [
  {
    name: "creating DAX's linked role",
    text: createLinkedRole("dax.amazonaws.com"),
    rows: [
      ["iam:CreateServiceLinkedRole", linkedRole, { "iam:AWSServiceName": "dax.amazonaws.com" }, true],
      ["iam:CreateServiceLinkedRole", linkedRole, { "iam:AWSServiceName": "ecs.amazonaws.com" }, false],
      ["iam:CreateServiceLinkedRole", linkedRole, {}, false],
      ["iam:DeleteServiceLinkedRole", linkedRole, { "iam:AWSServiceName": "dax.amazonaws.com" }, false],
    ],
  },
  {
    name: "creating linked roles as the document prints it, with an empty service",
    text: createLinkedRole(""),
    rows: [
      ["iam:CreateServiceLinkedRole", linkedRole, { "iam:AWSServiceName": "dax.amazonaws.com" }, false],
      ["iam:CreateServiceLinkedRole", linkedRole, {}, false],
    ],
  },
  {
    name: "the linked role's own permissions",
    text: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ec2.map((name) => `ec2:${name}`), Resource: "*" }],
    }),
    rows: [
      ...ec2.map((name) => [`ec2:${name}`, "*", {}, true] as const),
      ["ec2:RunInstances", "*", {}, false],
      ["ec2:AuthorizeSecurityGroupEgress", "*", {}, false],
      ["ec2:CreateNetworkInterface", `arn:aws:ec2:us-west-2:${account}:subnet/subnet-1`, {}, true],
      ...items.map((name) => [`dynamodb:${name}`, books, {}, false] as const),
    ],
  },
  {
    name: "the service role's access to the table",
    text: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "DaxAccessPolicy",
          Effect: "Allow",
          Action: ["dynamodb:DescribeTable", ...items.map((name) => `dynamodb:${name}`)],
          Resource: [books],
        },
      ],
    }),
    rows: [
      ["dynamodb:DescribeTable", books, {}, true],
      ...items.map((name) => [`dynamodb:${name}`, books, {}, true] as const),
      ["dynamodb:DeleteTable", books, {}, false],
      ["dynamodb:GetItem", `${books}2`, {}, false],
      ["dynamodb:Query", `${books}/index/ByTitle`, {}, false],
      ["dynamodb:GetItem", books.replace("us-west-2", "us-east-1"), {}, false],
      ["dynamodb:GetItem", books.replace(account, "999999999999"), {}, false],
      ["dax:GetItem", cluster, {}, false],
    ],
  },
  {
    name: "Alice's full access to her cluster",
    text: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["dax:*"], Resource: [cluster] }],
    }),
    rows: [
      ...items.map((name) => [`dax:${name}`, cluster.toLowerCase(), {}, true] as const),
      ...items.map((name) => [`dax:${name}`, cluster.replace("01", "02"), {}, false] as const),
      ["dax:DeleteCluster", cluster, {}, true],
      ["dax:DescribeClusters", cluster, {}, true],
      ["dax:DescribeClusters", "*", {}, false],
      ["dax:CreateSubnetGroup", "*", {}, false],
      ["dynamodb:GetItem", books, {}, false],
    ],
  },
  {
    name: "no transactions through the cluster",
    text: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "dax:*", Resource: cluster },
        {
          Effect: "Deny",
          Action: "dax:PutItem",
          Resource: cluster,
          Condition: { StringEquals: { "dax:EnclosingOperation": "TransactWriteItems" } },
        },
      ],
    }),
    rows: [
      ["dax:PutItem", cluster, {}, true],
      ["dax:PutItem", cluster, inTransaction, false],
      ["dax:DeleteItem", cluster, inTransaction, true],
    ],
  },
  {
    name: "only transactions through the cluster",
    text: JSON.stringify({
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Action: "dax:PutItem",
        Resource: cluster,
        Condition: { "ForAnyValue:StringEquals": { "dax:EnclosingOperation": ["TransactWriteItems"] } },
      },
    }),
    rows: [
      ["dax:PutItem", cluster, {}, false],
      ["dax:PutItem", cluster, inTransaction, true],
    ],
  },
  {
    name: "everything but transactions, by a negated operator: plain calls have no such key",
    text: JSON.stringify({
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Action: "dynamodb:PutItem",
        Resource: books,
        Condition: { StringNotEquals: { "dynamodb:EnclosingOperation": "TransactWriteItems" } },
      },
    }),
    rows: [
      ["dynamodb:PutItem", books, {}, true],
      ["dynamodb:PutItem", books, { "dynamodb:EnclosingOperation": "TransactWriteItems" }, false],
      ["dynamodb:PutItem", books, { "dynamodb:EnclosingOperation": "ExecuteTransaction" }, true],
    ],
  },
  {
    name: "own items only",
    text: JSON.stringify({
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Action: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"],
        Resource: books,
        Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["${aws:username}"] } },
      },
    }),
    rows: [
      ["dynamodb:GetItem", books, { "aws:username": "Alice", "dynamodb:LeadingKeys": ["Alice"] }, true],
      ["dynamodb:GetItem", books, { "aws:username": "Alice", "dynamodb:LeadingKeys": ["Bob"] }, false],
      ["dynamodb:GetItem", books, { "aws:username": "Alice", "dynamodb:LeadingKeys": ["Alice", "Bob"] }, false],
      ["dynamodb:GetItem", books, { "dynamodb:LeadingKeys": ["Alice"] }, false],
      // The trap: a Scan has no leading keys, so all of none are right.
      ["dynamodb:Scan", books, { "aws:username": "Alice" }, true],
    ],
  },
  {
    name: "certain attributes only",
    text: JSON.stringify({
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Action: "dynamodb:GetItem",
        Resource: books,
        Condition: {
          "ForAllValues:StringEquals": { "dynamodb:Attributes": ["title", "year"] },
          StringEqualsIfExists: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
        },
      },
    }),
    rows: [
      ["dynamodb:GetItem", books, { "dynamodb:Attributes": ["title"], "dynamodb:Select": "SPECIFIC_ATTRIBUTES" }, true],
      [
        "dynamodb:GetItem",
        books,
        { "dynamodb:Attributes": ["title", "price"], "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
        false,
      ],
      ["dynamodb:GetItem", books, { "dynamodb:Select": "ALL_ATTRIBUTES" }, false],
      ["dynamodb:GetItem", books, {}, true],
    ],
  },
  {
    name: "passing the service role to DAX",
    text: JSON.stringify({
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Action: "iam:PassRole",
        Resource: `arn:aws:iam::${account}:role/DAXServiceRole`,
        Condition: { StringEquals: { "iam:PassedToService": "dax.amazonaws.com" } },
      },
    }),
    rows: [
      [
        "iam:PassRole",
        `arn:aws:iam::${account}:role/DAXServiceRole`,
        { "iam:PassedToService": "dax.amazonaws.com" },
        true,
      ],
      [
        "iam:PassRole",
        `arn:aws:iam::${account}:role/DAXServiceRole`,
        { "iam:PassedToService": "ec2.amazonaws.com" },
        false,
      ],
      ["iam:PassRole", `arn:aws:iam::${account}:role/Other`, { "iam:PassedToService": "dax.amazonaws.com" }, false],
    ],
  },
  {
    name: "sessions made before a moment are revoked",
    text: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "*", Resource: "*" },
        {
          Effect: "Deny",
          Action: "*",
          Resource: "*",
          Condition: { DateLessThan: { "aws:TokenIssueTime": "2026-11-23T03:00:00Z" } },
        },
      ],
    }),
    rows: [
      ["dax:GetItem", cluster, { "aws:TokenIssueTime": "2026-11-23T02:59:59Z" }, false],
      ["dax:GetItem", cluster, { "aws:TokenIssueTime": "2026-11-23T03:00:00Z" }, true],
      ["dax:GetItem", cluster, {}, true],
    ],
  },
  {
    name: "nothing without a second factor, except seeing to it",
    text: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "*", Resource: "*" },
        {
          Effect: "Deny",
          NotAction: ["iam:EnableMFADevice", "iam:ListMFADevices", "sts:GetSessionToken"],
          Resource: "*",
          Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } },
        },
      ],
    }),
    rows: [
      ["dax:GetItem", cluster, { "aws:MultiFactorAuthPresent": "true" }, true],
      ["dax:GetItem", cluster, { "aws:MultiFactorAuthPresent": "false" }, false],
      // Long-term keys do not bring the key along: IfExists lets the Deny match.
      ["dax:GetItem", cluster, {}, false],
      ["iam:EnableMFADevice", "*", {}, true],
    ],
  },
];

for (const { name, text, rows } of examples) {
  describe(`the policy for ${name}`, () => {
    const identity = [compilePolicy(parsePolicy(text, "identity"), { kind: "identity", name })];
    test.each(rows)("%s on %s with %j: %j", (action, resource, context, allowed) => {
      const foreign = resource.includes("999999999999");
      const decision = decide(request(action, resource, { context }), { identity });
      expect(decision.outcome === "allowed").toBe(allowed && !foreign);
    });
  });
}

test("the documents' trust policy lets DAX in and nobody else", () => {
  const text =
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"dax.amazonaws.com"},"Action":"sts:AssumeRole"}]}';
  const resource = [compilePolicy(parsePolicy(text, "trust"), { kind: "trust", name: "DAXServiceRole" })];
  const administrator = compilePolicy(
    parsePolicy('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}', "identity"),
    { kind: "identity", name: "AdministratorAccess" },
  );
  const may = (principal: typeof alice) =>
    decideAssumeRole(request("sts:AssumeRole", linkedRole, { principal }), { identity: [administrator], resource })
      .outcome;
  expect(may(dax)).toBe("allowed");
  expect(may(alice)).toBe("implicitDeny");
  expect(may(bobSession)).toBe("implicitDeny");
  expect(may({ kind: "root", account })).toBe("implicitDeny");
  expect(may({ kind: "service", service: "ec2.amazonaws.com" })).toBe("implicitDeny");
});
