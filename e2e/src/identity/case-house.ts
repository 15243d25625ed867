import type { RunningHotkeep } from "hotkeep/testing";
import { operations } from "../case-study/operations.js";
import { type Outcome, outcomeOf } from "../case-study/outcome.js";
import type { Column } from "../case-study/scenarios.js";
import { awsClients, type DaxClient, daxClient, type Keys } from "../clients.js";
import { keysOf } from "./suspects.js";

/** The nine actions that the documents have for items, each with the operation that needs it alone. */
export const itemActions: readonly (readonly [action: string, column: Column])[] = [
  ["GetItem", "G"],
  ["BatchGetItem", "BG"],
  ["Query", "Q"],
  ["Scan", "S"],
  ["PutItem", "P"],
  ["UpdateItem", "U"],
  ["DeleteItem", "D"],
  ["BatchWriteItem", "BW"],
  ["ConditionCheckItem", "CC"],
];

/** One statement; `service:` is put in front of every action. */
export function statement(
  service: string,
  actions: readonly string[],
  resource: string | readonly string[],
  more: { readonly effect?: "Allow" | "Deny"; readonly condition?: object } = {},
): object {
  return {
    Effect: more.effect ?? "Allow",
    Action: actions.map((action) => `${service}:${action}`),
    Resource: resource,
    ...(more.condition === undefined ? {} : { Condition: more.condition }),
  };
}

/** A policy's text. */
export const policyOf = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** Somebody with keys, on both paths. */
export interface Person {
  readonly name: string;
  readonly arn: string;
  readonly keys: Keys;
  readonly aws: ReturnType<typeof awsClients>;
  /** Replaces the only policy of the person. */
  allow(...statements: readonly object[]): Promise<void>;
  /** What comes of an operation through DAX; keys are of nobody else, so that no cache answers. */
  viaDax(column: Column, table?: string, cluster?: string): Promise<Outcome>;
  direct(column: Column, table?: string): Promise<Outcome>;
  /** The DAX client, made when first asked for. */
  dax(cluster?: string): DaxClient;
}

const service = "DAXServiceRole";

/** The documents' world, with policies to play with: no policy is left on the cluster's service role. */
export class CaseHouse {
  readonly hotkeep: RunningHotkeep;
  readonly root: ReturnType<typeof awsClients>;
  readonly #endpoints = new Map<string, string>();
  readonly #closers: (() => void)[] = [];
  #tag = 0;
  #people = 0;

  constructor(hotkeep: RunningHotkeep) {
    this.hotkeep = hotkeep;
    this.root = awsClients(hotkeep, hotkeep.credentials.root!);
    for (const { name, endpoint } of hotkeep.clusters) this.addCluster(name, endpoint);
  }

  get account(): string {
    return this.hotkeep.account;
  }

  tableArn(table = "Books"): string {
    return `arn:aws:dynamodb:${this.hotkeep.region}:${this.account}:table/${table}`;
  }

  clusterArn(cluster = "DAXCluster01"): string {
    return `arn:aws:dax:${this.hotkeep.region}:${this.account}:cache/${cluster}`;
  }

  addCluster(name: string, endpoint: string): void {
    this.#endpoints.set(name.toLowerCase(), endpoint);
  }

  /** Takes away the policy that the world comes with. */
  async bareServiceRole(): Promise<void> {
    const PolicyArn = `arn:aws:iam::${this.account}:policy/DAXAccessPolicy`;
    await this.root.iam.detachRolePolicy({ RoleName: service, PolicyArn });
  }

  /** Replaces the only policy of a cluster's service role; none is left without statements. */
  async serviceMay(statements: readonly object[], RoleName = service): Promise<void> {
    const { iam } = this.root;
    const PolicyName = "only";
    if (statements.length > 0) {
      await iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument: policyOf(...statements) });
      return;
    }
    const { PolicyNames } = await iam.listRolePolicies({ RoleName });
    if (PolicyNames!.includes(PolicyName)) await iam.deleteRolePolicy({ RoleName, PolicyName });
  }

  /** A table with the key that the operations of the case study use. */
  async table(TableName: string): Promise<void> {
    const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: "S" as const });
    await this.root.dynamodb.createTable({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [attribute("Author"), attribute("Title"), attribute("Language")],
      KeySchema: [
        { AttributeName: "Author", KeyType: "HASH" },
        { AttributeName: "Title", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "byLanguage",
          KeySchema: [{ AttributeName: "Language", KeyType: "HASH" }],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    });
  }

  /** A new user with these statements as the only policy. */
  async user(statements: readonly object[], more: { readonly boundary?: string } = {}): Promise<Person> {
    const { iam } = this.root;
    const UserName = `Person${++this.#people}`;
    const limited = more.boundary === undefined ? {} : { PermissionsBoundary: more.boundary };
    const { User } = await iam.createUser({ UserName, ...limited });
    const allow = async (...wanted: readonly object[]): Promise<void> => {
      const PolicyDocument = policyOf(...wanted);
      await iam.putUserPolicy({ UserName, PolicyName: "only", PolicyDocument });
    };
    if (statements.length > 0) await allow(...statements);
    return this.person(UserName, User!.Arn!, keysOf((await iam.createAccessKey({ UserName })).AccessKey), allow);
  }

  person(name: string, arn: string, keys: Keys, allow: Person["allow"]): Person {
    const clients = new Map<string, DaxClient>();
    const dax = (cluster = "DAXCluster01"): DaxClient => {
      let client = clients.get(cluster);
      if (client === undefined) {
        const made = daxClient(this.#endpoints.get(cluster.toLowerCase())!, this.hotkeep.region, keys);
        this.#closers.push(() => made.close());
        clients.set(cluster, made);
        client = made;
      }
      return client;
    };
    const aws = awsClients(this.hotkeep, keys);
    const run = (client: Parameters<(typeof operations)[number]["run"]>[0], column: Column, table: string) =>
      operations.find((known) => known.column === column)!.run(client, table, `tag ${this.#tag++}`);
    return {
      ...{ name, arn, keys, aws, allow, dax },
      viaDax: (column, table = "Books", cluster = "DAXCluster01") =>
        outcomeOf(() => run(dax(cluster), column, table), "dax"),
      direct: (column, table = "Books") => outcomeOf(() => run(aws.dynamodb, column, table), "direct"),
    };
  }

  async stop(): Promise<void> {
    for (const close of this.#closers) close();
    await this.hotkeep.stop();
  }
}
