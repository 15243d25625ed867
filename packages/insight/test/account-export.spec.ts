import { type AccountExport, reachOf, snapshotOf } from "@hotkeep/insight";
import { describe, expect, test } from "vitest";
import { account, alice, bob, books, cluster, policyText, serviceRole, trustsAccount, trustsDax } from "./worlds.js";

const encoded = (text: string): string => encodeURIComponent(text);
const document = (name: string, ...statements: readonly object[]) =>
  policyText(name, ...(statements as readonly Record<string, unknown>[])).document;

const reading = document("read", { Effect: "Allow", Action: "dynamodb:GetItem", Resource: books });
const passing = document("pass", { Effect: "Allow", Action: "dax:GetItem", Resource: cluster });
const everything = document("all", { Effect: "Allow", Action: "*", Resource: "*" });
const managed = (name: string) => `arn:aws:iam::${account}:policy/${name}`;

/** Alice reads directly by her group, Bob through the cluster with a boundary; the service role reads. */
const account1: AccountExport = {
  authorizationDetails: {
    UserDetailList: [
      {
        Arn: alice,
        UserName: "Alice",
        UserId: "AIDAALICE",
        GroupList: ["readers"],
        Tags: [{ Key: "team", Value: "a" }],
      },
    ],
    GroupDetailList: [
      {
        Arn: `arn:aws:iam::${account}:group/readers`,
        GroupName: "readers",
        GroupPolicyList: [{ PolicyName: "read", PolicyDocument: encoded(reading) }],
      },
    ],
    RoleDetailList: [
      {
        Arn: bob,
        RoleName: "BobUserRole",
        RoleId: "AROABOB",
        AssumeRolePolicyDocument: encoded(trustsAccount),
        AttachedManagedPolicies: [{ PolicyArn: managed("pass") }],
        PermissionsBoundary: { PermissionsBoundaryArn: managed("all") },
      },
      {
        Arn: serviceRole,
        RoleName: "DAXServiceRole",
        RoleId: "AROADAX",
        AssumeRolePolicyDocument: JSON.parse(trustsDax) as object,
        RolePolicyList: [
          {
            PolicyName: "read",
            PolicyDocument: JSON.parse(
              document("read", {
                Effect: "Allow",
                Action: ["dynamodb:GetItem", "dynamodb:DescribeTable"],
                Resource: books,
              }),
            ) as object,
          },
        ],
      },
    ],
    Policies: [
      {
        Arn: managed("pass"),
        PolicyVersionList: [
          { IsDefaultVersion: false, Document: encoded(everything) },
          { IsDefaultVersion: true, Document: encoded(passing) },
        ],
      },
      {
        Arn: managed("all"),
        PolicyVersionList: [{ IsDefaultVersion: true, Document: JSON.parse(everything) as object }],
      },
    ],
  },
  clusters: { Clusters: [{ ClusterArn: cluster, ClusterName: "daxcluster01", IamRoleArn: serviceRole }] },
  tables: [{ TableArn: books }],
};

function allowed(exported: AccountExport, serviceControl?: readonly (readonly { name: string; document: string }[])[]) {
  const snapshot = { ...snapshotOf(exported), ...(serviceControl === undefined ? {} : { serviceControl }) };
  return Object.fromEntries(
    reachOf(snapshot, books).map(({ principal, direct, viaClusters }) => {
      const ways = [direct, ...viaClusters.map(({ actions }) => actions)];
      const names = ways.map((actions) => actions.filter(({ verdict }) => verdict.kind === "allowed"));
      return [principal, names.map((way) => way.map(({ action }) => action))];
    }),
  );
}

describe("an account's export", () => {
  test("is read with groups, default versions, boundaries and both forms of documents", () => {
    expect(allowed(account1)).toEqual({
      [alice]: [["GetItem"], []],
      [bob]: [[], ["GetItem"]],
      [serviceRole]: [["GetItem"], []],
    });
    const { users, roles } = snapshotOf(account1);
    expect(users[0]?.tags).toEqual({ team: "a" });
    expect(users[0]?.policies[0]).toEqual({
      name: "read",
      carrier: `arn:aws:iam::${account}:group/readers`,
      document: reading,
    });
    expect(roles[0]?.boundary?.name).toBe(managed("all"));
  });

  test("a policy on the table opens it directly, and closes it for the cluster's role too", () => {
    const Policy = document(
      "on the table",
      { Effect: "Allow", Principal: { AWS: alice }, Action: "dynamodb:PutItem", Resource: books },
      { Effect: "Deny", Principal: { AWS: serviceRole }, Action: "dynamodb:GetItem", Resource: books },
    );
    expect(allowed({ ...account1, tables: [{ TableArn: books, Policy }] })).toEqual({
      [alice]: [["GetItem", "PutItem"], []],
      [bob]: [[], []],
      [serviceRole]: [[], []],
    });
  });

  test("service control policies limit both hops, but not service-linked roles", () => {
    const only = (Action: string) => [
      [{ name: "only", document: document("only", { Effect: "Allow", Action, Resource: "*" }) }],
    ];
    expect(allowed(account1, only("dynamodb:*"))).toMatchObject({ [alice]: [["GetItem"], []], [bob]: [[], []] });
    expect(allowed(account1, only("dax:*"))).toMatchObject({ [alice]: [[], []], [bob]: [[], []] });
    const [user, ...rest] = account1.authorizationDetails.RoleDetailList!;
    const RoleDetailList = [user!, { ...rest[0]!, Path: "/aws-service-role/dax.amazonaws.com/" }];
    const linked = { ...account1, authorizationDetails: { ...account1.authorizationDetails, RoleDetailList } };
    expect(allowed(linked, only("dax:*"))).toMatchObject({ [bob]: [[], ["GetItem"]] });
  });

  const { authorizationDetails: details } = account1;
  const wrong: readonly (readonly [string, AccountExport, string])[] = [
    [
      "a managed policy",
      { ...account1, authorizationDetails: { ...details, Policies: [] } },
      `the policy ${managed("pass")} of ${bob} is missing`,
    ],
    [
      "a group",
      { ...account1, authorizationDetails: { ...details, GroupDetailList: [] } },
      `the group readers of ${alice} is missing`,
    ],
    [
      "a page of IAM",
      { ...account1, authorizationDetails: { ...details, IsTruncated: true } },
      "there are more pages of authorization details",
    ],
    ["a page of clusters", { ...account1, clusters: { NextToken: "t" } }, "there are more pages of clusters"],
    ["the parts", {} as AccountExport, "`authorizationDetails` is missing"],
    ["everything", { authorizationDetails: {}, clusters: {}, tables: [] }, "every user, role and table is missing"],
  ];
  test.each(wrong)("that lacks %s is refused: what it denies must not be lost", (_what, exported, message) => {
    expect(() => snapshotOf(exported)).toThrow(`The account's export is not complete: ${message}`);
  });
});
