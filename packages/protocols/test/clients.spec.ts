import { CloudWatch, type CloudWatchClientConfig } from "@aws-sdk/client-cloudwatch";
import { ClusterNotFoundFault, DAX } from "@aws-sdk/client-dax";
import { ConditionalCheckFailedException, DynamoDB, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { EC2 } from "@aws-sdk/client-ec2";
import { IAM, NoSuchEntityException } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import { AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from "@aws-sdk/core/protocols";
import { AwsError } from "@hotkeep/core";
import { rawJson } from "@hotkeep/protocols";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bob, makeRouter, Recorder, session, TestServer } from "./server.js";

const recorder = new Recorder();
const server = new TestServer(makeRouter(recorder));
const awkward = "ünïcödé 🎉 <a>&amp;\"'</a> ]]> tab\t line\n cr\r end ";

function configuration(from = bob) {
  const { accessKeyId, secretAccessKey, sessionToken } = from;
  return {
    endpoint: server.endpoint,
    region: "us-west-2",
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  };
}

beforeAll(async () => {
  await server.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  recorder.output = {};
});

describe("the IAM client", () => {
  it("creates a role: form in, XML out, unicode and all", async () => {
    const CreateDate = new Date("2026-11-23T04:05:06Z");
    const role = { Path: "/p/", RoleName: "R", RoleId: "AROA1", Arn: "arn:aws:iam::1:role/p/R", CreateDate };
    recorder.output = { Role: { ...role, Description: awkward, Tags: [{ Key: "k", Value: awkward }], secretField: 1 } };
    const answer = await new IAM(configuration()).createRole({
      RoleName: "R",
      Path: "/p/",
      AssumeRolePolicyDocument: '{"a": "b & c + d % ünï"}',
      MaxSessionDuration: 7200,
      Tags: [
        { Key: "one", Value: "1" },
        { Key: "two", Value: "" },
      ],
    });
    expect(recorder.input).toEqual({
      RoleName: "R",
      Path: "/p/",
      AssumeRolePolicyDocument: '{"a": "b & c + d % ünï"}',
      MaxSessionDuration: 7200,
      Tags: [
        { Key: "one", Value: "1" },
        { Key: "two", Value: "" },
      ],
    });
    expect(answer.Role).toEqual({ ...role, Description: awkward, Tags: [{ Key: "k", Value: awkward }] });
    expect(recorder.call).toMatchObject({
      service: "iam",
      operation: "CreateRole",
      region: "us-east-1",
      account: "123456789012",
    });
    expect(recorder.call).toMatchObject({ sourceIp: "127.0.0.1", secureTransport: false, principal: { name: "Bob" } });
    expect(answer.$metadata.requestId).toBe(recorder.call?.requestId);
  });

  it("deletes a role: no input beyond the name, no result element", async () => {
    const answer = await new IAM(configuration()).deleteRole({ RoleName: "R" });
    expect(recorder.input).toEqual({ RoleName: "R" });
    expect(answer.$metadata.httpStatusCode).toBe(200);
  });

  it("gets a typed error with its wire code and status", async () => {
    recorder.output = new AwsError("NoSuchEntityException", "The role with name R cannot be found. ]]> &");
    const failure = await new IAM(configuration()).getRole({ RoleName: "R" }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NoSuchEntityException);
    expect(failure).toMatchObject({
      message: "The role with name R cannot be found. ]]> &",
      $metadata: { httpStatusCode: 404 },
    });
  });

  it("reads maps, empty lists and page markers", async () => {
    recorder.output = { SummaryMap: { Users: 3, Roles: 0 } };
    expect((await new IAM(configuration()).getAccountSummary({})).SummaryMap).toEqual({ Users: 3, Roles: 0 });
    recorder.output = { Roles: [], IsTruncated: false };
    expect(await new IAM(configuration()).listRoles({})).toMatchObject({ Roles: [], IsTruncated: false });
  });

  it("is told all that is wrong with an input", async () => {
    const failure = await new IAM(configuration())
      .createRole({ RoleName: "bad name", AssumeRolePolicyDocument: "", MaxSessionDuration: 5 })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: "ValidationError",
      message:
        "4 validation errors detected: Value 'bad name' at 'roleName' failed to satisfy constraint: Member must satisfy " +
        "regular expression pattern: [\\w+=,.@-]+; Value '' at 'assumeRolePolicyDocument' failed to satisfy constraint: " +
        "Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+; Value '' at " +
        "'assumeRolePolicyDocument' failed to satisfy constraint: " +
        "Member must have length greater than or equal to 1; Value '5' at 'maxSessionDuration' failed to satisfy " +
        "constraint: Member must have value greater than or equal to 3600",
      $metadata: { httpStatusCode: 400 },
    });
  });
});

describe("the STS client", () => {
  it("assumes a role with a session's credentials", async () => {
    const Expiration = new Date("2026-11-23T05:05:06Z");
    const Credentials = { AccessKeyId: "ASIA1", SecretAccessKey: "s+/", SessionToken: "t//==", Expiration };
    recorder.output = { Credentials, AssumedRoleUser: { Arn: "a", AssumedRoleId: "AROA:x" }, PackedPolicySize: 6 };
    const answer = await new STS(configuration(session)).assumeRole({
      RoleArn: "arn:aws:iam::123456789012:role/R",
      RoleSessionName: "bob@home",
      DurationSeconds: 900,
      TransitiveTagKeys: [],
    });
    expect(answer).toMatchObject({ Credentials, PackedPolicySize: 6 });
    expect(recorder.input).toMatchObject({ RoleSessionName: "bob@home", DurationSeconds: 900, TransitiveTagKeys: [] });
    expect(recorder.call).toMatchObject({ service: "sts", region: "us-west-2", principal: { roleName: "R" } });
  });
});

describe("the EC2 client", () => {
  it("describes subnets with filters", async () => {
    recorder.output = {
      Subnets: [
        { SubnetId: "subnet-1", CidrBlock: "10.0.0.0/20", AvailableIpAddressCount: 4091, DefaultForAz: true, Tags: [] },
        { SubnetId: "subnet-2", Tags: [{ Key: "Name", Value: awkward }] },
      ],
    };
    const answer = await new EC2(configuration()).describeSubnets({
      SubnetIds: ["subnet-1", "subnet-2"],
      Filters: [{ Name: "vpc-id", Values: ["vpc-1", "vpc-2"] }],
      MaxResults: 5,
    });
    expect(recorder.input).toEqual({
      SubnetIds: ["subnet-1", "subnet-2"],
      Filters: [{ Name: "vpc-id", Values: ["vpc-1", "vpc-2"] }],
      MaxResults: 5,
    });
    expect(answer.Subnets).toEqual([
      { SubnetId: "subnet-1", CidrBlock: "10.0.0.0/20", AvailableIpAddressCount: 4091, DefaultForAz: true, Tags: [] },
      { SubnetId: "subnet-2", Tags: [{ Key: "Name", Value: awkward }] },
    ]);
  });

  it("sends nested rules and reads times with milliseconds", async () => {
    const IpPermissions = [
      { IpProtocol: "tcp", FromPort: 8111, ToPort: 8111, IpRanges: [{ CidrIp: "0.0.0.0/0", Description: "all" }] },
    ];
    const ec2 = new EC2(configuration());
    await ec2.authorizeSecurityGroupIngress({ GroupId: "sg-1", IpPermissions });
    expect(recorder.input).toEqual({ GroupId: "sg-1", IpPermissions });
    const AttachTime = new Date("2026-11-23T04:05:06.789Z");
    recorder.output = { NetworkInterfaces: [{ NetworkInterfaceId: "eni-1", Attachment: { AttachTime } }] };
    const answer = await ec2.describeNetworkInterfaces({});
    expect(answer.NetworkInterfaces?.[0]?.Attachment?.AttachTime).toEqual(AttachTime);
  });

  it("gets its own errors: codes with dots, missing parameters, dry runs, unknown parameters", async () => {
    const ec2 = new EC2(configuration());
    recorder.output = new AwsError("InvalidSubnetID.NotFound", "The subnet ID 'x' does not exist");
    await expect(ec2.describeSubnets({ SubnetIds: ["x"] })).rejects.toMatchObject({
      name: "InvalidSubnetID.NotFound",
      message: "The subnet ID 'x' does not exist",
      $metadata: { httpStatusCode: 400 },
    });
    recorder.output = {};
    await expect(ec2.deleteSubnet({ SubnetId: undefined })).rejects.toMatchObject({
      name: "MissingParameter",
      message: "The request must contain the parameter SubnetId",
    });
    await expect(ec2.deleteSubnet({ SubnetId: "subnet-1", DryRun: true })).rejects.toMatchObject({
      name: "DryRunOperation",
      message: "Request would have succeeded, but DryRun flag is set.",
      $metadata: { httpStatusCode: 412 },
    });
  });
});

describe("the DAX client", () => {
  it("creates a cluster and reads its times", async () => {
    const NodeCreateTime = new Date("2026-11-23T04:05:06.509Z");
    recorder.output = { Cluster: { ClusterName: "c", TotalNodes: 1, Nodes: [{ NodeId: "c-a", NodeCreateTime }] } };
    const input = { ClusterName: "DAXCluster01", NodeType: "dax.t3.small", ReplicationFactor: 1, IamRoleArn: "arn" };
    const answer = await new DAX(configuration()).createCluster({ ...input, SSESpecification: { Enabled: true } });
    expect(recorder.input).toEqual({ ...input, SSESpecification: { Enabled: true } });
    expect(answer.Cluster).toEqual({ ClusterName: "c", TotalNodes: 1, Nodes: [{ NodeId: "c-a", NodeCreateTime }] });
    expect(recorder.call).toMatchObject({ service: "dax", region: "us-west-2" });
  });

  it("gets typed errors", async () => {
    recorder.output = new AwsError("ClusterNotFoundFault", "Cluster not found.");
    const failure = await new DAX(configuration()).deleteCluster({ ClusterName: "c" }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ClusterNotFoundFault);
    expect(failure).toMatchObject({ message: "Cluster not found.", $metadata: { httpStatusCode: 404 } });
  });
});

describe("the DynamoDB client", () => {
  const item = {
    pk: { S: awkward },
    n: { N: "3.1415926535897932384626433832795028841" },
    b: { B: new Uint8Array([0, 255, 10]) },
    l: { L: [{ NULL: true as const }, { BOOL: false }, { M: { __proto__x: { SS: ["a", "b"] } } }] },
  };

  it("puts an item, whose values arrive as JSON", async () => {
    await new DynamoDB(configuration()).putItem({
      TableName: "Books",
      Item: item,
      ExpressionAttributeNames: { "#p": "pk" },
      ConditionExpression: "attribute_not_exists(#p)",
    });
    expect(recorder.input).toEqual({
      TableName: "Books",
      Item: { ...item, b: { B: "AP8K" } },
      ExpressionAttributeNames: { "#p": "pk" },
      ConditionExpression: "attribute_not_exists(#p)",
    });
  });

  it("gets an item that was encoded already, with its checksum", async () => {
    recorder.output = rawJson(Buffer.from('{"Item":{"b":{"B":"AP8K"},"__proto__":{"N":"1"}}}'));
    const answer = await new DynamoDB(configuration()).getItem({ TableName: "Books", Key: { pk: { S: "x" } } });
    expect(answer.Item?.b).toEqual({ B: new Uint8Array([0, 255, 10]) });
    expect(server.lastHeaders["x-amz-crc32"]).toMatch(/^\d+$/);
    expect(server.lastHeaders["content-type"]).toBe("application/x-amz-json-1.0");
  });

  it("describes a table: times in seconds", async () => {
    const CreationDateTime = new Date("2026-11-23T04:05:06.123Z");
    recorder.output = { Table: { TableName: "Books", CreationDateTime, ItemCount: 12, KeySchema: [] } };
    const answer = await new DynamoDB(configuration()).describeTable({ TableName: "Books" });
    expect(answer.Table).toEqual({ TableName: "Books", CreationDateTime, ItemCount: 12, KeySchema: [] });
  });

  it("gets typed errors with their members", async () => {
    const dynamo = new DynamoDB(configuration());
    recorder.output = new AwsError("ConditionalCheckFailedException", "The conditional request failed", {
      members: { Item: { pk: { S: "x" } }, internal: "stays inside" },
    });
    const failed = await dynamo.putItem({ TableName: "Books", Item: item }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ConditionalCheckFailedException);
    expect(failed).toMatchObject({ message: "The conditional request failed", Item: { pk: { S: "x" } } });
    expect(failed).not.toHaveProperty("internal");
    recorder.output = new AwsError("TransactionCanceledException", "Transaction cancelled", {
      members: { CancellationReasons: [{ Code: "None" }, { Code: "ConditionalCheckFailed", Message: "no" }] },
    });
    const cancelled = await dynamo.transactWriteItems({ TransactItems: [{}] }).catch((error: unknown) => error);
    expect(cancelled).toBeInstanceOf(TransactionCanceledException);
    expect(cancelled).toMatchObject({
      message: "Transaction cancelled",
      CancellationReasons: [{ Code: "None" }, { Code: "ConditionalCheckFailed", Message: "no" }],
    });
  });
});

describe.each([
  ["JSON", undefined],
  ["CBOR", AwsSmithyRpcV2CborProtocol],
  ["the query protocol", AwsQueryProtocol],
])("the CloudWatch client in %s", (_name, protocol) => {
  const client = () =>
    new CloudWatch({ ...configuration(), ...(protocol === undefined ? {} : { protocol }) } as CloudWatchClientConfig);

  it("gets times, whole floats and texts as they are", async () => {
    const Timestamps = [new Date("2026-11-23T04:05:00Z"), new Date("2026-11-23T04:06:00Z")];
    recorder.output = {
      MetricDataResults: [{ Id: "m1", Label: awkward, Timestamps, Values: [3, 0.25], StatusCode: "Complete" }],
    };
    const input = {
      MetricDataQueries: [
        {
          Id: "m1",
          MetricStat: {
            Metric: {
              Namespace: "AWS/DAX",
              MetricName: "ItemCacheHits",
              Dimensions: [{ Name: "ClusterId", Value: "c" }],
            },
            Period: 60,
            Stat: "Sum",
          },
        },
      ],
      StartTime: new Date("2026-11-23T04:00:00Z"),
      EndTime: new Date("2026-11-23T05:00:00Z"),
      MaxDatapoints: 10,
    };
    const answer = await client().getMetricData(input);
    expect(recorder.input).toEqual(input);
    expect(answer.MetricDataResults).toEqual([
      { Id: "m1", Label: awkward, Timestamps, Values: [3, 0.25], StatusCode: "Complete" },
    ]);
    expect(recorder.call).toMatchObject({ service: "monitoring", operation: "GetMetricData", region: "us-west-2" });
  });

  it("knows an error by the name that its code has in the query protocol", async () => {
    recorder.output = new AwsError("InvalidParameterValueException", "no such period");
    await expect(client().listMetrics({})).rejects.toMatchObject({
      name: expect.stringMatching(/^InvalidParameterValue(Exception)?$/),
      message: expect.stringContaining("no such period"),
    });
  });

  it("hears of a wrong signature and of a broken constraint", async () => {
    const wrong = new CloudWatch({
      ...configuration({ ...bob, secretAccessKey: "wrong" }),
      ...(protocol === undefined ? {} : { protocol }),
    } as CloudWatchClientConfig);
    await expect(wrong.listMetrics({})).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
    await expect(client().listMetrics({ Namespace: ":colon" })).rejects.toThrow(
      "'namespace' failed to satisfy constraint",
    );
  });
});
