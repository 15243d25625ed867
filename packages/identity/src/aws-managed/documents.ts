/** What one of AWS's managed policies says, cut down to the services that exist here (documented names and paths). */
export interface AwsManagedDocument {
  readonly name: string;
  /** `/`, `/aws-service-role/` … */
  readonly path: string;
  readonly description: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly statements: readonly Readonly<Record<string, unknown>>[];
}

const everything = "*";

/** The twelve actions the DAX control plane needs of EC2, and no more (documented). */
const daxServiceActions = [
  "ec2:AuthorizeSecurityGroupIngress",
  "ec2:CreateNetworkInterface",
  "ec2:CreateSecurityGroup",
  "ec2:DeleteNetworkInterface",
  "ec2:DeleteSecurityGroup",
  "ec2:DescribeAvailabilityZones",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSubnets",
  "ec2:DescribeVpcs",
  "ec2:ModifyNetworkInterfaceAttribute",
  "ec2:RevokeSecurityGroupIngress",
];

const passRoleToDax = {
  Effect: "Allow",
  Action: "iam:PassRole",
  Resource: everything,
  Condition: { StringLike: { "iam:PassedToService": ["application-autoscaling.amazonaws.com", "dax.amazonaws.com"] } },
};

const dynamoDbConsoleReads = [
  "ec2:DescribeVpcs",
  "ec2:DescribeSubnets",
  "ec2:DescribeSecurityGroups",
  "iam:GetRole",
  "iam:ListRoles",
];

/** The AWS managed policies that every account can attach, and those that belong to service-linked roles. */
export const awsManagedDocuments: readonly AwsManagedDocument[] = [
  {
    name: "AdministratorAccess",
    path: "/",
    description: "Provides full access to AWS services and resources.",
    createdAt: "2015-02-06T18:39:46Z",
    statements: [{ Effect: "Allow", Action: everything, Resource: everything }],
  },
  {
    name: "PowerUserAccess",
    path: "/",
    description: "Full access to services and resources, but not to the management of users and groups.",
    createdAt: "2015-02-06T18:39:47Z",
    statements: [
      { Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: everything },
      {
        Effect: "Allow",
        Action: ["iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole", "iam:ListRoles"],
        Resource: everything,
      },
    ],
  },
  {
    name: "ReadOnlyAccess",
    path: "/",
    description: "Read-only access to services and resources.",
    createdAt: "2015-02-06T18:39:48Z",
    statements: [
      {
        Effect: "Allow",
        Action: [
          "dax:BatchGetItem",
          "dax:Describe*",
          "dax:GetItem",
          "dax:ListTags",
          "dax:Query",
          "dax:Scan",
          "dynamodb:BatchGet*",
          "dynamodb:Describe*",
          "dynamodb:Get*",
          "dynamodb:List*",
          "dynamodb:PartiQLSelect",
          "dynamodb:Query",
          "dynamodb:Scan",
          "ec2:Describe*",
          "iam:Generate*",
          "iam:Get*",
          "iam:List*",
          "iam:Simulate*",
          "sts:GetAccessKeyInfo",
          "sts:GetCallerIdentity",
          "sts:GetSessionToken",
        ],
        Resource: everything,
      },
    ],
  },
  {
    name: "IAMFullAccess",
    path: "/",
    description: "Full access to IAM.",
    createdAt: "2015-02-06T18:40:38Z",
    statements: [{ Effect: "Allow", Action: ["iam:*"], Resource: everything }],
  },
  {
    name: "IAMReadOnlyAccess",
    path: "/",
    description: "Read-only access to IAM.",
    createdAt: "2015-02-06T18:40:39Z",
    statements: [
      {
        Effect: "Allow",
        Action: [
          "iam:GenerateCredentialReport",
          "iam:GenerateServiceLastAccessedDetails",
          "iam:Get*",
          "iam:List*",
          "iam:SimulateCustomPolicy",
          "iam:SimulatePrincipalPolicy",
        ],
        Resource: everything,
      },
    ],
  },
  {
    name: "IAMUserChangePassword",
    path: "/",
    description: "Lets a user change the own password.",
    createdAt: "2016-11-15T00:25:16Z",
    statements: [
      { Effect: "Allow", Action: ["iam:ChangePassword"], Resource: ["arn:aws:iam::*:user/$" + "{aws:username}"] },
      { Effect: "Allow", Action: ["iam:GetAccountPasswordPolicy"], Resource: everything },
    ],
  },
  {
    name: "AmazonDynamoDBFullAccess",
    path: "/",
    description: "Full access to DynamoDB and DAX.",
    createdAt: "2015-02-06T18:40:11Z",
    statements: [
      { Effect: "Allow", Action: ["dynamodb:*", "dax:*", ...dynamoDbConsoleReads], Resource: everything },
      passRoleToDax,
      {
        Effect: "Allow",
        Action: ["iam:CreateServiceLinkedRole"],
        Resource: everything,
        Condition: {
          StringEquals: {
            "iam:AWSServiceName": [
              "replication.dynamodb.amazonaws.com",
              "dax.amazonaws.com",
              "dynamodb.application-autoscaling.amazonaws.com",
              "contributorinsights.dynamodb.amazonaws.com",
              "kinesisreplication.dynamodb.amazonaws.com",
            ],
          },
        },
      },
    ],
  },
  {
    name: "AmazonDynamoDBFullAccess_v2",
    path: "/",
    description: "Full access to DynamoDB and DAX.",
    createdAt: "2024-07-11T17:32:00Z",
    statements: [
      { Effect: "Allow", Action: ["dynamodb:*", "dax:*", ...dynamoDbConsoleReads], Resource: everything },
      passRoleToDax,
      {
        Effect: "Allow",
        Action: ["iam:CreateServiceLinkedRole"],
        Resource: everything,
        Condition: {
          StringEquals: {
            "iam:AWSServiceName": [
              "replication.dynamodb.amazonaws.com",
              "dax.amazonaws.com",
              "dynamodb.application-autoscaling.amazonaws.com",
              "contributorinsights.dynamodb.amazonaws.com",
              "kinesisreplication.dynamodb.amazonaws.com",
            ],
          },
        },
      },
    ],
  },
  {
    name: "AmazonDynamoDBReadOnlyAccess",
    path: "/",
    description: "Read-only access to DynamoDB and DAX.",
    createdAt: "2015-02-06T18:40:12Z",
    statements: [
      {
        Effect: "Allow",
        Action: [
          "dax:BatchGetItem",
          "dax:Describe*",
          "dax:GetItem",
          "dax:List*",
          "dax:Query",
          "dax:Scan",
          "dynamodb:BatchGetItem",
          "dynamodb:Describe*",
          "dynamodb:GetItem",
          "dynamodb:GetRecords",
          "dynamodb:GetResourcePolicy",
          "dynamodb:GetShardIterator",
          "dynamodb:List*",
          "dynamodb:PartiQLSelect",
          "dynamodb:Query",
          "dynamodb:Scan",
          ...dynamoDbConsoleReads,
        ],
        Resource: everything,
      },
    ],
  },
  {
    name: "AWSDenyAll",
    path: "/",
    description: "Denies everything.",
    createdAt: "2019-05-01T22:36:14Z",
    statements: [{ Sid: "DenyAll", Effect: "Deny", Action: [everything], Resource: everything }],
  },
  {
    name: "DAXServiceRolePolicy",
    path: "/aws-service-role/",
    description: "Lets DAX manage what its clusters need on behalf of the customer.",
    createdAt: "2018-03-05T17:51:25Z",
    statements: [{ Effect: "Allow", Action: daxServiceActions, Resource: everything }],
  },
];
