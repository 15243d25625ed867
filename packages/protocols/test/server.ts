import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  AwsError,
  type Clock,
  CommonAwsError,
  type Logger,
  SeededRandom,
  silentLogger,
  systemClock,
} from "@hotkeep/core";
import {
  type AnswerHold,
  type Authorizer,
  type CallContext,
  type Credential,
  createRouter,
  type NamedOperation,
  type Router,
  type RouterOptions,
  type ServiceName,
} from "@hotkeep/protocols";
import { loadTables } from "../src/model/load.js";

export const account = "123456789012";

export const bob: Credential = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  principal: { kind: "user", account, arn: `arn:aws:iam::${account}:user/Bob`, id: "AIDABOB", name: "Bob" },
};

export const session: Credential = {
  accessKeyId: "ASIAIOSFODNN7EXAMPLE",
  secretAccessKey: "sessionSecret/K7MDENG/bPxRfiCYEXAMPLEKEY",
  sessionToken: "token+with/odd=characters==",
  expiresAt: Date.UTC(2100, 0, 1),
  principal: {
    kind: "role-session",
    account,
    arn: `arn:aws:sts::${account}:assumed-role/R/s`,
    roleArn: `arn:aws:iam::${account}:role/R`,
    roleId: "AROAR",
    roleName: "R",
    sessionName: "s",
  },
};

const known = new Map([bob, session].map((credential) => [credential.accessKeyId, credential]));
export const credentials = { find: (id: string) => known.get(id) };

/** Allows everything but what is asked for the resource `forbidden`. */
export const authorizer: Authorizer = {
  authorize(_call: CallContext, requests) {
    for (const { action, resource } of requests) {
      if (resource === "forbidden") {
        throw new CommonAwsError("AccessDenied", `User: Bob is not authorized to perform: ${action}`, {
          members: { decisionId: "decision-1", encodedMessage: "c2VjcmV0" },
        });
      }
    }
  },
};

/** What a handler saw, and what it is to answer. */
export class Recorder {
  input: unknown;
  call: CallContext | undefined;
  output: unknown = {};
  /** What its answers are held for. */
  until: Promise<unknown> | undefined;

  /** Handlers for every operation of a service. */
  handlers(service: ServiceName, needs: NamedOperation["operation"]["needs"] = () => []): NamedOperation[] {
    return Object.keys(loadTables(service).operations).map((name) => ({
      name,
      operation: {
        needs,
        handle: (input: never, call: CallContext, hold: AnswerHold) => {
          this.input = input;
          this.call = call;
          if (this.until !== undefined) hold.until(this.until);
          if (this.output instanceof Error) throw this.output;
          return this.output;
        },
      },
    }));
  }
}

export const serviceNames: readonly ServiceName[] = [
  "iam",
  "sts",
  "ec2",
  "dax",
  "dynamodb",
  "dynamodbstreams",
  "monitoring",
  "hotkeep",
];

export function makeRouter(recorder: Recorder, options: Partial<RouterOptions> = {}): Router {
  return createRouter({
    services: serviceNames.map((service) => ({ service, operations: recorder.handlers(service) })),
    credentials,
    authorizer,
    clock: systemClock as Clock,
    random: new SeededRandom(7),
    logger: silentLogger as Logger,
    ...options,
  });
}

/** A router behind a real HTTP server, for real clients. */
export class TestServer {
  readonly #server: Server;
  endpoint = "";
  lastHeaders: Readonly<Record<string, string>> = {};

  constructor(router: Router) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", async () => {
        const answer = await router.handle({
          method: request.method!,
          url: request.url!,
          rawHeaders: request.rawHeaders,
          body: Buffer.concat(chunks),
          remoteAddress: request.socket.remoteAddress ?? "",
          secure: false,
        });
        this.lastHeaders = answer.headers;
        response.writeHead(answer.status, answer.headers);
        response.end(answer.body);
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.endpoint = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this.endpoint;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export { AwsError };
