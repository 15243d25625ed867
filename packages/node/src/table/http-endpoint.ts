import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { RoleSession } from "@hotkeep/control-feed";
import { AwsError, type Clock } from "@hotkeep/core";
import { RequestSigner } from "@hotkeep/protocols";
import type { NodeLimits } from "../limits.js";
import type { RoleSessions } from "./role-sessions.js";
import {
  type CallOptions,
  type TableCallName,
  type TableCalls,
  type TableEndpoint,
  TableUnreachable,
} from "./table-calls.js";

/** Below the five seconds after which many servers close an idle connection: ours goes first, so no call meets a closing one. */
const idleSocketMs = 4_000;

/** Errors that say that the credentials, not the request, are the trouble. */
const staleCredentialCodes = new Set([
  "ExpiredTokenException",
  "UnrecognizedClientException",
  "InvalidSignatureException",
  "InvalidClientTokenId",
]);

const writes = new Set<TableCallName>(["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"]);

/** Calls of the streams' API, which the same endpoint serves. */
const streamCalls = new Set<TableCallName>(["DescribeStream", "GetShardIterator", "GetRecords"]);

/** Whether a call changes tables. */
export function isTableWrite(name: TableCallName): boolean {
  return writes.has(name);
}

/** A DynamoDB-compatible endpoint over HTTP, called with the service role's session. */
export class HttpTableEndpoint implements TableEndpoint {
  #url: URL;
  readonly #region: string;
  readonly #roleSessions: RoleSessions;
  readonly #clock: Clock;
  readonly #limits: NodeLimits;
  #authority: string | undefined;
  #agent: HttpAgent | HttpsAgent;
  #signer: { readonly session: RoleSession; readonly signer: RequestSigner } | undefined;

  /** @param authority PEM of the only authority by which the endpoint's certificate is checked */
  constructor(
    url: string,
    authority: string | undefined,
    region: string,
    roleSessions: RoleSessions,
    clock: Clock,
    limits: NodeLimits,
  ) {
    this.#authority = authority;
    this.#url = new URL(url);
    this.#region = region;
    this.#roleSessions = roleSessions;
    this.#clock = clock;
    this.#limits = limits;
    this.#agent = agentFor(this.#url, authority, limits.endpointSocketsMax);
  }

  /** Sends the next calls to another address; those that run end where they are. */
  moveTo(url: string, authority: string | undefined): void {
    const next = new URL(url);
    if (next.href === this.#url.href && authority === this.#authority) return;
    this.#url = next;
    this.#authority = authority;
    this.#agent = agentFor(next, authority, this.#limits.endpointSocketsMax);
  }

  async call<Name extends TableCallName>(
    name: Name,
    input: TableCalls[Name]["input"],
    options: CallOptions = {},
  ): Promise<TableCalls[Name]["output"]> {
    const body = Buffer.from(JSON.stringify(input), "utf8");
    let session = await this.#roleSessions.get();
    try {
      return (await this.#attempt(name, body, session, options)) as TableCalls[Name]["output"];
    } catch (error) {
      if (error instanceof AwsError && staleCredentialCodes.has(error.code)) {
        this.#roleSessions.discard(session);
        session = await this.#roleSessions.get();
      } else if (!(error instanceof TableUnreachable) || isTableWrite(name)) throw error;
    }
    // Once more: with a new session, or a read over another connection.
    return (await this.#attempt(name, body, session, options)) as TableCalls[Name]["output"];
  }

  /** Closes the idle connections. */
  close(): void {
    this.#agent.destroy();
  }

  async #attempt(
    name: TableCallName,
    body: Buffer,
    session: RoleSession,
    { traceparent }: CallOptions,
  ): Promise<unknown> {
    const headers = {
      host: this.#url.host,
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `${streamCalls.has(name) ? "DynamoDBStreams" : "DynamoDB"}_20120810.${name}`,
    };
    const signature = this.#signerFor(session).sign(
      { method: "POST", url: "/", headers, body },
      { region: this.#region, service: "dynamodb", now: this.#clock.now() },
    );
    const { status, text, requestId } = await this.#send(
      {
        ...headers,
        ...signature,
        "content-length": String(body.length),
        // Not signed: whoever is on the way may add to it.
        ...(traceparent === undefined ? {} : { traceparent }),
      },
      body,
    );
    let answer: unknown;
    try {
      answer = JSON.parse(text);
    } catch (cause) {
      throw new TableUnreachable(`the table endpoint answered ${status} with something that is not JSON`, true, cause);
    }
    if (status === 200) return answer;
    throw errorOf(status, answer, requestId);
  }

  #signerFor(session: RoleSession): RequestSigner {
    if (this.#signer?.session !== session) {
      const { accessKeyId, secretAccessKey, sessionToken } = session;
      this.#signer = { session, signer: new RequestSigner({ accessKeyId, secretAccessKey, sessionToken }) };
    }
    return this.#signer.signer;
  }

  #send(headers: Record<string, string>, body: Buffer): Promise<Answer> {
    const { endpointTimeoutMs, endpointResponseBytesMax } = this.#limits;
    return new Promise((resolve, reject) => {
      let request: ClientRequest | undefined;
      let connected = false;
      let failure: string | undefined;
      const giveUp = (reason: string): void => {
        failure = reason;
        request?.destroy();
        fail(new Error(reason));
      };
      const timer = this.#clock.after(endpointTimeoutMs, () => giveUp(`no answer in ${endpointTimeoutMs} ms`));
      const fail = (cause: Error): void => {
        timer.cancel();
        reject(
          new TableUnreachable(`the table endpoint cannot be used: ${failure ?? cause.message}`, connected, cause),
        );
      };
      const receive = (response: IncomingMessage): void => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on("data", (chunk: Buffer) => {
          length += chunk.length;
          if (length > endpointResponseBytesMax) giveUp(`an answer of more than ${endpointResponseBytesMax} bytes`);
          else chunks.push(chunk);
        });
        response.on("error", fail);
        response.on("end", () => {
          timer.cancel();
          const id = response.headers["x-amzn-requestid"];
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks, length).toString("utf8"),
            requestId: typeof id === "string" ? id.slice(0, requestIdLengthMax) : undefined,
          });
        });
      };
      const send = this.#url.protocol === "https:" ? requestHttps : requestHttp;
      request = send(this.#url, { method: "POST", path: "/", agent: this.#agent, headers }, receive);
      request.on("socket", (socket) => {
        if (socket.connecting) socket.once("connect", () => (connected = true));
        else connected = true;
      });
      request.on("error", fail);
      request.end(body);
    });
  }
}

/** What came back over HTTP. */
interface Answer {
  readonly status: number;
  readonly text: string;
  readonly requestId: string | undefined;
}

/** An id that is longer is nobody's. */
const requestIdLengthMax = 128;

function agentFor(url: URL, authority: string | undefined, socketsMax: number): HttpAgent | HttpsAgent {
  const options = {
    keepAlive: true,
    maxSockets: socketsMax,
    maxFreeSockets: socketsMax,
    timeout: idleSocketMs,
    scheduling: "lifo" as const,
  };
  if (url.protocol !== "https:") return new HttpAgent(options);
  return new HttpsAgent({ ...options, ...(authority !== undefined && { ca: authority }) });
}

/** An error document of the JSON protocol; `__type` may carry a namespace, and `message` a capital. */
function errorOf(status: number, document: unknown, requestId: string | undefined): AwsError {
  const members = typeof document === "object" && document !== null ? (document as Record<string, unknown>) : {};
  const { __type: type, message, Message, ...rest } = members;
  const code = typeof type === "string" ? type.slice(type.lastIndexOf("#") + 1) : "InternalServerError";
  const text = typeof message === "string" ? message : typeof Message === "string" ? Message : "";
  return new AwsError(code, text, {
    fault: status >= 500 ? "server" : "client",
    status,
    members: { ...rest, requestId },
  });
}
