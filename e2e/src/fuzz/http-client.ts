import { Agent, request as httpRequest } from "node:http";
import type { FuzzRequest } from "./http-requests.js";

/** An answer, read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  readonly tookMs: number;
}

/** Sends requests over kept connections. */
export class HttpClient {
  readonly #host: string;
  readonly #port: number;
  readonly #answerMs: number;
  readonly #agent: Agent;

  constructor(endpoint: string, options: { readonly connections: number; readonly answerMs: number }) {
    const { hostname, port } = new URL(endpoint);
    this.#host = hostname;
    this.#port = Number(port);
    this.#answerMs = options.answerMs;
    this.#agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  }

  /** @throws Error when there is no complete answer in time. */
  send({ method, url, headers, body, chunks }: FuzzRequest): Promise<HttpAnswer> {
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const length = chunks > 0 ? { "transfer-encoding": "chunked" } : { "content-length": body.length };
      const outgoing = httpRequest(
        {
          host: this.#host,
          port: this.#port,
          agent: this.#agent,
          method,
          path: url,
          headers: { ...headers, ...length },
        },
        (incoming) => {
          const parts: Buffer[] = [];
          incoming.on("data", (part: Buffer) => parts.push(part));
          incoming.on("error", reject);
          incoming.on("end", () => {
            clearTimeout(timer);
            const contentType = incoming.headers["content-type"] ?? "";
            const tookMs = performance.now() - started;
            resolve({ status: incoming.statusCode ?? 0, contentType, body: Buffer.concat(parts), tookMs });
          });
        },
      );
      const timer = setTimeout(
        () => outgoing.destroy(new Error(`no answer within ${this.#answerMs} ms`)),
        this.#answerMs,
      );
      outgoing.on("error", (error) => {
        clearTimeout(timer);
        reject(error);
      });
      for (let i = 0; i < chunks - 1; i++) {
        outgoing.write(body.subarray((i * body.length) / chunks, ((i + 1) * body.length) / chunks));
      }
      outgoing.end(chunks === 0 ? body : body.subarray(((chunks - 1) * body.length) / chunks));
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
