import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { STSClient } from "@aws-sdk/client-sts";
import { type Clock, ManualClock, SeededRandom, silentLogger } from "@hotkeep/core";
import {
  type Identity,
  memorySealer,
  openIdentity,
  type Sealer,
  type ServiceControlPolicies,
  type TrailEvent,
  trailEvent,
} from "@hotkeep/identity";
import { type AuditRecord, createRouter, type Router, type SigningCredentials } from "@hotkeep/protocols";
import { memoryStore, type StateStore } from "@hotkeep/state";

export const account = "123456789012";
export const clusterArn = `arn:aws:dax:us-west-2:${account}:cache/DAXCluster01`;
export const booksArn = `arn:aws:dynamodb:us-west-2:${account}:table/Books`;

/** Identity behind the real router on a socket, with clients of the official SDK. */
export class World {
  readonly clock: ManualClock;
  readonly identity: Identity;
  readonly store: StateStore;
  readonly sealer: Sealer;
  readonly router: Router;
  readonly root: SigningCredentials;
  /** What an audit trail would hold, the oldest first. */
  readonly events: readonly TrailEvent[];
  readonly #server: Server;
  readonly #clients: { destroy(): void }[] = [];
  readonly #startedAt: number;

  private constructor(parts: {
    clock: ManualClock;
    identity: Identity;
    store: StateStore;
    sealer: Sealer;
    router: Router;
    root: SigningCredentials;
    events: readonly TrailEvent[];
    server: Server;
  }) {
    this.clock = parts.clock;
    this.identity = parts.identity;
    this.store = parts.store;
    this.sealer = parts.sealer;
    this.router = parts.router;
    this.root = parts.root;
    this.events = parts.events;
    this.#server = parts.server;
    this.#startedAt = parts.clock.now();
  }

  static async open(serviceControl?: ServiceControlPolicies): Promise<World> {
    const clock = new ManualClock(Date.now());
    const store = memoryStore();
    const sealer = memorySealer();
    const events: TrailEvent[] = [];
    const late: { identity?: Identity } = {};
    const audit = (record: AuditRecord) => {
      const origin = late.identity?.ownerOf(record.accessKeyId ?? "")?.origin;
      const event = trailEvent(record, { eventId: `event-${events.length}`, account, origin });
      if (event !== undefined) events.push(event);
    };
    const identity = await openWith(store, sealer, clock, audit, serviceControl);
    late.identity = identity;
    const root = (await identity.ensureRoot())!;
    const services = identity.handlers;
    const random = new SeededRandom(7);
    const { credentials, authorizer } = identity;
    const router = createRouter({
      services,
      credentials,
      authorizer,
      clock,
      random,
      logger: silentLogger,
      account,
      audit,
    });
    const server = await serve(router);
    return new World({ clock, identity, store, sealer, router, root, events, server });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A client of IAM; root's without credentials. */
  iam(credentials: SigningCredentials = this.root): IAMClient {
    const client = new IAMClient(this.#configuration(credentials, "us-east-1"));
    this.#clients.push(client);
    return client;
  }

  sts(credentials: SigningCredentials = this.root): STSClient {
    const client = new STSClient(this.#configuration(credentials, "us-west-2"));
    this.#clients.push(client);
    return client;
  }

  /** A new user with one inline policy `p`, and a key of it. */
  async userWith(UserName: string, PolicyDocument: string): Promise<SigningCredentials> {
    await this.iam().send(new CreateUserCommand({ UserName }));
    await this.iam().send(new PutUserPolicyCommand({ UserName, PolicyName: "p", PolicyDocument }));
    const { AccessKey } = await this.iam().send(new CreateAccessKeyCommand({ UserName }));
    return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.identity.close();
    await this.store.close();
  }

  #configuration(credentials: SigningCredentials, region: string) {
    return {
      endpoint: this.url,
      region,
      credentials: { ...credentials },
      maxAttempts: 1,
      systemClockOffset: this.clock.now() - this.#startedAt,
    };
  }
}

/** Opens identity over a store, as a start of the gateway does. */
export function openWith(
  store: StateStore,
  sealer: Sealer,
  clock: Clock,
  audit: (record: AuditRecord) => void = () => {},
  serviceControl?: ServiceControlPolicies,
): Promise<Identity> {
  const random = new SeededRandom(clock.now());
  const control = serviceControl === undefined ? {} : { serviceControl };
  return openIdentity({ store, clock, random, logger: silentLogger, sealer, account, audit, ...control });
}

async function serve(router: Router): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const { status, headers, body } = await router.handle({
        method: request.method ?? "GET",
        url: request.url ?? "/",
        rawHeaders: request.rawHeaders,
        body: Buffer.concat(chunks),
        remoteAddress: request.socket.remoteAddress ?? "",
        secure: false,
      });
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** A policy text. */
export function policy(...statements: readonly Readonly<Record<string, unknown>>[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

export function allow(action: string | readonly string[], resource: string | readonly string[] = "*") {
  return { Effect: "Allow", Action: action, Resource: resource };
}

/** A trust policy for AssumeRole. */
export function trusts(principal: Readonly<Record<string, unknown>> | "*", extra: object = {}): string {
  return policy({ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole", ...extra });
}
