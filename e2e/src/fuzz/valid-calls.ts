import type { ItemClient } from "../case-study/operations.js";
import type { AwsClients } from "./aws-clients.js";

/** What calls about a running account can name. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly groupId: string;
}

/** A table of the documents' world, and one of its keys. */
const Books = "Books";
const Key = { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } };
const Item = {
  ...Key,
  Year: { N: "1897" },
  Price: { N: "-12.50e1" },
  Cover: { B: Buffer.from("cover") },
  Tags: { SS: ["horror", "classic"] },
  Prices: { NS: ["1", "2.5"] },
  Scans: { BS: [Buffer.from([0]), Buffer.from([1, 2])] },
  Out: { BOOL: true },
  Sequel: { NULL: true },
  Chapters: { L: [{ S: "one" }, { M: { Pages: { N: "12" }, Notes: { L: [{ S: "deep" }] } } }] },
};
const names = { "#y": "Year", "#c": "Chapters" };

const policy = (statement: object): string => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });

function iamCalls({ iam }: AwsClients, account: string): Promise<unknown>[] {
  const PolicyArn = `arn:aws:iam::${account}:policy/AliceAccessPolicy`;
  const Tags = [
    { Key: "team", Value: "red" },
    { Key: "cost", Value: "" },
  ];
  const trust = policy({
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: "sts:AssumeRole",
  });
  const document = policy({
    Sid: "Read",
    Effect: "Allow",
    Action: ["dynamodb:GetItem", "dynamodb:Batch*"],
    NotResource: [`arn:aws:dynamodb:*:${account}:table/Books*`],
    Condition: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
      "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["${aws:username}-*"] },
      IpAddress: { "aws:SourceIp": "10.0.0.0/8" },
      NumericLessThanEquals: { "aws:MultiFactorAuthAge": "3600" },
      DateGreaterThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" },
      Null: { "aws:TokenIssueTime": "true" },
    },
  });
  return [
    iam.createUser({ UserName: "Fuzz", Path: "/a/b/", Tags }),
    iam.getUser({ UserName: "Alice" }),
    iam.listUsers({ PathPrefix: "/", MaxItems: 2 }),
    iam.updateUser({ UserName: "Fuzz", NewUserName: "Fuzz2", NewPath: "/c/" }),
    iam.deleteUser({ UserName: "Fuzz2" }),
    iam.tagUser({ UserName: "Fuzz", Tags }),
    iam.untagUser({ UserName: "Fuzz", TagKeys: ["team", "cost"] }),
    iam.createGroup({ GroupName: "FuzzGroup", Path: "/" }),
    iam.addUserToGroup({ GroupName: "FuzzGroup", UserName: "Fuzz" }),
    iam.getGroup({ GroupName: "FuzzGroup", MaxItems: 1 }),
    iam.deleteGroup({ GroupName: "FuzzGroup" }),
    iam.createRole({ RoleName: "FuzzRole", AssumeRolePolicyDocument: trust, MaxSessionDuration: 3600, Tags }),
    iam.getRole({ RoleName: "BobUserRole" }),
    iam.updateAssumeRolePolicy({ RoleName: "FuzzRole", PolicyDocument: trust }),
    iam.deleteRole({ RoleName: "FuzzRole" }),
    iam.listRoles({ Marker: "AAAA" }),
    iam.createPolicy({ PolicyName: "FuzzPolicy", PolicyDocument: document, Description: "fuzz", Tags }),
    iam.createPolicyVersion({ PolicyArn, PolicyDocument: document, SetAsDefault: false }),
    iam.getPolicyVersion({ PolicyArn, VersionId: "v1" }),
    iam.deletePolicyVersion({ PolicyArn, VersionId: "v2" }),
    iam.listPolicies({ Scope: "Local", OnlyAttached: true, PolicyUsageFilter: "PermissionsPolicy" }),
    iam.attachUserPolicy({ UserName: "Fuzz", PolicyArn }),
    iam.detachUserPolicy({ UserName: "Fuzz", PolicyArn }),
    iam.putUserPolicy({ UserName: "Fuzz", PolicyName: "inline", PolicyDocument: document }),
    iam.putRolePolicy({ RoleName: "FuzzRole", PolicyName: "inline", PolicyDocument: document }),
    iam.getUserPolicy({ UserName: "Fuzz", PolicyName: "inline" }),
    iam.putUserPermissionsBoundary({ UserName: "Fuzz", PermissionsBoundary: PolicyArn }),
    iam.createAccessKey({ UserName: "Fuzz" }),
    iam.updateAccessKey({ UserName: "Fuzz", AccessKeyId: "AKIAFUZZFUZZFUZZFUZZ", Status: "Inactive" }),
    iam.listAccessKeys({ UserName: "Fuzz" }),
    iam.getAccessKeyLastUsed({ AccessKeyId: "AKIAFUZZFUZZFUZZFUZZ" }),
    iam.getAccountAuthorizationDetails({ Filter: ["User", "Role"], MaxItems: 2 }),
    iam.getAccountSummary({}),
    iam.createServiceLinkedRole({ AWSServiceName: "dax.amazonaws.com", Description: "fuzz" }),
    iam.deleteServiceLinkedRole({ RoleName: "AWSServiceRoleForFuzz" }),
    iam.simulateCustomPolicy({
      PolicyInputList: [document],
      ActionNames: ["dynamodb:GetItem"],
      ResourceArns: [`arn:aws:dynamodb:us-west-2:${account}:table/Books`],
      ContextEntries: [{ ContextKeyName: "aws:username", ContextKeyType: "string", ContextKeyValues: ["x"] }],
    }),
    iam.simulatePrincipalPolicy({
      PolicySourceArn: `arn:aws:iam::${account}:user/Alice`,
      ActionNames: ["dax:GetItem"],
    }),
    iam.generateServiceLastAccessedDetails({ Arn: `arn:aws:iam::${account}:user/Alice` }),
  ];
}

function stsCalls({ sts }: AwsClients, account: string): Promise<unknown>[] {
  const RoleArn = `arn:aws:iam::${account}:role/BobUserRole`;
  return [
    sts.getCallerIdentity({}),
    sts.assumeRole({
      RoleArn,
      RoleSessionName: "fuzz",
      DurationSeconds: 900,
      Policy: policy({ Effect: "Deny", Action: "*", Resource: "*" }),
      Tags: [{ Key: "team", Value: "red" }],
      TransitiveTagKeys: ["team"],
      ExternalId: "x".repeat(4),
    }),
    sts.getSessionToken({ DurationSeconds: 900 }),
    sts.getFederationToken({ Name: "fuzz", DurationSeconds: 900 }),
    sts.getAccessKeyInfo({ AccessKeyId: "AKIAFUZZFUZZFUZZFUZZ" }),
    sts.decodeAuthorizationMessage({ EncodedMessage: "AAAA" }),
  ];
}

function ec2Calls({ ec2 }: AwsClients, { vpcId, subnetId, groupId }: Place): Promise<unknown>[] {
  const Filters = [{ Name: "vpc-id", Values: [vpcId, "*"] }];
  const IpPermissions = [
    {
      IpProtocol: "tcp",
      FromPort: 8111,
      ToPort: 9111,
      IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "fuzz" }],
      Ipv6Ranges: [{ CidrIpv6: "fd00::/8" }],
      UserIdGroupPairs: [{ GroupId: groupId }],
    },
  ];
  return [
    ec2.describeVpcs({ Filters, MaxResults: 5 }),
    ec2.describeSubnets({ SubnetIds: [subnetId], Filters }),
    ec2.describeSecurityGroups({ GroupNames: ["default"], Filters }),
    ec2.describeSecurityGroupRules({ Filters: [{ Name: "group-id", Values: [groupId] }] }),
    ec2.describeNetworkInterfaces({ Filters, NextToken: "AAAA" }),
    ec2.describeAvailabilityZones({ ZoneNames: ["us-west-2a"] }),
    ec2.createVpc({ CidrBlock: "10.1.0.0/16", DryRun: false }),
    ec2.createSubnet({ VpcId: vpcId, CidrBlock: "127.31.240.0/24", AvailabilityZone: "us-west-2a" }),
    ec2.createSecurityGroup({ GroupName: "fuzz", Description: "fuzz", VpcId: vpcId }),
    ec2.authorizeSecurityGroupIngress({ GroupId: groupId, IpPermissions }),
    ec2.revokeSecurityGroupIngress({ GroupId: groupId, IpPermissions }),
    ec2.authorizeSecurityGroupEgress({ GroupId: groupId, IpPermissions }),
    ec2.deleteSecurityGroup({ GroupId: "sg-0123456789abcdef0" }),
    ec2.createNetworkInterface({ SubnetId: subnetId, Description: "fuzz", Groups: [groupId], ClientToken: "fuzz" }),
    ec2.deleteNetworkInterface({ NetworkInterfaceId: "eni-0123456789abcdef0" }),
    ec2.modifyNetworkInterfaceAttribute({
      NetworkInterfaceId: "eni-0123456789abcdef0",
      Description: { Value: "fuzz" },
    }),
    ec2.modifyVpcAttribute({ VpcId: vpcId, EnableDnsSupport: { Value: true } }),
    ec2.createTags({ Resources: [vpcId], Tags: [{ Key: "team", Value: "red" }] }),
    ec2.describeTags({ Filters: [{ Name: "key", Values: ["team"] }] }),
  ];
}

/** Nothing here may start, stop or change a node: that is another test's. */
function daxCalls({ dax }: AwsClients, { account, region, subnetId, groupId }: Place): Promise<unknown>[] {
  const ResourceName = `arn:aws:dax:${region}:${account}:cache/DAXCluster01`;
  const absent = { ClusterName: "nowhere" };
  return [
    dax.createCluster({
      ClusterName: "fuzz",
      NodeType: "dax.t3.small",
      ReplicationFactor: 3,
      AvailabilityZones: ["us-west-2a", "us-west-2b", "us-west-2c"],
      SubnetGroupName: "fuzz",
      SecurityGroupIds: [groupId],
      PreferredMaintenanceWindow: "sun:05:00-sun:09:00",
      IamRoleArn: `arn:aws:iam::${account}:role/Absent`,
      SSESpecification: { Enabled: true },
      ClusterEndpointEncryptionType: "NONE",
      Tags: [{ Key: "team", Value: "red" }],
    }),
    dax.describeClusters({ ClusterNames: ["DAXCluster01"], MaxResults: 20 }),
    dax.updateCluster({ ...absent, Description: "fuzz", SecurityGroupIds: [groupId] }),
    dax.deleteCluster(absent),
    dax.increaseReplicationFactor({ ...absent, NewReplicationFactor: 2, AvailabilityZones: ["us-west-2a"] }),
    dax.decreaseReplicationFactor({ ...absent, NewReplicationFactor: 1, NodeIdsToRemove: ["nowhere-b"] }),
    dax.rebootNode({ ...absent, NodeId: "nowhere-a" }),
    dax.createSubnetGroup({ SubnetGroupName: "fuzz", Description: "fuzz", SubnetIds: [subnetId] }),
    dax.updateSubnetGroup({ SubnetGroupName: "fuzz", SubnetIds: [subnetId] }),
    dax.describeSubnetGroups({ SubnetGroupNames: ["fuzz"], NextToken: "AAAA" }),
    dax.deleteSubnetGroup({ SubnetGroupName: "fuzz" }),
    dax.createParameterGroup({ ParameterGroupName: "fuzz", Description: "fuzz" }),
    dax.updateParameterGroup({
      ParameterGroupName: "fuzz",
      ParameterNameValues: [{ ParameterName: "record-ttl-millis", ParameterValue: "1000" }],
    }),
    dax.describeParameters({ ParameterGroupName: "fuzz", Source: "user", MaxResults: 20 }),
    dax.describeDefaultParameters({}),
    dax.deleteParameterGroup({ ParameterGroupName: "fuzz" }),
    dax.describeEvents({ SourceType: "CLUSTER", StartTime: new Date(1_795_000_000_000), Duration: 60 }),
    dax.tagResource({ ResourceName, Tags: [{ Key: "team", Value: "red" }] }),
    dax.untagResource({ ResourceName, TagKeys: ["team"] }),
    dax.listTags({ ResourceName }),
  ];
}

/** Valid calls of all ten operations on items, for the SDK's client and for DAX's. */
export function itemCalls(dynamodb: ItemClient): Promise<unknown>[] {
  const projection = { ProjectionExpression: "#y, #c[1].Pages, Cover", ExpressionAttributeNames: names };
  const write = { TableName: Books, Key };
  return [
    dynamodb.getItem({ ...write, ...projection, ConsistentRead: true, ReturnConsumedCapacity: "TOTAL" }),
    dynamodb.putItem({ TableName: Books, Item, ReturnValues: "ALL_OLD" }),
    dynamodb.putItem({
      TableName: Books,
      Item,
      ConditionExpression: "attribute_not_exists(Author) OR #y BETWEEN :a AND :b AND contains(Tags, :s)",
      ExpressionAttributeNames: { "#y": "Year" },
      ExpressionAttributeValues: { ":a": { N: "0" }, ":b": { N: "3000" }, ":s": { S: "horror" } },
    }),
    dynamodb.putItem({ TableName: Books, Item, Expected: { Year: { ComparisonOperator: "NULL" } } }),
    dynamodb.updateItem({
      ...write,
      UpdateExpression: "SET #y = if_not_exists(#y, :n) + :n, #c = list_append(#c, :l) REMOVE Cover ADD Prices :p",
      ConditionExpression: "size(#c) < :n AND NOT begins_with(Author, :s)",
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: {
        ":n": { N: "1000" },
        ":l": { L: [{ S: "new" }] },
        ":p": { NS: ["3"] },
        ":s": { S: "X" },
      },
      ReturnValues: "UPDATED_NEW",
    }),
    dynamodb.updateItem({ ...write, AttributeUpdates: { Year: { Action: "ADD", Value: { N: "1" } } } }),
    dynamodb.deleteItem({
      ...write,
      ConditionExpression: "attribute_type(Author, :t)",
      ExpressionAttributeValues: { ":t": { S: "N" } },
    }),
    dynamodb.query({
      TableName: Books,
      KeyConditionExpression: "Author = :a AND begins_with(Title, :t)",
      FilterExpression: "#y > :y OR attribute_exists(#c)",
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ":a": { S: "Bram Stoker" }, ":t": { S: "D" }, ":y": { N: "1800" } },
      Limit: 2,
      ScanIndexForward: false,
      ExclusiveStartKey: Key,
    }),
    dynamodb.query({
      TableName: Books,
      KeyConditions: { Author: { ComparisonOperator: "EQ", AttributeValueList: [{ S: "Bram Stoker" }] } },
      QueryFilter: { Year: { ComparisonOperator: "GT", AttributeValueList: [{ N: "1" }] } },
      ConditionalOperator: "AND",
    }),
    dynamodb.scan({ TableName: Books, TotalSegments: 4, Segment: 1, Limit: 5, Select: "COUNT", ...projection }),
    dynamodb.batchGetItem({ RequestItems: { Books: { Keys: [Key], ...projection } } }),
    dynamodb.batchWriteItem({
      RequestItems: { Books: [{ PutRequest: { Item } }, { DeleteRequest: { Key: { ...Key, Title: { S: "Gone" } } } }] },
    }),
    dynamodb.transactGetItems({ TransactItems: [{ Get: { ...write, ...projection } }] }),
    dynamodb.transactWriteItems({
      ClientRequestToken: "fuzz",
      TransactItems: [
        { Put: { TableName: Books, Item } },
        {
          ConditionCheck: {
            TableName: Books,
            Key: { ...Key, Title: { S: "Other" } },
            ConditionExpression: "attribute_not_exists(Author)",
          },
        },
        { Delete: { TableName: Books, Key: { ...Key, Title: { S: "Gone" } } } },
      ],
    }),
  ];
}

function tableCalls({ dynamodb }: AwsClients, { account, region }: Place): Promise<unknown>[] {
  const ResourceArn = `arn:aws:dynamodb:${region}:${account}:table/Books`;
  const index = {
    IndexName: "byYear",
    KeySchema: [{ AttributeName: "Year", KeyType: "HASH" as const }],
    Projection: { ProjectionType: "INCLUDE" as const, NonKeyAttributes: ["Pages"] },
  };
  const AttributeDefinitions = [
    { AttributeName: "Author", AttributeType: "S" as const },
    { AttributeName: "Year", AttributeType: "N" as const },
  ];
  return [
    dynamodb.createTable({
      TableName: "Fuzz",
      AttributeDefinitions,
      KeySchema: [{ AttributeName: "Author", KeyType: "HASH" }],
      GlobalSecondaryIndexes: [index],
      BillingMode: "PAY_PER_REQUEST",
      StreamSpecification: { StreamEnabled: false },
      Tags: [{ Key: "team", Value: "red" }],
    }),
    dynamodb.describeTable({ TableName: Books }),
    dynamodb.listTables({ ExclusiveStartTableName: "A", Limit: 1 }),
    dynamodb.updateTable({ TableName: "Fuzz", AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: index }] }),
    dynamodb.deleteTable({ TableName: "Fuzz" }),
    dynamodb.updateTimeToLive({ TableName: "Fuzz", TimeToLiveSpecification: { Enabled: true, AttributeName: "ttl" } }),
    dynamodb.describeTimeToLive({ TableName: Books }),
    dynamodb.tagResource({ ResourceArn, Tags: [{ Key: "team", Value: "red" }] }),
    dynamodb.listTagsOfResource({ ResourceArn }),
    dynamodb.describeLimits({}),
    dynamodb.describeEndpoints({}),
  ];
}

/** Makes one valid call of every kind that the fuzzers start from, as a person would with the SDK's clients. */
export function validCalls(clients: AwsClients, place: Place): readonly Promise<unknown>[] {
  return [
    ...iamCalls(clients, place.account),
    ...stsCalls(clients, place.account),
    ...ec2Calls(clients, place),
    ...daxCalls(clients, place),
    ...itemCalls(clients.dynamodb),
    ...tableCalls(clients, place),
  ];
}
