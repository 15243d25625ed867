import { Agent, request } from "node:http";
import { RequestSigner, type SigningCredentials } from "@hotkeep/protocols";
import type { Json, JsonObject } from "./json.js";

const answerMs = 30_000;

/** What one server answered. */
export interface Answer {
  /** The HTTP status. */
  readonly status: number;
  /** The error's name without its namespace; undefined for a success. */
  readonly error: string | undefined;
  readonly message: string;
  readonly body: Json;
}

/** One DynamoDB endpoint: every request is signed. */
export class DynamoDbEndpoint {
  readonly #host: string;
  readonly #region: string;
  readonly #signer: RequestSigner;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(endpoint: string, region: string, credentials: SigningCredentials) {
    this.#host = new URL(endpoint).host;
    this.#region = region;
    this.#signer = new RequestSigner(credentials);
  }

  /** Sends one request; errors of the service are answers too. */
  async call(operation: string, input: Json, target = "DynamoDB_20120810"): Promise<Answer> {
    const body = Buffer.from(JSON.stringify(input), "utf8");
    const headers = {
      host: this.#host,
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `${target}.${operation}`,
    };
    const scope = { region: this.#region, service: "dynamodb", now: Date.now() };
    const signed = this.#signer.sign({ method: "POST", url: "/", headers, body }, scope);
    return this.#send({ ...headers, ...signed, "content-length": String(body.length) }, body);
  }

  /** Sends one request about streams. */
  callStreams(operation: string, input: Json): Promise<Answer> {
    return this.call(operation, input, "DynamoDBStreams_20120810");
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(headers: Readonly<Record<string, string>>, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        `http://${this.#host}/`,
        { method: "POST", agent: this.#agent, headers, timeout: answerMs },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
          incoming.on("error", reject);
          incoming.on("end", () => resolve(answerOf(incoming.statusCode!, Buffer.concat(chunks).toString("utf8"))));
        },
      );
      outgoing.on("timeout", () => outgoing.destroy(new Error(`${this.#host} did not answer in ${answerMs} ms`)));
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }
}

function answerOf(status: number, text: string): Answer {
  const body = text === "" ? {} : (JSON.parse(text) as JsonObject);
  if (status === 200) return { status, error: undefined, message: "", body };
  const type = String(body.__type ?? "");
  return {
    status,
    error: type.slice(type.indexOf("#") + 1),
    message: String(body.message ?? body.Message ?? ""),
    body,
  };
}
