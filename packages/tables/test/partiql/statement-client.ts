import {
  type AttributeValue,
  BatchExecuteStatementCommand,
  type BatchStatementRequest,
  DynamoDBClient,
  DynamoDBServiceException,
  ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  ExecuteTransactionCommand,
  type ParameterizedStatement,
} from "@aws-sdk/client-dynamodb";
import type { TablesLimits } from "@hotkeep/tables";
import { Harness } from "../harness.js";
import { credentials, SdkServer } from "../sdk-server.js";

type Extra = Omit<ExecuteStatementCommandInput, "Statement" | "Parameters">;

/** The official client, a server, and two tables: `Music` (pk S, sk N, with indexes) and `Things` (id S). */
export class StatementClient {
  readonly harness: Harness;
  #server: SdkServer;
  #client: DynamoDBClient;

  private constructor(harness: Harness, server: SdkServer) {
    this.harness = harness;
    this.#server = server;
    this.#client = clientOf(server);
  }

  static async open(limits: Partial<TablesLimits> = {}): Promise<StatementClient> {
    const harness = await Harness.open(limits);
    const server = await SdkServer.start(harness.tables);
    const statements = new StatementClient(harness, server);
    await harness.createTable("Things", "id:S");
    await harness.createTable("Music", "pk:S", "sk:N", {
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "N" },
        { AttributeName: "g", AttributeType: "S" },
        { AttributeName: "h", AttributeType: "N" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "gsi",
          KeySchema: [
            { AttributeName: "g", KeyType: "HASH" },
            { AttributeName: "h", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["t"] },
        },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: "lsi",
          KeySchema: [
            { AttributeName: "pk", KeyType: "HASH" },
            { AttributeName: "h", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
    });
    await statements.fill();
    return statements;
  }

  /** `Music`: a1..a5 and b1 with attributes of all kinds; `Things`: x and y with n = 1. */
  async fill(): Promise<void> {
    for (let sk = 1; sk <= 5; sk++) {
      await this.harness.put("Music", {
        pk: { S: "a" },
        sk: { N: String(sk) },
        g: { S: sk % 2 === 1 ? "odd" : "even" },
        h: { N: String(10 - sk) },
        t: { S: `title${sk}` },
        l: { L: [{ N: "1" }, { S: "x" }] },
        m: { M: { k: { S: "v" }, n: { N: String(sk) } } },
        tags: { SS: ["p", "q"] },
        none: { NULL: true },
      });
    }
    await this.harness.put("Music", { pk: { S: "b" }, sk: { N: "1" }, t: { S: "other" } });
    await this.harness.put("Things", { id: { S: "x" }, n: { N: "1" } }, { id: { S: "y" }, n: { N: "1" } });
  }

  /** Permissions asked for so far. */
  get asked() {
    return this.#server.asked;
  }

  async run(Statement: string, Parameters?: AttributeValue[], extra: Extra = {}) {
    const { $metadata: _, ...output } = await this.#client.send(
      new ExecuteStatementCommand({ Statement, ...(Parameters && { Parameters }), ...extra }),
    );
    return output;
  }

  /** The items of a SELECT, each as `pk` and `sk` or whatever single column was selected. */
  async items(Statement: string, Parameters?: AttributeValue[], extra?: Extra): Promise<readonly string[]> {
    const { Items = [] } = await this.run(Statement, Parameters, extra);
    return Items.map((item) =>
      Object.values(item)
        .map((value) => value.S ?? value.N ?? JSON.stringify(value))
        .join(""),
    );
  }

  async batch(...Statements: (string | BatchStatementRequest)[]) {
    return this.#client.send(
      new BatchExecuteStatementCommand({ Statements: Statements.map(asRequest), ReturnConsumedCapacity: "TOTAL" }),
    );
  }

  async transact(statements: readonly (string | ParameterizedStatement)[], ClientRequestToken?: string) {
    return this.#client.send(
      new ExecuteTransactionCommand({
        TransactStatements: statements.map(asRequest),
        ReturnConsumedCapacity: "TOTAL",
        ...(ClientRequestToken !== undefined && { ClientRequestToken }),
      }),
    );
  }

  /** Closes the tables and opens them again, with a new client before them. */
  async reopen(): Promise<void> {
    await this.#server.stop();
    await this.harness.reopen();
    this.#server = await SdkServer.start(this.harness.tables);
    this.#client.destroy();
    this.#client = clientOf(this.#server);
  }

  async close(): Promise<void> {
    this.#client.destroy();
    await this.#server.stop();
    await this.harness.close();
  }
}

function clientOf({ endpoint }: SdkServer): DynamoDBClient {
  return new DynamoDBClient({ region: "us-west-2", endpoint, credentials, maxAttempts: 1 });
}

function asRequest<Request extends object>(statement: string | Request): Request | { readonly Statement: string } {
  return typeof statement === "string" ? { Statement: statement } : statement;
}

/** `Name: message` of a call that must fail. */
export async function failure(call: Promise<unknown>): Promise<string> {
  const error = await failed(call);
  return `${error.name}: ${error.message}`;
}

/** The error of a call that must fail. */
export async function failed(call: Promise<unknown>): Promise<DynamoDBServiceException> {
  try {
    await call;
  } catch (error) {
    if (error instanceof DynamoDBServiceException) return error;
    throw error;
  }
  throw new Error("the call did not fail");
}
