import {
  CreateRoleCommand,
  CreateUserCommand,
  GetContextKeysForPrincipalPolicyCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  SimulateCustomPolicyCommand,
  SimulatePrincipalPolicyCommand,
} from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, allow, booksArn, clusterArn, policy, trusts, World } from "./world.js";

const bobArn = `arn:aws:iam::${account}:user/Bob`;

let world: World;
beforeEach(async () => {
  world = await World.open();
  await world.iam().send(new CreateUserCommand({ UserName: "Bob" }));
});
afterEach(() => world.close());

async function grant(document: string): Promise<void> {
  await world.iam().send(new PutUserPolicyCommand({ UserName: "Bob", PolicyName: "p", PolicyDocument: document }));
}

describe("the policy simulator", () => {
  it("CS-h: answers for the caller on DAX and for the service role on DynamoDB, as live requests are decided", async () => {
    const iam = world.iam();
    await grant(policy(allow(["dax:GetItem", "dax:Query"], clusterArn)));
    const trust = trusts({ Service: "dax.amazonaws.com" });
    await iam.send(new CreateRoleCommand({ RoleName: "DAXServiceRole", AssumeRolePolicyDocument: trust }));
    const PolicyDocument = policy(allow(["dynamodb:GetItem"], booksArn));
    await iam.send(new PutRolePolicyCommand({ RoleName: "DAXServiceRole", PolicyName: "p", PolicyDocument }));
    const ask = async (source: string, resource: string, ...ActionNames: string[]) => {
      const input = { PolicySourceArn: source, ActionNames, ResourceArns: [resource] };
      const { EvaluationResults } = await iam.send(new SimulatePrincipalPolicyCommand(input));
      return EvaluationResults?.map(({ EvalDecision }) => EvalDecision);
    };
    expect(await ask(bobArn, clusterArn, "dax:GetItem", "dax:PutItem")).toEqual(["allowed", "implicitDeny"]);
    const role = `arn:aws:iam::${account}:role/DAXServiceRole`;
    expect(await ask(role, booksArn, "dynamodb:GetItem", "dynamodb:PutItem")).toEqual(["allowed", "implicitDeny"]);
  });

  it("says which statement decided and where it stands in the text", async () => {
    const document = `{\n  "Version": "2012-10-17",\n  "Statement": [\n    ${JSON.stringify(allow("dax:*"))},\n    {"Sid":"No","Effect":"Deny","Action":"dax:Scan","Resource":"*"}\n  ]\n}`;
    await grant(document);
    const input = { PolicySourceArn: bobArn, ActionNames: ["dax:Scan"], ResourceArns: [clusterArn] };
    const { EvaluationResults } = await world.iam().send(new SimulatePrincipalPolicyCommand(input));
    const line = document.split("\n")[4]!;
    const expected = {
      SourcePolicyId: "user_Bob_p",
      SourcePolicyType: "IAM Policy",
      StartPosition: { Line: 5, Column: 5 },
      EndPosition: { Line: 5, Column: line.length + 1 },
    };
    expect(EvaluationResults).toEqual([
      {
        EvalActionName: "dax:Scan",
        EvalResourceName: clusterArn,
        EvalDecision: "explicitDeny",
        EvalDecisionDetails: {},
        MatchedStatements: [expected],
        MissingContextValues: [],
        OrganizationsDecisionDetail: { AllowedByOrganizations: true },
        ResourceSpecificResults: [
          {
            EvalResourceName: clusterArn,
            EvalResourceDecision: "explicitDeny",
            MatchedStatements: [expected],
            MissingContextValues: [],
          },
        ],
      },
    ]);
  });

  it("takes context from the request alone, and tells what was missing", async () => {
    const condition = { Condition: { StringEquals: { "dax:EnclosingOperation": "TransactGetItems" } } };
    await grant(policy({ ...allow("dax:GetItem", clusterArn), ...condition }));
    const ask = (value?: string) =>
      world.iam().send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: bobArn,
          ActionNames: ["dax:GetItem"],
          ResourceArns: [clusterArn],
          ...(value === undefined
            ? {}
            : {
                ContextEntries: [
                  {
                    ContextKeyName: "dax:EnclosingOperation",
                    ContextKeyValues: [value],
                    ContextKeyType: "string" as const,
                  },
                ],
              }),
        }),
      );
    expect((await ask()).EvaluationResults?.[0]).toMatchObject({
      EvalDecision: "implicitDeny",
      MissingContextValues: ["dax:EnclosingOperation"],
    });
    expect((await ask("TransactGetItems")).EvaluationResults?.[0]).toMatchObject({
      EvalDecision: "allowed",
      MissingContextValues: [],
    });
    const keys = await world.iam().send(new GetContextKeysForPrincipalPolicyCommand({ PolicySourceArn: bobArn }));
    expect(keys.ContextKeyNames).toEqual(["dax:EnclosingOperation"]);
  });

  it("applies the boundary, the source's own or a given one", async () => {
    await grant(policy(allow("dax:*")));
    const PermissionsBoundary = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    await world.iam().send(new PutUserPermissionsBoundaryCommand({ UserName: "Bob", PermissionsBoundary }));
    const ask = async (given?: string[]) => {
      const input = { PolicySourceArn: bobArn, ActionNames: ["dax:PutItem"] };
      const { EvaluationResults } = await world
        .iam()
        .send(new SimulatePrincipalPolicyCommand({ ...input, PermissionsBoundaryPolicyInputList: given }));
      return EvaluationResults?.[0];
    };
    expect(await ask()).toMatchObject({
      EvalDecision: "implicitDeny",
      EvalResourceName: "*",
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
    });
    expect(await ask([policy(allow("dax:PutItem"))])).toMatchObject({ EvalDecision: "allowed" });
  });

  it("takes policies that exist nowhere, and answers page by page", async () => {
    const input = {
      PolicyInputList: [policy(allow("dax:Get*"))],
      ActionNames: ["dax:GetItem", "dax:PutItem", "dax:Scan"],
      MaxItems: 2,
    };
    const first = await world.iam().send(new SimulateCustomPolicyCommand(input));
    expect(first.EvaluationResults?.map(({ EvalDecision }) => EvalDecision)).toEqual(["allowed", "implicitDeny"]);
    expect(first.EvaluationResults?.[0]?.MatchedStatements?.[0]?.SourcePolicyId).toBe("PolicyInputList.1");
    expect(first.IsTruncated).toBe(true);
    const second = await world.iam().send(new SimulateCustomPolicyCommand({ ...input, Marker: first.Marker }));
    expect(second).toMatchObject({ IsTruncated: false, EvaluationResults: [{ EvalActionName: "dax:Scan" }] });
  });

  it("refuses sources that do not exist and policies that cannot be read", async () => {
    const ask = (PolicySourceArn: string) =>
      world.iam().send(new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames: ["dax:GetItem"] }));
    await expect(ask(`arn:aws:iam::${account}:user/Nobody`)).rejects.toMatchObject({ name: "NoSuchEntityException" });
    await expect(ask("arn:aws:s3:::some-bucket-name")).rejects.toMatchObject({ name: "InvalidInputException" });
    const broken = new SimulateCustomPolicyCommand({ PolicyInputList: ["{}"], ActionNames: ["dax:GetItem"] });
    await expect(world.iam().send(broken)).rejects.toMatchObject({
      name: "InvalidInputException",
      message: "The policy PolicyInputList.1 is not valid: Syntax errors in policy.",
    });
  });
});
