import { setTimeout as wait } from "node:timers/promises";
import { awsClients, type Endpoint, type Keys } from "../clients.js";
import type { Scenario } from "./scenarios.js";

/** Names of the seven entities; the documents' own ones by default. */
export interface WorldNames {
  readonly table: string;
  readonly cluster: string;
  readonly serviceRole: string;
  readonly user: string;
  readonly userRole: string;
}

export const documentNames: WorldNames = {
  table: "Books",
  cluster: "DAXCluster01",
  serviceRole: "DAXServiceRole",
  user: "Bob",
  userRole: "BobUserRole",
};

/** One scenario's entities, made and ready. */
export interface World {
  readonly names: WorldNames;
  readonly tableArn: string;
  readonly clusterArn: string;
  readonly serviceRoleArn: string;
  readonly userRoleArn: string;
  readonly daxEndpoint: string;
  /** Bob's session of BobUserRole. */
  readonly bob: Keys;
  readonly root: ReturnType<typeof awsClients>;
  setBob(policy: string): Promise<void>;
  setServiceRole(policy: string): Promise<void>;
  /** Puts both policies to what the scenario says. */
  applyScenario(): Promise<void>;
  remove(): Promise<void>;
}

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
}

/** Policy text of the given statements; those without actions are left out. */
export function policy(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements.filter(({ Action }) => Action.length > 0) });
}

/** An Allow statement for actions of one service on one resource. */
export function allow(sid: string, service: string, actions: readonly string[], resource: string): Statement {
  return { Sid: sid, Effect: "Allow", Action: actions.map((action) => `${service}:${action}`), Resource: resource };
}

const trust = (principal: object): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }],
  });

const clusterReadyMs = 60_000;

async function clusterEndpoint(dax: ReturnType<typeof awsClients>["dax"], name: string): Promise<string> {
  const deadline = Date.now() + clusterReadyMs;
  for (;;) {
    const { Clusters } = await dax.describeClusters({ ClusterNames: [name] });
    const cluster = Clusters?.[0];
    if (cluster?.Status === "available") {
      const { Address, Port } = cluster.ClusterDiscoveryEndpoint!;
      return `dax://${Address}:${Port}`;
    }
    if (Date.now() > deadline) throw new Error(`cluster ${name} is ${cluster?.Status} after ${clusterReadyMs} ms`);
    await wait(20);
  }
}

async function clusterGone(dax: ReturnType<typeof awsClients>["dax"], name: string): Promise<void> {
  const deadline = Date.now() + clusterReadyMs;
  while (Date.now() < deadline) {
    try {
      await dax.describeClusters({ ClusterNames: [name] });
    } catch (error) {
      if ((error as Error).name === "ClusterNotFoundFault") return;
      throw error;
    }
    await wait(20);
  }
  throw new Error(`cluster ${name} is still there after ${clusterReadyMs} ms`);
}

/** Inline policies need at least one statement; these sides have none. */
const hasStatements = (text: string): boolean => (JSON.parse(text) as { Statement: unknown[] }).Statement.length > 0;

/** Makes one scenario's entities through the public APIs, with policies inline. */
export async function createWorld(
  at: Endpoint,
  rootKeys: Keys,
  account: string,
  scenario: Pick<Scenario, "bobDax" | "bobDynamoDb" | "serviceRole">,
  names: WorldNames = documentNames,
): Promise<World> {
  const root = awsClients(at, rootKeys);
  const tableArn = `arn:aws:dynamodb:${at.region}:${account}:table/${names.table}`;
  const clusterArn = `arn:aws:dax:${at.region}:${account}:cache/${names.cluster}`;
  const serviceRoleArn = `arn:aws:iam::${account}:role/${names.serviceRole}`;
  const userRoleArn = `arn:aws:iam::${account}:role/${names.userRole}`;

  await root.dynamodb.createTable({
    TableName: names.table,
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
  await root.iam.createRole({
    RoleName: names.serviceRole,
    AssumeRolePolicyDocument: trust({ Service: "dax.amazonaws.com" }),
  });
  await root.dax.createCluster({
    ClusterName: names.cluster,
    NodeType: "dax.t3.small",
    ReplicationFactor: 1,
    IamRoleArn: serviceRoleArn,
  });
  const { User } = await root.iam.createUser({ UserName: names.user });
  await root.iam.createRole({ RoleName: names.userRole, AssumeRolePolicyDocument: trust({ AWS: User!.Arn }) });
  const { AccessKey: key } = await root.iam.createAccessKey({ UserName: names.user });
  const bobsOwn = awsClients(at, { accessKeyId: key!.AccessKeyId!, secretAccessKey: key!.SecretAccessKey! });
  const session = await bobsOwn.sts.assumeRole({ RoleArn: userRoleArn, RoleSessionName: "bob-session" });

  const put = (RoleName: string, PolicyName: string) => async (PolicyDocument: string) => {
    if (hasStatements(PolicyDocument)) await root.iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument });
  };
  const setBob = put(names.userRole, "BobAccessPolicy");
  const setServiceRole = put(names.serviceRole, "DAXAccessPolicy");
  const applyScenario = async (): Promise<void> => {
    await setBob(
      policy(
        allow("DAXAccessStmt", "dax", scenario.bobDax, clusterArn),
        allow("DynamoDBAccessStmt", "dynamodb", scenario.bobDynamoDb, tableArn),
      ),
    );
    await setServiceRole(policy(allow("DynamoDBAccessStmt", "dynamodb", scenario.serviceRole, tableArn)));
  };
  await applyScenario();

  return {
    names,
    tableArn,
    clusterArn,
    serviceRoleArn,
    userRoleArn,
    daxEndpoint: await clusterEndpoint(root.dax, names.cluster),
    bob: {
      accessKeyId: session.Credentials!.AccessKeyId!,
      secretAccessKey: session.Credentials!.SecretAccessKey!,
      sessionToken: session.Credentials!.SessionToken!,
    },
    root,
    setBob,
    setServiceRole,
    applyScenario,
    async remove() {
      await root.dax.deleteCluster({ ClusterName: names.cluster });
      await clusterGone(root.dax, names.cluster);
      await root.dynamodb.deleteTable({ TableName: names.table });
      await root.iam.deleteAccessKey({ UserName: names.user, AccessKeyId: key!.AccessKeyId! });
      await root.iam.deleteUser({ UserName: names.user });
      for (const RoleName of [names.userRole, names.serviceRole]) {
        const { PolicyNames } = await root.iam.listRolePolicies({ RoleName });
        for (const PolicyName of PolicyNames ?? []) await root.iam.deleteRolePolicy({ RoleName, PolicyName });
        await root.iam.deleteRole({ RoleName });
      }
    },
  };
}
