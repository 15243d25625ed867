import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateSAMLProviderCommand,
  CreateServiceLinkedRoleCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeactivateMFADeviceCommand,
  DeletePolicyCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteServiceLinkedRoleCommand,
  DeleteUserPermissionsBoundaryCommand,
  DeleteVirtualMFADeviceCommand,
  GenerateCredentialReportCommand,
  GetContextKeysForCustomPolicyCommand,
  GetCredentialReportCommand,
  GetUserCommand,
  type IAMClient,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  SimulateCustomPolicyCommand,
  SimulatePrincipalPolicyCommand,
  TagUserCommand,
  UpdateSAMLProviderCommand,
} from "@aws-sdk/client-iam";
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  DecodeAuthorizationMessageCommand,
  GetAccessKeyInfoCommand,
  GetFederationTokenCommand,
  type STSClient,
} from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { credentialReportMs } from "../src/limits.js";
import { account, allow, policy, World } from "./world.js";

const roleArn = `arn:aws:iam::${account}:role/Open`;
const policyArn = `arn:aws:iam::${account}:policy/Two`;
const oidcArn = `arn:aws:iam::${account}:oidc-provider/token.example.com`;
const samlArn = `arn:aws:iam::${account}:saml-provider/idp`;
const managed = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const serviceRolePolicy = "arn:aws:iam::aws:policy/aws-service-role/DAXServiceRolePolicy";
const padding = "<!-- padding -->".repeat(70);
const metadata = `<EntityDescriptor entityID="https://idp.example.com"><IDPSSODescriptor>${padding}</IDPSSODescriptor></EntityDescriptor>`;
const everything = policy(allow("*"));
const manyTags = (count: number) => Array.from({ length: count }, (_, at) => ({ Key: `k${at}`, Value: "v" }));

/** Who asks: root, Alice, or a session of the role `Open`. */
interface Clients {
  readonly iam: IAMClient;
  readonly asSession: IAMClient;
  readonly sts: STSClient;
  readonly stsAsSession: STSClient;
}
type Row = readonly [what: string, ask: (clients: Clients) => Promise<unknown>, code: string, message: string];

const custom = { PolicyInputList: [everything], ActionNames: ["dax:GetItem"] };
const rows: readonly Row[] = [
  [
    "GetUser without a name by a role's session",
    ({ asSession }) => asSession.send(new GetUserCommand({})),
    "ValidationError",
    "Must specify userName when calling with non-User credentials",
  ],
  [
    "a boundary that is not there, of a user",
    ({ iam }) => iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName: "Alice" })),
    "NoSuchEntityException",
    "The user Alice has no permissions boundary.",
  ],
  [
    "a boundary that is not there, of a role",
    ({ iam }) => iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: "Open" })),
    "NoSuchEntityException",
    "The role Open has no permissions boundary.",
  ],
  [
    "a service role's policy as a boundary",
    ({ iam }) =>
      iam.send(new PutUserPermissionsBoundaryCommand({ UserName: "Alice", PermissionsBoundary: serviceRolePolicy })),
    "PolicyNotAttachableException",
    "Cannot use a Service Role Policy as a permissions boundary.",
  ],
  [
    "a policy of AWS to be changed",
    ({ iam }) => iam.send(new CreatePolicyVersionCommand({ PolicyArn: managed, PolicyDocument: everything })),
    "AccessDenied",
    "is managed by AWS and cannot be changed",
  ],
  [
    "a policy with versions to be deleted",
    ({ iam }) => iam.send(new DeletePolicyCommand({ PolicyArn: policyArn })),
    "DeleteConflictException",
    "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
  ],
  [
    "a credential report before there is one",
    ({ iam }) => iam.send(new GetCredentialReportCommand({})),
    "CredentialReportNotPresentException",
    "No report is present. Generate one first.",
  ],
  [
    "more tags than fifty",
    async ({ iam }) => {
      await iam.send(new TagUserCommand({ UserName: "Alice", Tags: manyTags(50) }));
      return iam.send(new TagUserCommand({ UserName: "Alice", Tags: [{ Key: "another", Value: "" }] }));
    },
    "LimitExceededException",
    "The number of tags has reached the maximum limit of 50.",
  ],
  [
    "an unknown linked service",
    ({ iam }) => iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: "nothing.amazonaws.com" })),
    "InvalidInputException",
    "AWS service name nothing.amazonaws.com is not valid or service-linked roles are not supported for it.",
  ],
  [
    "an ordinary role to be deleted as a linked one",
    ({ iam }) => iam.send(new DeleteServiceLinkedRoleCommand({ RoleName: "Open" })),
    "NoSuchEntityException",
    "The role with name Open is not a service-linked role.",
  ],
  [
    "a simulation without a key's name",
    ({ iam }) =>
      iam.send(new SimulateCustomPolicyCommand({ ...custom, ContextEntries: [{ ContextKeyType: "string" }] })),
    "InvalidInputException",
    "A context entry needs a ContextKeyName.",
  ],
  [
    "a simulation with two values of a single-valued key",
    ({ iam }) =>
      iam.send(
        new SimulateCustomPolicyCommand({
          ...custom,
          ContextEntries: [{ ContextKeyName: "aws:x", ContextKeyType: "string", ContextKeyValues: ["a", "b"] }],
        }),
      ),
    "InvalidInputException",
    "The context key aws:x of type string needs exactly one value.",
  ],
  [
    "a simulation of what is no user, group or role",
    ({ iam }) =>
      iam.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn: policyArn, ActionNames: ["dax:GetItem"] })),
    "InvalidInputException",
    `Invalid Entity Arn: ${policyArn} does not clearly define entity type and name.`,
  ],
  [
    "a simulation by a caller that is no user",
    ({ iam }) => iam.send(new SimulateCustomPolicyCommand({ ...custom, CallerArn: roleArn })),
    "InvalidInputException",
    `The CallerArn ${roleArn} must be the ARN of an IAM user.`,
  ],
  [
    "a simulation of what is no action",
    ({ iam }) => iam.send(new SimulateCustomPolicyCommand({ ...custom, ActionNames: ["dax GetItem"] })),
    "InvalidInputException",
    "Invalid action name: dax GetItem",
  ],
  [
    "context keys of what is no policy",
    ({ iam }) => iam.send(new GetContextKeysForCustomPolicyCommand({ PolicyInputList: ["{}"] })),
    "InvalidInputException",
    "The policy is not valid: Syntax errors in policy.",
  ],
  [
    "an MFA device of somebody else",
    ({ iam }) =>
      iam.send(
        new DeactivateMFADeviceCommand({ UserName: "Alice", SerialNumber: `arn:aws:iam::${account}:mfa/phone` }),
      ),
    "NoSuchEntityException",
    "MFA Device invalid for user Alice.",
  ],
  [
    "an MFA device that is not there",
    ({ iam }) => iam.send(new DeleteVirtualMFADeviceCommand({ SerialNumber: `arn:aws:iam::${account}:mfa/none` })),
    "NoSuchEntityException",
    `arn:aws:iam::${account}:mfa/none`,
  ],
  [
    "a hundred and first client of a provider",
    async ({ iam }) => {
      const add = (ClientID: string) =>
        iam.send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: oidcArn, ClientID }));
      for (let at = 1; at < 100; at++) await add(`client${at}`);
      return add("client100");
    },
    "LimitExceededException",
    "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100",
  ],
  [
    "an update of nothing",
    ({ iam }) => iam.send(new UpdateSAMLProviderCommand({ SAMLProviderArn: samlArn })),
    "InvalidInputException",
    "There is nothing to update: no metadata document was given.",
  ],
  [
    "a session policy of a service role",
    ({ stsAsSession }) =>
      stsAsSession.send(
        new AssumeRoleCommand({
          RoleArn: roleArn,
          RoleSessionName: "again",
          PolicyArns: [{ arn: serviceRolePolicy }],
        }),
      ),
    "ValidationError",
    `The policy ${serviceRolePolicy} does not exist or cannot be used as a session policy.`,
  ],
  [
    "session policies that are too long together",
    ({ stsAsSession }) =>
      stsAsSession.send(
        new AssumeRoleCommand({
          RoleArn: roleArn,
          RoleSessionName: "again",
          Policy: policy(allow("dax:*", `arn:aws:dax:*:*:cache/${"x".repeat(1920)}`)),
          PolicyArns: [{ arn: managed }, { arn: "arn:aws:iam::aws:policy/IAMReadOnlyAccess" }],
        }),
      ),
    "PackedPolicyTooLargeException",
    "Serialized token too large for session: the packed policies are at",
  ],
  [
    "another source identity in a chain",
    ({ stsAsSession }) =>
      stsAsSession.send(
        new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "again", SourceIdentity: "somebody-else" }),
      ),
    "ValidationError",
    "The SourceIdentity of a session cannot be changed by assuming another role.",
  ],
  [
    "an access token of OAuth 2.0",
    ({ sts }) =>
      sts.send(
        new AssumeRoleWithWebIdentityCommand({
          RoleArn: roleArn,
          RoleSessionName: "web",
          WebIdentityToken: "abcd",
          ProviderId: "www.example.com",
        }),
      ),
    "ValidationError",
    "ProviderId is for OAuth 2.0 access tokens; OpenID Connect ID tokens name their issuer.",
  ],
  [
    "a message that was not handed out here",
    ({ sts }) => sts.send(new DecodeAuthorizationMessageCommand({ EncodedMessage: "AAAA" })),
    "InvalidAuthorizationMessageException",
    "The message is not a valid authorization message.",
  ],
  [
    "an unknown access key",
    ({ sts }) => sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: "AKIAUNKNOWNUNKNOWN22" })),
    "ValidationError",
    "The access key id AKIAUNKNOWNUNKNOWN22 is not known here.",
  ],
  [
    "a federation token of a session",
    ({ stsAsSession }) => stsAsSession.send(new GetFederationTokenCommand({ Name: "Guest" })),
    "AccessDenied",
    "Cannot call GetFederationToken with session credentials",
  ],
];

let world: World;
let clients: Clients;
beforeAll(async () => {
  world = await World.open();
  const alice = await world.userWith("Alice", everything);
  const iam = world.iam();
  await iam.send(new CreateUserCommand({ UserName: "Other" }));
  await iam.send(
    new CreateRoleCommand({
      RoleName: "Open",
      AssumeRolePolicyDocument: policy({
        Effect: "Allow",
        Principal: { AWS: account },
        Action: ["sts:AssumeRole", "sts:SetSourceIdentity"],
      }),
    }),
  );
  await iam.send(new PutRolePolicyCommand({ RoleName: "Open", PolicyName: "p", PolicyDocument: everything }));
  await iam.send(new CreatePolicyCommand({ PolicyName: "Two", PolicyDocument: everything }));
  await iam.send(new CreatePolicyVersionCommand({ PolicyArn: policyArn, PolicyDocument: everything }));
  await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: "phone" }));
  await iam.send(
    new CreateOpenIDConnectProviderCommand({
      Url: "https://token.example.com",
      ClientIDList: ["sts"],
      ThumbprintList: ["ab".repeat(20)],
    }),
  );
  await iam.send(new CreateSAMLProviderCommand({ Name: "idp", SAMLMetadataDocument: metadata }));
  const { Credentials } = await world
    .sts(alice)
    .send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "session", SourceIdentity: "alice" }));
  const session = {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken!,
  };
  clients = { iam, asSession: world.iam(session), sts: world.sts(), stsAsSession: world.sts(session) };
});
afterAll(() => world.close());

it.each(rows)("%s is refused with the words for it", async (_what, ask, name, message) => {
  const error = (await ask(clients).then(
    () => new Error("it was answered"),
    (thrown: unknown) => thrown,
  )) as Error;
  expect([error.name, error.message]).toEqual([name, expect.stringContaining(message)]);
});

it("a credential report that has grown old is refused", async () => {
  const other = await World.open();
  const first = await other.iam().send(new GenerateCredentialReportCommand({}));
  expect(first).toMatchObject({
    State: "STARTED",
    Description: "No report exists. Starting a new report generation task",
  });
  expect(await other.iam().send(new GenerateCredentialReportCommand({}))).toMatchObject({ State: "COMPLETE" });
  await other.clock.advance(credentialReportMs);
  await expect(other.iam().send(new GetCredentialReportCommand({}))).rejects.toMatchObject({
    name: "CredentialReportExpiredException",
    message: "The report has expired. Generate a new one.",
  });
  await other.close();
});
