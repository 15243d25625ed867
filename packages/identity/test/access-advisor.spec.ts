import {
  AddUserToGroupCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateUserCommand,
  GenerateServiceLastAccessedDetailsCommand,
  GetServiceLastAccessedDetailsCommand,
  GetServiceLastAccessedDetailsWithEntitiesCommand,
  ListPoliciesGrantingServiceAccessCommand,
  ListRolesCommand,
  PutGroupPolicyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { DecodeAuthorizationMessageCommand } from "@aws-sdk/client-sts";
import { type CommonAwsError, permission } from "@hotkeep/core";
import type { CallContext, SigningCredentials } from "@hotkeep/protocols";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, allow, policy, World } from "./world.js";

const bobArn = `arn:aws:iam::${account}:user/Bob`;
const linkedRoleArn = `arn:aws:iam::${account}:role/aws-service-role/dax.amazonaws.com/AWSServiceRoleForDAX`;

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

async function bob(...statements: readonly Record<string, unknown>[]): Promise<SigningCredentials> {
  const iam = world.iam();
  await iam.send(new CreateUserCommand({ UserName: "Bob" }));
  const PolicyDocument = policy(...statements);
  await iam.send(new PutUserPolicyCommand({ UserName: "Bob", PolicyName: "own", PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "Bob" }));
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}

async function report(Arn: string, Granularity: "SERVICE_LEVEL" | "ACTION_LEVEL" = "SERVICE_LEVEL") {
  const iam = world.iam();
  const { JobId } = await iam.send(new GenerateServiceLastAccessedDetailsCommand({ Arn, Granularity }));
  expect(JobId).toHaveLength(36);
  const answer = await iam.send(new GetServiceLastAccessedDetailsCommand({ JobId }));
  expect(answer).toMatchObject({ JobStatus: "COMPLETED", JobType: Granularity });
  return { JobId, services: answer.ServicesLastAccessed! };
}

function ec2Call(keys: SigningCredentials): CallContext {
  return {
    service: "ec2",
    operation: "DescribeVpcs",
    principal: world.identity.credentials.find(keys.accessKeyId)!.principal,
    accessKeyId: keys.accessKeyId,
    account,
    region: "us-west-2",
    requestId: "r",
    now: world.clock.now(),
    secureTransport: false,
  };
}

/** Reads go on beside the notes of use; a write through the same store comes after them. */
async function settled(): Promise<void> {
  await world.store.transact(async (tx) => tx.put("settled", 1));
}

describe("the access advisor", () => {
  it("knows a service by its name and others by what policies call them", async () => {
    await bob(allow(["dax:GetItem", "constructor:Run"]));
    const { services } = await report(`arn:aws:iam::${account}:user/Bob`);
    expect(services.map(({ ServiceName }) => ServiceName)).toEqual([
      "constructor",
      "Amazon DynamoDB Accelerator (DAX)",
    ]);
  });

  it("SLR-48: shows EC2 for the service-linked role, never used before and with time and Region after", async () => {
    await world.identity.ensureServiceLinkedRole("dax.amazonaws.com", {});
    const { services } = await report(linkedRoleArn);
    expect(services).toEqual([{ ServiceName: "Amazon EC2", ServiceNamespace: "ec2", TotalAuthenticatedEntities: 0 }]);
    const session = await world.identity.assumeRoleForService({
      service: "dax.amazonaws.com",
      roleArn: linkedRoleArn,
      sessionName: "dax-daxcluster01",
      durationSeconds: 900,
    });
    world.identity.authorizer.authorize(ec2Call(session), [permission("ec2:DescribeVpcs", "*")]);
    await settled();
    const { services: used } = await report(linkedRoleArn, "ACTION_LEVEL");
    expect(used[0]).toMatchObject({
      ServiceNamespace: "ec2",
      LastAuthenticatedEntity: linkedRoleArn,
      LastAuthenticatedRegion: "us-west-2",
      TotalAuthenticatedEntities: 1,
      TrackedActionsLastAccessed: [{ ActionName: "DescribeVpcs", LastAccessedRegion: "us-west-2" }],
    });
    expect(used[0]?.LastAuthenticated?.getTime()).toBe(Math.floor(world.clock.now() / 1000) * 1000);
  });

  it("counts attempts that were denied, and shows a group's members", async () => {
    const keys = await bob(allow("iam:GetUser"));
    const iam = world.iam();
    await iam.send(new CreateGroupCommand({ GroupName: "Readers" }));
    const PolicyDocument = policy(allow(["iam:Get*", "dynamodb:*"]));
    await iam.send(new PutGroupPolicyCommand({ GroupName: "Readers", PolicyName: "g", PolicyDocument }));
    await iam.send(new AddUserToGroupCommand({ GroupName: "Readers", UserName: "Bob" }));
    await expect(world.iam(keys).send(new ListRolesCommand({}))).rejects.toMatchObject({ name: "AccessDenied" });
    await settled();
    const { JobId, services } = await report(`arn:aws:iam::${account}:group/Readers`);
    expect(
      services.map(({ ServiceNamespace, LastAuthenticatedEntity }) => [ServiceNamespace, LastAuthenticatedEntity]),
    ).toEqual([
      ["dynamodb", undefined],
      ["iam", bobArn],
    ]);
    const { EntityDetailsList } = await iam.send(
      new GetServiceLastAccessedDetailsWithEntitiesCommand({ JobId, ServiceNamespace: "iam" }),
    );
    expect(EntityDetailsList?.map(({ EntityInfo }) => EntityInfo?.Arn)).toEqual([bobArn]);
  });

  it("shows a report only to who asked for it", async () => {
    const keys = await bob(allow("iam:*"));
    const { JobId } = await report(bobArn);
    const stranger = world.iam(keys).send(new GetServiceLastAccessedDetailsCommand({ JobId }));
    await expect(stranger).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });

  it("names the policies that grant a service", async () => {
    await bob(allow(["dax:*"]), allow("ec2:Describe*"));
    const input = { Arn: bobArn, ServiceNamespaces: ["dax", "iam"] };
    const answer = await world.iam().send(new ListPoliciesGrantingServiceAccessCommand(input));
    expect(answer.PoliciesGrantingServiceAccess).toEqual([
      {
        ServiceNamespace: "dax",
        Policies: [{ PolicyName: "own", PolicyType: "INLINE", EntityType: "USER", EntityName: "Bob" }],
      },
      { ServiceNamespace: "iam", Policies: [] },
    ]);
  });
});

describe("encoded authorization messages", () => {
  it("come with EC2's denials and open with DecodeAuthorizationMessage", async () => {
    const keys = await bob(allow("dax:*"));
    let error: CommonAwsError | undefined;
    try {
      world.identity.authorizer.authorize(ec2Call(keys), [permission("ec2:CreateVpc", "*")]);
    } catch (thrown) {
      error = thrown as CommonAwsError;
    }
    const EncodedMessage = String(error?.members.encodedMessage);
    expect(EncodedMessage).toMatch(/^[\w-]+$/);
    const { DecodedMessage } = await world.sts().send(new DecodeAuthorizationMessageCommand({ EncodedMessage }));
    expect(JSON.parse(DecodedMessage!)).toMatchObject({
      allowed: false,
      explicitDeny: false,
      context: { principal: { id: bobArn }, action: "ec2:CreateVpc", resource: "*" },
    });
    const bad = world.sts().send(new DecodeAuthorizationMessageCommand({ EncodedMessage: `${EncodedMessage}AAAA` }));
    await expect(bad).rejects.toMatchObject({ name: "InvalidAuthorizationMessageException" });
  });
});
