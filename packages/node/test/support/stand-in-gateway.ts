import { createHash } from "node:crypto";
import type {
  Caller,
  FeedPolicy,
  GatewayNotices,
  GatewayRequests,
  NodeConfiguration,
  NodeNotices,
  NodeRequests,
  RoleSession,
  Roster,
  SeatGrant,
} from "@hotkeep/control-feed";
import { AwsError, HotkeepError, type Principal } from "@hotkeep/core";
import type { Gateway } from "@hotkeep/node";
import { signingKey } from "@hotkeep/protocols";

/** A key that the stand-in knows. */
export interface StandInKey {
  readonly secretAccessKey: string;
  readonly principal: Principal;
  readonly sessionToken?: string;
  readonly expiresAt?: number;
  readonly mfaAt?: number;
  policies: readonly FeedPolicy[];
  context?: Readonly<Record<string, string>>;
}

type Told = { [Name in keyof NodeNotices]: NodeNotices[Name][] };

export const clusterArn = "arn:aws:dax:us-west-2:123456789012:cache/daxcluster01";

/** An Allow of `actions` on the cluster as an identity policy. */
export function allowing(...actions: string[]): FeedPolicy {
  return policyOf([{ Effect: "Allow", Action: actions, Resource: clusterArn }]);
}

/** An identity policy of these statements. */
export function policyOf(statements: readonly object[]): FeedPolicy {
  return {
    kind: "identity",
    name: "TestPolicy",
    carrier: "arn:aws:iam::123456789012:user/alice",
    document: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
  };
}

/** A gateway inside the test's process: the control feed without a socket. */
export class StandInGateway implements Gateway {
  readonly nodeId = "daxcluster01-a";
  connected = true;
  readonly keys = new Map<string, StandInKey>();
  readonly told: Told = { denied: [], used: [], wrote: [], left: [], metrics: [], seen: [] };
  readonly asked: { readonly name: string; readonly request: unknown }[] = [];
  configuration: NodeConfiguration;
  roster: Roster | undefined;
  /** What seats come with; no test waits for one to end unless it says so. */
  seat: Omit<SeatGrant, "roster" | "leads"> = { seatMs: 1e12, sequences: {}, losses: 0, doubtMs: 0, alone: true };
  /** undefined: the role cannot be assumed. */
  role: RoleSession | undefined;
  /** Holds answers to `caller` back until it settles. */
  callerGate: Promise<void> = Promise.resolve();
  /** Certifies public keys, where the node has TLS. */
  certificates: (publicKey: Buffer) => Promise<NodeRequests["certificate"]["response"]> = () =>
    Promise.reject(new HotkeepError("NoTls", "The cluster has no TLS."));
  readonly #lists: (readonly string[])[] = [];
  readonly #listIds = new Map<string, number>();
  readonly #listeners = new Map<string, Set<(notice: never) => unknown>>();
  readonly #onConnected = new Set<() => void>();
  readonly #onDisconnected = new Set<(reason: string) => void>();

  constructor(configuration: Partial<NodeConfiguration> & { readonly tableEndpoint: string }) {
    this.configuration = {
      clusterArn,
      account: "123456789012",
      region: "us-west-2",
      nodeId: this.nodeId,
      listenAddress: "127.0.0.1",
      port: 0,
      serviceRoleArn: "arn:aws:iam::123456789012:role/DAXServiceRole",
      recordTtlMs: 300_000,
      queryTtlMs: 300_000,
      withoutGatewayMs: 300_000,
      cacheBytesMax: 64 * 1024 * 1024,
      ...configuration,
    };
    this.role = {
      accessKeyId: "ASIASERVICEROLE00001",
      secretAccessKey: "role-secret",
      sessionToken: "role-token",
      expiresAt: Date.now() + 3_600_000,
      arn: "arn:aws:sts::123456789012:assumed-role/DAXServiceRole/dax-daxcluster01",
    };
  }

  /** Adds a user with one key. */
  user(accessKeyId: string, name: string, policies: readonly FeedPolicy[], extra: Partial<StandInKey> = {}): void {
    this.keys.set(accessKeyId, {
      secretAccessKey: `secret-of-${accessKeyId}`,
      principal: {
        kind: "user",
        account: "123456789012",
        arn: `arn:aws:iam::123456789012:user/${name}`,
        id: `AIDA${name.toUpperCase()}`,
        name,
      },
      policies,
      ...extra,
    });
  }

  request<Name extends keyof NodeRequests>(
    name: Name,
    request: NodeRequests[Name]["request"],
  ): Promise<NodeRequests[Name]["response"]> {
    this.asked.push({ name, request });
    if (!this.connected) return Promise.reject(new HotkeepError("FeedTimeout", "The gateway cannot be reached."));
    return this.#answer(name, request) as Promise<NodeRequests[Name]["response"]>;
  }

  /** How often the node has asked for something. */
  timesAsked(name: keyof NodeRequests): number {
    return this.asked.filter((one) => one.name === name).length;
  }

  /** What the node answers, by name. */
  readonly handlers = new Map<string, (body: unknown) => unknown>();

  handle<Name extends keyof GatewayRequests>(
    name: Name,
    handler: (
      request: GatewayRequests[Name]["request"],
    ) => GatewayRequests[Name]["response"] | Promise<GatewayRequests[Name]["response"]>,
  ): void {
    this.handlers.set(name, handler as (body: unknown) => unknown);
  }

  /** Asks the node as the gateway would. */
  async ask<Name extends keyof GatewayRequests>(
    name: Name,
    request: GatewayRequests[Name]["request"],
  ): Promise<GatewayRequests[Name]["response"]> {
    return (await this.handlers.get(name)!(request)) as GatewayRequests[Name]["response"];
  }

  notify<Name extends keyof NodeNotices>(name: Name, notice: NodeNotices[Name]): boolean {
    if (!this.connected) return false;
    this.told[name].push(notice);
    return true;
  }

  on<Name extends keyof GatewayNotices>(
    name: Name,
    listener: (notice: GatewayNotices[Name]) => void | Promise<void>,
  ): () => void {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set);
    set.add(listener as (notice: never) => unknown);
    return () => set.delete(listener as (notice: never) => unknown);
  }

  onConnected(listener: () => void): () => void {
    this.#onConnected.add(listener);
    return () => this.#onConnected.delete(listener);
  }

  onDisconnected(listener: (reason: string) => void): () => void {
    this.#onDisconnected.add(listener);
    return () => this.#onDisconnected.delete(listener);
  }

  /** Tells the node something. */
  tell<Name extends keyof GatewayNotices>(name: Name, notice: GatewayNotices[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(notice as never);
  }

  /** Cuts the feed. */
  lose(): void {
    this.connected = false;
    for (const listener of this.#onDisconnected) listener("the test cut it");
  }

  /** Mends the feed. */
  mend(): void {
    this.connected = true;
    for (const listener of this.#onConnected) listener();
  }

  async #answer(name: string, request: unknown): Promise<unknown> {
    switch (name) {
      case "hello":
        return this.configuration;
      case "listening":
        this.roster ??= this.soleRoster((request as { port: number }).port);
        return this.grant();
      case "seat":
        return this.grant();
      case "caller":
        await this.callerGate;
        return this.#caller(request as NodeRequests["caller"]["request"]);
      case "roleSession":
        if (this.role !== undefined) return this.role;
        throw new AwsError(
          "AccessDenied",
          "User: dax.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/DAXServiceRole",
        );
      case "attributeListId":
        return { id: this.#listId((request as { names: readonly string[] }).names) };
      case "attributeList": {
        const names = this.#lists[(request as { id: number }).id - 2];
        return names === undefined ? null : { names };
      }
      case "certificate":
        return this.certificates(Buffer.from((request as { publicKey: string }).publicKey, "base64"));
      default:
        throw new Error(`the stand-in does not answer ${name}`);
    }
  }

  /** The seat as it would be granted now. */
  grant(): SeatGrant {
    const roster = this.roster ?? { epoch: 0, nodes: [] };
    return { ...this.seat, roster, leads: roster.nodes.some((node) => node.leader && node.nodeId === this.nodeId) };
  }

  soleRoster(port: number): Roster {
    const { nodeId } = this;
    const node = { nodeId, ordinal: 0, address: "127.0.0.1", port, zone: "us-west-2a", leader: true };
    return { epoch: 1, nodes: [node] };
  }

  #caller({ accessKeyId, date, region }: NodeRequests["caller"]["request"]): Caller | null {
    const key = this.keys.get(accessKeyId);
    if (key === undefined) return null;
    return {
      accessKeyId,
      principal: key.principal,
      ...(key.sessionToken === undefined
        ? {}
        : { sessionTokenSha256: createHash("sha256").update(key.sessionToken).digest("hex") }),
      ...(key.expiresAt === undefined ? {} : { expiresAt: key.expiresAt }),
      ...(key.mfaAt === undefined ? {} : { mfaAt: key.mfaAt }),
      signingKey: Buffer.from(signingKey(key.secretAccessKey, date, region, "dax")).toString("hex"),
      signingDate: date,
      signingRegion: region,
      policies: key.policies,
      context: key.context ?? {},
    };
  }

  #listId(names: readonly string[]): number {
    const text = JSON.stringify(names);
    const known = this.#listIds.get(text);
    if (known !== undefined) return known;
    this.#lists.push(names);
    const id = this.#lists.length + 1;
    this.#listIds.set(text, id);
    return id;
  }
}
