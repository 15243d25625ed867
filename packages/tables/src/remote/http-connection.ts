import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { Clock } from "@hotkeep/core";
import type { RemoteLimits } from "./limits.js";

/** An answer as it came. */
export interface RemoteAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** No answer, or not all of it. */
export class NoAnswer extends Error {
  /** Whether the request may have left this machine, and been carried out. */
  readonly sent: boolean;
  /** Whether the time given to it was over. */
  readonly timedOut: boolean;

  constructor(
    message: string,
    facts: { readonly sent: boolean; readonly timedOut: boolean; readonly cause?: unknown },
  ) {
    super(message, { cause: facts.cause });
    this.name = "NoAnswer";
    this.sent = facts.sent;
    this.timedOut = facts.timedOut;
  }
}

/** Posts bodies to one origin over kept connections. */
export class HttpConnection {
  readonly #origin: URL;
  readonly #clock: Clock;
  readonly #limits: RemoteLimits;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(origin: URL, clock: Clock, limits: RemoteLimits) {
    this.#origin = origin;
    this.#clock = clock;
    this.#limits = limits;
    const options = {
      keepAlive: true,
      maxSockets: limits.socketsMax,
      maxFreeSockets: limits.socketsMax,
      timeout: limits.idleSocketMs,
      scheduling: "lifo" as const,
    };
    this.#agent = this.#isTls ? new HttpsAgent(options) : new HttpAgent(options);
  }

  get host(): string {
    return this.#origin.host;
  }

  get #isTls(): boolean {
    return this.#origin.protocol === "https:";
  }

  /** @throws NoAnswer */
  post(headers: Readonly<Record<string, string>>, body: Buffer): Promise<RemoteAnswer> {
    const { answerMs, connectMs, answerBytesMax } = this.#limits;
    return new Promise((resolve, reject) => {
      let sent = false;
      let timedOut = false;
      let why: string | undefined;
      const fail = (cause: Error): void => {
        deadline.cancel();
        reject(new NoAnswer(why ?? reasonOf(cause), { sent, timedOut, cause }));
      };
      const giveUp = (reason: string, isTimeout: boolean): void => {
        why ??= reason;
        timedOut ||= isTimeout;
        request.destroy(new Error(reason));
      };
      const deadline = this.#clock.after(answerMs, () => giveUp(`no answer in ${answerMs} ms`, true));
      const receive = (response: IncomingMessage): void => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > answerBytesMax) giveUp(`an answer of more than ${answerBytesMax} bytes`, false);
          else chunks.push(chunk);
        });
        response.on("error", fail);
        response.on("end", () => {
          deadline.cancel();
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes),
          });
        });
      };
      const send = this.#isTls ? requestHttps : requestHttp;
      const request: ClientRequest = send(
        this.#origin,
        { method: "POST", path: "/", agent: this.#agent, headers: { ...headers, "content-length": body.length } },
        receive,
      );
      request.on("socket", (socket) => {
        if (!socket.connecting) {
          sent = true;
          return;
        }
        const connecting = this.#clock.after(connectMs, () => giveUp(`no connection in ${connectMs} ms`, true));
        socket.once("close", () => connecting.cancel());
        socket.once(this.#isTls ? "secureConnect" : "connect", () => {
          connecting.cancel();
          sent = true;
        });
      });
      request.on("error", fail);
      request.end(body);
    });
  }

  /** Closes every connection, busy ones too. */
  close(): void {
    this.#agent.destroy();
  }
}

/** Where a name has several addresses, Node's error has a message of its own for each of them. */
function reasonOf(cause: Error & { readonly code?: string }): string {
  if (cause instanceof AggregateError) return cause.errors.map((each: Error) => each.message).join("; ");
  return cause.message === "" ? (cause.code ?? cause.name) : cause.message;
}
