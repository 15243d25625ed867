/**
 * What is generated: one entry a service. `operations` limits a large service to what Hotkeep may ever answer; `model` is
 * the model's folder where it is not `name`; `protocols` are what clients speak where it is more than the model's first.
 */
export const services = [
  { name: "iam", client: "@aws-sdk/client-iam", types: "IamOperations" },
  { name: "sts", client: "@aws-sdk/client-sts", types: "StsOperations" },
  {
    name: "ec2",
    client: "@aws-sdk/client-ec2",
    types: "Ec2Operations",
    // EC2's guide prints the namespace with a slash, its model without.
    xmlNamespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
    operations: [
      "AuthorizeSecurityGroupEgress",
      "AuthorizeSecurityGroupIngress",
      "CreateDefaultSubnet",
      "CreateDefaultVpc",
      "CreateNetworkInterface",
      "CreateSecurityGroup",
      "CreateSubnet",
      "CreateTags",
      "CreateVpc",
      "DeleteNetworkInterface",
      "DeleteSecurityGroup",
      "DeleteSubnet",
      "DeleteTags",
      "DeleteVpc",
      "DescribeAccountAttributes",
      "DescribeAvailabilityZones",
      "DescribeDhcpOptions",
      "DescribeInternetGateways",
      "DescribeNetworkAcls",
      "DescribeNetworkInterfaceAttribute",
      "DescribeNetworkInterfaces",
      "DescribeRegions",
      "DescribeRouteTables",
      "DescribeSecurityGroupRules",
      "DescribeSecurityGroups",
      "DescribeSubnets",
      "DescribeTags",
      "DescribeVpcAttribute",
      "DescribeVpcs",
      "ModifyNetworkInterfaceAttribute",
      "ModifySecurityGroupRules",
      "ModifySubnetAttribute",
      "ModifyVpcAttribute",
      "RevokeSecurityGroupEgress",
      "RevokeSecurityGroupIngress",
      "UpdateSecurityGroupRuleDescriptionsEgress",
      "UpdateSecurityGroupRuleDescriptionsIngress",
    ],
  },
  { name: "dax", client: "@aws-sdk/client-dax", types: "DaxOperations" },
  {
    name: "dynamodb",
    client: "@aws-sdk/client-dynamodb",
    types: "DynamoDbOperations",
    // Left as parsed JSON: the tables room checks, measures and stores attribute values in one walk of its own.
    opaque: ["AttributeValue"],
    dataPlane: true,
  },
  {
    name: "dynamodbstreams",
    // What its clients sign for: it is a part of DynamoDB with a target prefix of its own.
    signing: "dynamodb",
    client: "@aws-sdk/client-dynamodb-streams",
    types: "DynamoDbStreamsOperations",
    opaque: ["AttributeValue"],
    dataPlane: true,
  },
  {
    // CloudWatch, by its signing name.
    name: "monitoring",
    model: "cloudwatch",
    client: "@aws-sdk/client-cloudwatch",
    types: "CloudWatchOperations",
    namespace: "com.amazonaws.cloudwatch",
    // Its SDKs differ: JSON from JavaScript, CBOR from the CLI and Python, the query protocol from older ones.
    protocols: ["json", "cbor", "query"],
    operations: ["GetMetricData", "GetMetricStatistics", "ListMetrics"],
  },
];

/** Services of our own: generated from models/<name>/<version>/service-2.json alone. */
export const ownServices = [
  { name: "hotkeep", version: "2026-11-01", types: "HotkeepOperations", opaque: ["AttributeValue"] },
];
