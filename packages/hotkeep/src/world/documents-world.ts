import { AwsError, HotkeepError, systemClock } from "@hotkeep/core";
import type {
  DaxOperations,
  DynamoDbOperations,
  IamOperations,
  OperationTypes,
  Router,
  ServiceName,
  SigningCredentials,
} from "@hotkeep/protocols";
import { books } from "./books.js";
import { aliceAccessPolicy, bobAccessPolicy, daxAccessPolicy, trustService, trustUser } from "./policies.js";

/** Keys of the world's people, for the shared credentials file. */
export interface WorldKeys {
  readonly alice: SigningCredentials;
  readonly bob: SigningCredentials;
}

/** Where and as whom the world is made. */
export interface WorldMaker {
  readonly router: Router;
  readonly account: string;
  readonly region: string;
  readonly rootKey: SigningCredentials;
  /** The tables are at an endpoint that others may use: a table `Books` with anything in it is left alone. */
  readonly tablesMayBeOthers: boolean;
}

/** What an earlier start, killed on the way, has made already is as good as made now. */
const alreadyThere = new Set(["EntityAlreadyExistsException", "ResourceInUseException", "ClusterAlreadyExistsFault"]);

/** Calls one service as the account's root user, typed by the service's models. */
function caller<Types extends OperationTypes>({ router, region, rootKey }: WorldMaker, service: ServiceName) {
  const scope = service === "iam" ? "us-east-1" : region;
  const call = async <Name extends keyof Types & string>(operation: Name, input: Types[Name]["input"]) => {
    const output = await router.invoke({ service, operation, input, region: scope, credentials: rootKey });
    return output as Types[Name]["output"];
  };
  /** Answers whether it was made now. */
  const ensure = async <Name extends keyof Types & string>(operation: Name, input: Types[Name]["input"]) => {
    try {
      await call(operation, input);
      return true;
    } catch (error) {
      if (error instanceof AwsError && alreadyThere.has(error.code)) return false;
      throw error;
    }
  };
  return { call, ensure };
}

const batchSize = 25;

type DynamoDb = ReturnType<typeof caller<DynamoDbOperations>>;

/** An endpoint may take a while to make a table. */
const tableActiveMs = 60_000;
const tableLookMs = 250;

async function whenActive({ call }: DynamoDb): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += tableLookMs) {
    const { Table } = (await call("DescribeTable", { TableName: "Books" })) as {
      readonly Table?: { readonly TableStatus?: string };
    };
    if (Table?.TableStatus === "ACTIVE") return;
    if (waitedMs >= tableActiveMs) {
      throw new HotkeepError("WorldNotMade", `table Books is ${Table?.TableStatus} after ${tableActiveMs} ms`, {
        help: "start again when it is ACTIVE",
      });
    }
    await new Promise<void>((resolve) => systemClock.after(tableLookMs, resolve));
  }
}

async function isEmpty({ call }: DynamoDb): Promise<boolean> {
  const page = (await call("Scan", { TableName: "Books", Limit: 1 })) as { readonly Count?: number };
  return page.Count === 0;
}

async function createBooks(dynamodb: DynamoDb, { tablesMayBeOthers }: WorldMaker): Promise<void> {
  const { call, ensure } = dynamodb;
  const isNew = await ensure("CreateTable", {
    TableName: "Books",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      { AttributeName: "Author", AttributeType: "S" },
      { AttributeName: "Title", AttributeType: "S" },
    ],
    KeySchema: [
      { AttributeName: "Author", KeyType: "HASH" },
      { AttributeName: "Title", KeyType: "RANGE" },
    ],
  });
  await whenActive(dynamodb);
  if (!isNew && tablesMayBeOthers && !(await isEmpty(dynamodb))) return;
  for (let start = 0; start < books.length; start += batchSize) {
    await call("BatchWriteItem", {
      RequestItems: {
        Books: books.slice(start, start + batchSize).map(([author, title, year, pages, language]) => ({
          PutRequest: {
            Item: {
              Author: { S: author },
              Title: { S: title },
              Year: { N: String(year) },
              Pages: { N: String(pages) },
              Language: { S: language },
            },
          },
        })),
      },
    });
  }
}

/**
 * Makes the world of the access-control documents through the public APIs: table `Books`, users Alice and Bob,
 * BobUserRole, DAXServiceRole and cluster DAXCluster01. Returns the users' new keys.
 */
export async function createDocumentsWorld(maker: WorldMaker): Promise<WorldKeys> {
  const { account, region } = maker;
  const iam = caller<IamOperations>(maker, "iam");
  const dax = caller<DaxOperations>(maker, "dax");
  const dynamodb = caller<DynamoDbOperations>(maker, "dynamodb");
  const tableArn = `arn:aws:dynamodb:${region}:${account}:table/Books`;
  const clusterArn = `arn:aws:dax:${region}:${account}:cache/DAXCluster01`;
  const policyArn = (name: string) => `arn:aws:iam::${account}:policy/${name}`;

  const tableReady = createBooks(dynamodb, maker);
  // A failure is told where the promise is awaited; should something else fail first, that is told instead.
  tableReady.catch(() => undefined);

  await iam.ensure("CreateRole", {
    RoleName: "DAXServiceRole",
    Description: "What DAXCluster01 may do at DynamoDB",
    AssumeRolePolicyDocument: trustService("dax.amazonaws.com"),
  });
  await iam.ensure("CreatePolicy", { PolicyName: "DAXAccessPolicy", PolicyDocument: daxAccessPolicy(tableArn) });
  await iam.ensure("AttachRolePolicy", { RoleName: "DAXServiceRole", PolicyArn: policyArn("DAXAccessPolicy") });
  // No node is started for nothing where the table's endpoint may not answer.
  if (maker.tablesMayBeOthers) await tableReady;
  await dax.ensure("CreateCluster", {
    ClusterName: "DAXCluster01",
    NodeType: "dax.t3.small",
    ReplicationFactor: 1,
    IamRoleArn: `arn:aws:iam::${account}:role/DAXServiceRole`,
    Description: "The cluster of the access-control documents",
  });

  await iam.ensure("CreateUser", { UserName: "Alice" });
  await iam.ensure("CreatePolicy", { PolicyName: "AliceAccessPolicy", PolicyDocument: aliceAccessPolicy(clusterArn) });
  await iam.ensure("AttachUserPolicy", { UserName: "Alice", PolicyArn: policyArn("AliceAccessPolicy") });

  await iam.ensure("CreateUser", { UserName: "Bob" });
  await iam.ensure("CreateRole", {
    RoleName: "BobUserRole",
    Description: "What Bob may do once he has assumed it",
    AssumeRolePolicyDocument: trustUser(`arn:aws:iam::${account}:user/Bob`),
  });
  await iam.ensure("CreatePolicy", { PolicyName: "BobAccessPolicy", PolicyDocument: bobAccessPolicy(clusterArn) });
  await iam.ensure("AttachRolePolicy", { RoleName: "BobUserRole", PolicyArn: policyArn("BobAccessPolicy") });

  const keyOf = async (user: string): Promise<SigningCredentials> => {
    const { AccessKeyMetadata: lost } = await iam.call("ListAccessKeys", { UserName: user });
    for (const { AccessKeyId } of lost ?? []) {
      await iam.call("DeleteAccessKey", { UserName: user, AccessKeyId: AccessKeyId! });
    }
    const { AccessKey: key } = await iam.call("CreateAccessKey", { UserName: user });
    return { accessKeyId: key!.AccessKeyId!, secretAccessKey: key!.SecretAccessKey! };
  };
  const keys = { alice: await keyOf("Alice"), bob: await keyOf("Bob") };
  await tableReady;
  return keys;
}
