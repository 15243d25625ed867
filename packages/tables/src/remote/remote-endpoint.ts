import { crc32 } from "node:zlib";
import { AwsError, type Clock, CommonAwsError, type Logger } from "@hotkeep/core";
import { RequestSigner, type SigningCredentials } from "@hotkeep/protocols";
import { HttpConnection, NoAnswer, type RemoteAnswer } from "./http-connection.js";
import type { RemoteLimits } from "./limits.js";
import { CredentialsRefused, errorOfAnswer, notDynamoDb } from "./remote-errors.js";

/** What {@link RemoteEndpoint} needs. */
export interface RemoteEndpointOptions {
  /** Origin: scheme, host, port. */
  readonly url: URL;
  /** The API that is called: what stands before the dot in a request's target. */
  readonly target: "DynamoDB_20120810" | "DynamoDBStreams_20120810";
  /** The Region in the signatures. */
  readonly region: string;
  /** Read at the beginning, and again when the endpoint refuses what was read. */
  readonly credentials: () => SigningCredentials;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: RemoteLimits;
}

/** How the last call ended, as far as the endpoint is concerned. */
export type EndpointState =
  | { readonly answers: true }
  | { readonly answers: false; readonly reason: string /** Milliseconds since the epoch. */; readonly since: number };

/** A DynamoDB-compatible endpoint, called with this gateway's credentials for it. */
export class RemoteEndpoint {
  readonly #options: RemoteEndpointOptions;
  readonly #connection: HttpConnection;
  #signer: RequestSigner;
  #signerReadAt: number;
  #calls = 0;
  #state: EndpointState = { answers: true };

  constructor(options: RemoteEndpointOptions) {
    this.#options = options;
    this.#connection = new HttpConnection(options.url, options.clock, options.limits);
    this.#signer = new RequestSigner(options.credentials());
    this.#signerReadAt = options.clock.monotonic();
  }

  state(): EndpointState {
    return this.#state;
  }

  /**
   * The answer's body: a JSON object in the operation's output shape.
   *
   * @param repeatable whether the call may be made twice without harm. A write is tried again only when it has
   * certainly not left this machine.
   * @throws AwsError what the endpoint answered
   * @throws CommonAwsError `ServiceUnavailable` when the endpoint was not reached, so that nothing has happened;
   * `Internal` when a call's outcome is not known or the answer makes no sense; `Throttling` beyond `callsMax`
   */
  async call(operation: string, body: Buffer, repeatable: boolean): Promise<Buffer> {
    const { callsMax } = this.#options.limits;
    if (this.#calls >= callsMax) {
      throw new CommonAwsError("Throttling", `More than ${callsMax} calls wait for the table endpoint.`);
    }
    this.#calls++;
    try {
      return await this.#callSigned(operation, body, repeatable);
    } finally {
      this.#calls--;
    }
  }

  close(): void {
    this.#connection.close();
  }

  async #callSigned(operation: string, body: Buffer, repeatable: boolean): Promise<Buffer> {
    try {
      return this.#read(await this.#post(operation, body, repeatable), operation);
    } catch (error) {
      if (!(error instanceof CredentialsRefused)) throw error;
      this.#options.logger.error("the table endpoint refuses this gateway's credentials", {
        endpoint: this.#connection.host,
        operation,
        answer: error.cause instanceof AwsError ? `${error.cause.code}: ${error.cause.message}` : undefined,
      });
      if (!this.#readCredentials()) throw error;
    }
    // A refused signature has changed nothing: once more, with what the credentials' source has now.
    return this.#read(await this.#post(operation, body, repeatable), operation);
  }

  async #post(operation: string, body: Buffer, repeatable: boolean): Promise<RemoteAnswer> {
    const { limits } = this.#options;
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await this.#connection.post(this.#headers(operation, body), body);
        this.#note(operation, undefined);
        return answer;
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        const pauseMs = limits.retryPausesMs[attempt];
        if (pauseMs === undefined || error.timedOut || (error.sent && !repeatable)) {
          this.#note(operation, error.message);
          throw unanswered(error);
        }
        await new Promise<void>((resolve) => this.#options.clock.after(pauseMs, resolve));
      }
    }
  }

  #headers(operation: string, body: Buffer): Record<string, string> {
    const headers = {
      host: this.#connection.host,
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `${this.#options.target}.${operation}`,
    };
    const { region, clock } = this.#options;
    const scope = { region, service: "dynamodb", now: clock.now() };
    return { ...headers, ...this.#signer.sign({ method: "POST", url: "/", headers, body }, scope) };
  }

  #read(answer: RemoteAnswer, operation: string): Buffer {
    const { status, headers, body } = answer;
    if (status === 200) {
      // The answer is handed on unread: it must at least be whole, and an object.
      const crc = headers["x-amz-crc32"];
      if (typeof crc === "string" && headers["content-encoding"] === undefined && Number(crc) !== crc32(body)) {
        throw notDynamoDb("the checksum of its answer is wrong");
      }
      if (body.at(0) !== 0x7b || body.at(-1) !== 0x7d) throw notDynamoDb("it answered something other than JSON");
      return body;
    }
    const error = errorOfAnswer(answer);
    if (error.code === "AccessDeniedException" || error.fault === "server") {
      this.#options.logger.warn("the table endpoint answered an error that is not the caller's", {
        endpoint: this.#connection.host,
        operation,
        status,
        code: error.code,
        answer: error.message,
        remoteRequestId: headers["x-amzn-requestid"],
      });
    }
    throw error;
  }

  /** Says whether there are credentials that were not tried yet. */
  #readCredentials(): boolean {
    const { clock, credentials, limits, logger } = this.#options;
    const now = clock.monotonic();
    if (now - this.#signerReadAt < limits.credentialsMs) return false;
    this.#signerReadAt = now;
    try {
      this.#signer = new RequestSigner(credentials());
      return true;
    } catch (error) {
      logger.error("the credentials for the table endpoint cannot be read", { error });
      return false;
    }
  }

  /** Logs when the endpoint goes and when it comes back; the router logs each call that fails. */
  #note(operation: string, reason: string | undefined): void {
    const { clock, logger } = this.#options;
    const endpoint = this.#connection.host;
    if (reason === undefined) {
      if (!this.#state.answers) logger.warn("the table endpoint answers again", { endpoint });
      this.#state = { answers: true };
    } else {
      if (this.#state.answers) logger.error("the table endpoint does not answer", { endpoint, operation, reason });
      const since = this.#state.answers ? clock.now() : this.#state.since;
      this.#state = { answers: false, reason, since };
    }
  }
}

/** The reason is for the log: it has addresses in it. */
function unanswered(cause: NoAnswer): CommonAwsError {
  return cause.sent
    ? new CommonAwsError(
        "Internal",
        "The table endpoint did not answer. Whether it has carried out the request is not known.",
        { cause },
      )
    : new CommonAwsError("ServiceUnavailable", "The table endpoint cannot be reached. Nothing has been done.", {
        cause,
      });
}
