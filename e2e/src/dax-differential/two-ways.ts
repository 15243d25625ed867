import type { DynamoDB } from "@aws-sdk/client-dynamodb";
import type { DaxClient } from "../clients.js";
import type { Step } from "../differential/case.js";
import { type Difference, differences } from "../differential/compare.js";
import type { Answer } from "../differential/endpoint.js";
import type { Json, JsonObject } from "../differential/json.js";
import { withPlainNumbers } from "../differential/normalise.js";
import { fromSdk, toSdk } from "./sdk-values.js";

type Call = (input: unknown) => Promise<unknown>;

/** What this client says for two keys that differ only in bytes that are no UTF-8: it compares them as text (observed). */
const falseDuplicates = "Provided list of item keys contains duplicates";

/** One table asked through a cluster, and one of the same make asked directly. */
export class TwoWays {
  readonly #dax: DaxClient;
  readonly #dynamodb: DynamoDB;
  /** Steps that the DAX client refused to send; neither way has taken them. */
  neverSent = 0;

  constructor(dax: DaxClient, dynamodb: DynamoDB) {
    this.#dax = dax;
    this.#dynamodb = dynamodb;
  }

  /** Makes both tables. The one behind the cluster is called `Dax…`. */
  async createTable(input: JsonObject): Promise<void> {
    for (const one of [input, throughCluster(input, input.TableName as string)]) {
      await this.#dynamodb.createTable(one as never);
    }
  }

  async deleteTable(name: string): Promise<void> {
    for (const TableName of [name, clusterName(name)]) await this.#dynamodb.deleteTable({ TableName });
  }

  /** The differences between the answers of the two ways to one step. */
  async compare(table: string, { operation, input }: Step): Promise<readonly Difference[]> {
    const method = `${operation[0]!.toLowerCase()}${operation.slice(1)}`;
    const cluster = await answerOf(this.#dax as unknown as Record<string, Call>, method, throughCluster(input, table));
    if (cluster.message === falseDuplicates) {
      this.neverSent++;
      return [];
    }
    const direct = await answerOf(this.#dynamodb as unknown as Record<string, Call>, method, input);
    // What the client finds in an expression itself, it says in its own words.
    if (cluster.byClient && cluster.error === direct.error) return [];
    return differences(operation, direct, withoutClusterName(cluster, table));
  }
}

const clusterName = (table: string): string => `Dax${table}`;

const renamed = <Value>(value: Value, from: string, to: string): Value =>
  JSON.parse(JSON.stringify(value).replaceAll(`"${from}"`, `"${to}"`)) as Value;

const throughCluster = (input: Json, table: string): Json => renamed(input, table, clusterName(table));

const withoutClusterName = (answer: Answer, table: string): Answer => renamed(answer, clusterName(table), table);

type Reason = Readonly<Record<string, unknown>>;

/** The members that the two clients spell alike. */
function plainReason(reason: Reason): Reason {
  const { Item, Code = reason.code, Message = reason.message } = reason;
  return Object.fromEntries(
    Object.entries({ Item, Code, Message }).filter(([, value]) => value !== undefined && value !== null),
  );
}

/** An answer, and whether the client made it up without asking the server. */
interface ClientAnswer extends Answer {
  readonly byClient: boolean;
}

async function answerOf(client: Record<string, Call>, method: string, input: Json): Promise<ClientAnswer> {
  try {
    const output = await client[method]!(toSdk(input));
    // The DAX client writes large and small numbers in scientific form (observed).
    return { status: 200, error: undefined, message: "", body: withPlainNumbers(fromSdk(output)), byClient: false };
  } catch (error) {
    const failure = error as Error & {
      readonly code?: string;
      readonly codeSeq?: readonly number[];
      readonly CancellationReasons?: readonly Reason[];
      readonly cancellationReasons?: readonly Reason[];
    };
    // The item of a failed condition has no place in this client's error, but within the reasons of a transaction.
    const reasons = (failure.CancellationReasons ?? failure.cancellationReasons)?.map(plainReason);
    const details = reasons === undefined ? {} : { CancellationReasons: reasons };
    const name = failure.name === "Error" ? (failure.code ?? failure.name) : failure.name;
    return {
      status: 400,
      error: name,
      // The DAX client puts the error's name before its message (observed).
      message: failure.message.replace(`${name}: `, ""),
      body: withPlainNumbers(fromSdk(details)),
      byClient: failure.codeSeq === undefined,
    };
  }
}
