import { setTimeout as pause } from "node:timers/promises";
import { type Clock, HotkeepError, type Random } from "@hotkeep/core";
import { RequestSigner } from "@hotkeep/protocols";
import { HttpsPoster, type PostAnswer } from "../gateway/https-post.js";
import type { TableFileLimits } from "./limits.js";
import type { TablePlace } from "./table-place.js";

/** A JSON object as the DynamoDB API takes and gives it. */
export type Json = { readonly [member: string]: unknown };

/** What the DynamoDB API answered in place of a result. */
export class TableError extends HotkeepError {
  /** `ValidationException` */
  readonly type: string;

  constructor(operation: string, type: string, message: string) {
    super("TableCallFailed", `${operation} failed: ${type}: ${message}`, helpFor(type));
    this.type = type;
  }
}

function helpFor(type: string): { readonly help?: string } {
  switch (type) {
    case "AccessDeniedException":
      return { help: "`hotkeep explain` tells why; another caller is chosen with --profile" };
    case "ResourceNotFoundException":
      return { help: "`aws dynamodb list-tables` names the tables of this account and Region" };
    default:
      return {};
  }
}

/** Errors after which the same call may succeed (documented as such). */
const passing = new Set([
  "InternalFailure",
  "InternalServerError",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ServiceUnavailable",
  "ServiceUnavailableException",
  "ThrottlingException",
  "TransactionConflictException",
]);

/** What {@link TableClient} works with. */
export interface TableClientParts {
  readonly place: TablePlace;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: TableFileLimits;
}

/**
 * Calls of the DynamoDB API whose JSON goes through as it is. Every call may be made more than once, so it is used for
 * reads and for puts only.
 */
export class TableClient {
  readonly #parts: TableClientParts;
  readonly #signer: RequestSigner;
  readonly #poster: HttpsPoster | undefined;
  /** Calls that had to be made once more. */
  repeated = 0;

  constructor(parts: TableClientParts) {
    this.#parts = parts;
    const { credentials, authority } = parts.place;
    this.#signer = new RequestSigner(credentials);
    this.#poster = authority === undefined ? undefined : new HttpsPoster(authority);
  }

  /** @throws TableError what was answered, for good; HotkeepError `NoAnswer` */
  async call(operation: string, input: Json): Promise<Json> {
    const body = JSON.stringify(input);
    for (let attempt = 1; ; attempt++) {
      const isLast = attempt >= this.#parts.limits.attemptsMax;
      try {
        const answer = await this.#post(operation, body);
        if (answer.status === 200) return answer.json;
        const error = errorOf(operation, answer);
        if (isLast || !(passing.has(error.type) || answer.status >= 500)) throw error;
      } catch (error) {
        if (isLast || error instanceof HotkeepError) throw error instanceof HotkeepError ? error : this.#silent(error);
      }
      await this.backOff(attempt);
    }
  }

  /** Waits before attempt number `attempt + 1`. */
  async backOff(attempt: number): Promise<void> {
    const { firstPauseMs, pauseMsMax } = this.#parts.limits;
    this.repeated++;
    const [spread = 0] = this.#parts.random.bytes(1);
    await pause(Math.min(pauseMsMax, firstPauseMs * 2 ** (attempt - 1)) * (1 - spread / 512));
  }

  async #post(operation: string, body: string): Promise<{ readonly status: number; readonly json: Json }> {
    const { place, clock, limits } = this.#parts;
    const { url, region } = place;
    const named = { "content-type": "application/x-amz-json-1.0", "x-amz-target": `DynamoDB_20120810.${operation}` };
    const scope = { region, service: "dynamodb", now: clock.now() };
    const headers = { ...named, host: url.host };
    const signature = this.#signer.sign({ method: "POST", url: "/", headers, body }, scope);
    const answer = await this.#send(new URL("/", url), { ...named, ...signature }, body, limits.answerMs);
    try {
      return { status: answer.status, json: JSON.parse(answer.text) as Json };
    } catch (cause) {
      throw new HotkeepError("NotDynamoDb", `${url.origin} does not speak DynamoDB's protocol: it answered no JSON`, {
        help: "give the address of a DynamoDB API with --endpoint",
        cause,
      });
    }
  }

  async #send(url: URL, headers: Record<string, string>, body: string, answerMs: number): Promise<PostAnswer> {
    if (this.#poster !== undefined) return this.#poster.post(url, headers, body, answerMs);
    const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(answerMs) });
    return { status: answer.status, text: await answer.text() };
  }

  #silent(error: unknown): HotkeepError {
    const { url } = this.#parts.place;
    const { cause } = error as { readonly cause?: Error };
    const why = cause instanceof Error && cause.message !== "" ? cause.message : (error as Error).message;
    return new HotkeepError("NoAnswer", `${url.origin} does not answer: ${why}`, {
      help: "is it running? another address is given with --endpoint",
      cause: error,
    });
  }
}

function errorOf(operation: string, { status, json }: { readonly status: number; readonly json: Json }): TableError {
  const { __type: type, message, Message } = json;
  const name = typeof type === "string" ? type.slice(type.lastIndexOf("#") + 1) : `status ${status}`;
  return new TableError(operation, name, String(message ?? Message ?? "no reason given"));
}
