import {
  type GatewayNotices,
  type NodeConfiguration,
  type NodeRequests,
  type OutsidePlace,
  PeerGate,
} from "@hotkeep/control-feed";
import { type Clock, HotkeepError, type Logger, type Random, type Timer } from "@hotkeep/core";
import type { Span } from "@hotkeep/traces";
import { ByteCache } from "./cache/byte-cache.js";
import { CacheRules } from "./cache/cache-rules.js";
import { Doubts } from "./cache/doubts.js";
import { invalidate } from "./cache/invalidate.js";
import { ItemCache } from "./cache/item-cache.js";
import { MemoryBudget } from "./cache/memory-budget.js";
import { PageCache } from "./cache/page-cache.js";
import { PageCoherence } from "./cache/page-coherence.js";
import { Membership } from "./cluster/membership.js";
import { StreamFollower } from "./cluster/stream-follower.js";
import type { Gateway } from "./gateway.js";
import { defaultLimits, type NodeLimits } from "./limits.js";
import { MetricTeller } from "./metric-teller.js";
import { type NodeMetrics, newMetrics } from "./metrics.js";
import type { OperationContext } from "./operations/context.js";
import { OperationExecutor } from "./operations/executor.js";
import type { Fallback } from "./operations/fallback.js";
import { Callers } from "./session/callers.js";
import { Gatekeeper } from "./session/gatekeeper.js";
import { InputBudget } from "./session/input.js";
import { LoopDelay } from "./session/loop-delay.js";
import { OutputScratch } from "./session/output.js";
import { Session, type SessionShared } from "./session/session.js";
import { Tail } from "./sight/tail.js";
import { Tracer } from "./sight/tracer.js";
import { Watch } from "./sight/watch.js";
import { hotKeysOf, XRay } from "./sight/x-ray.js";
import { AttributeLists } from "./table/attribute-lists.js";
import { HttpTableEndpoint } from "./table/http-endpoint.js";
import { RoleSessions } from "./table/role-sessions.js";
import type { TableEndpoint } from "./table/table-calls.js";
import { TableSchemas } from "./table/table-schemas.js";
import { type NodeTls, openNodeTls } from "./tls/node-tls.js";
import { chooseTransport } from "./transport/choose-transport.js";
import type { Listening, Transport } from "./transport/transport.js";

/** What a node is started with. */
export interface NodeOptions {
  /** The connection to the gateway; the node neither opens nor closes it. */
  readonly feed: Gateway;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits?: Partial<NodeLimits>;
  /** Where it serves, for a node that was not started by the gateway. */
  readonly outside?: OutsidePlace;
  /** Sockets; when absent the better transport that is there, or the one that HOTKEEP_TRANSPORT names. */
  readonly transport?: Transport;
  /** The tables; the configured endpoint over HTTP when absent. */
  readonly tables?: TableEndpoint;
  /** Processor time that this process has used, in microseconds; what the system says when absent. */
  readonly cpuMicros?: () => number;
  /** Where spans of a share of the requests go (0 to 1); none are made when absent. */
  readonly traces?: { readonly ratio: number; readonly export: (span: Span) => void };
}

/** A node that listens. */
export interface RunningNode {
  readonly configuration: NodeConfiguration;
  readonly address: string;
  /** The port it listens on. */
  readonly port: number;
  /** What carries its connections: `batched`, `net`, or what the given transport calls itself. */
  readonly transport: string;
  /** A snapshot of what it has counted. */
  metrics(): NodeMetrics;
  /**
   * The node has left the roster: serves on until its clients have gone, at most `withinMs`, then stops. Also begun by
   * the gateway's `drain` notice.
   */
  drain(withinMs: number): Promise<void>;
  /** Ends every connection with FIN and stops. */
  close(): Promise<void>;
  /** Settles when the node has stopped, however that came about. */
  readonly stopped: Promise<void>;
}

/** Pause before a node that the gateway did not take back tries again. */
const introduceAgainMs = 1_000;

function gateOf({ ingressCidrs }: NodeConfiguration): PeerGate | undefined {
  return ingressCidrs === undefined ? undefined : new PeerGate(ingressCidrs);
}

/** How long `close` waits for peers to close their side. */
const closeWithinMs = 500;

/**
 * Starts a cache node: asks the gateway what it is to be, listens for DAX clients, reports that it does.
 *
 * @throws HotkeepError `ListenFailed`, or the feed's when the gateway does not answer
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { feed } = options;
  const configuration = await feed.request("hello", greetingOf(feed.nodeId, options.outside));
  const node = new CacheNode(options, configuration, await tlsOf(options, configuration));
  await node.listen();
  return node;
}

function greetingOf(nodeId: string, outside: OutsidePlace | undefined): NodeRequests["hello"]["request"] {
  return { nodeId, pid: process.pid, ...(outside !== undefined && { outside }) };
}

async function tlsOf(options: NodeOptions, configuration: NodeConfiguration): Promise<NodeTls | undefined> {
  if (configuration.tls === undefined || options.transport !== undefined) return undefined;
  const { feed, clock, logger } = options;
  return openNodeTls({ gateway: feed, clock, logger, limits: { ...defaultLimits, ...options.limits } });
}

class CacheNode implements RunningNode {
  configuration: NodeConfiguration;
  readonly #feed: Gateway;
  readonly #outside: OutsidePlace | undefined;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #limits: NodeLimits;
  readonly #tls: NodeTls | undefined;
  readonly #transport: Transport;
  readonly #metrics = newMetrics();
  readonly #budget: MemoryBudget;
  readonly #itemBytes: ByteCache;
  readonly #pageBytes: ByteCache;
  readonly #items: ItemCache;
  readonly #pages: PageCache;
  readonly #callers: Callers;
  readonly #roleSessions: RoleSessions;
  readonly #lists: AttributeLists;
  readonly #http: HttpTableEndpoint;
  readonly #membership: Membership;
  readonly #shared: SessionShared;
  readonly #teller: MetricTeller;
  readonly #watch: Watch;
  readonly #tail: Tail;
  readonly #xRay: XRay;
  readonly #loopDelay: LoopDelay;
  readonly #context: OperationContext;
  readonly #stopListening: (() => void)[] = [];
  readonly stopped: Promise<void>;
  #whenStopped: () => void = () => {};
  #heartbeat: Timer | undefined;
  #listening: Listening | undefined;
  #gate: PeerGate | undefined;
  #stopping: Promise<void> | undefined;
  readonly #seed: number;
  #streams: StreamFollower | undefined;
  #feedLost = false;
  #fallback: Fallback = { staleMs: 0 };

  constructor(options: NodeOptions, configuration: NodeConfiguration, tls: NodeTls | undefined) {
    const { feed, clock, random, logger } = options;
    const { withoutGatewayMs: callerWithoutFeedMs } = configuration;
    const limits = { ...defaultLimits, callerWithoutFeedMs, ...options.limits };
    const { region, clusterArn, account } = configuration;
    this.configuration = configuration;
    this.#gate = gateOf(configuration);
    this.#feed = feed;
    this.#outside = options.outside;
    this.#clock = clock;
    this.#logger = logger;
    this.#limits = limits;
    this.#tls = tls;
    if (tls !== undefined) {
      this.#transport = tls.transport;
      logger.info("transport: tls", { reason: "the cluster's endpoint is encrypted" });
    } else if (options.transport === undefined) {
      const { transport, name, reason } = chooseTransport(clock, process.env.HOTKEEP_TRANSPORT);
      this.#transport = transport;
      logger.info(`transport: ${name}`, { reason });
    } else this.#transport = options.transport;
    this.stopped = new Promise((resolve) => {
      this.#whenStopped = resolve;
    });
    const seed = Buffer.from(random.bytes(4)).readInt32LE();
    this.#seed = seed;
    this.#budget = new MemoryBudget(configuration.cacheBytesMax);
    this.#itemBytes = new ByteCache(this.#budget, seed);
    this.#pageBytes = new ByteCache(this.#budget, seed);
    const rules = rulesOf(configuration);
    this.#items = new ItemCache(this.#itemBytes, rules, new Doubts(limits, seed));
    this.#pages = new PageCache(this.#pageBytes, rules);
    this.#callers = new Callers(feed, clock, limits, region);
    this.#roleSessions = new RoleSessions(feed, clock, limits);
    this.#lists = new AttributeLists(feed, limits.attributeListsMax);
    this.#http = new HttpTableEndpoint(
      configuration.tableEndpoint,
      configuration.tableEndpointAuthority,
      region,
      this.#roleSessions,
      clock,
      limits,
    );
    const tables = options.tables ?? this.#http;
    this.#watch = new Watch(clock, random);
    this.#membership = new Membership({
      feed,
      clock,
      random,
      logger,
      limits,
      items: this.#items,
      nodeId: () => this.configuration.nodeId,
    });
    this.#loopDelay = new LoopDelay(clock, limits);
    const context: OperationContext = {
      limits,
      clock,
      random,
      logger,
      items: this.#items,
      pages: this.#pages,
      tables,
      schemas: new TableSchemas(tables, clock, limits, { region, account }, () =>
        this.#items.invalidateAll(clock.monotonic()),
      ),
      lists: this.#lists,
      notices: this.#membership.notices,
      metrics: this.#metrics,
      watch: this.#watch,
      loopDelay: this.#loopDelay,
      fallback: () => this.#fallback,
    };
    this.#xRay = new XRay(context, this.#roleSessions);
    this.#tail = new Tail({ gateway: feed, clock, watch: this.#watch, schemas: context.schemas });
    this.#context = context;
    if (options.traces !== undefined) {
      this.#watch.follow(new Tracer({ ...options.traces, clock, random, clusterArn }));
    }
    const executor = new OperationExecutor({
      context,
      gateway: feed,
      roster: this.#membership.roster,
      roleSessions: this.#roleSessions,
      serviceRoleArn: () => this.configuration.serviceRoleArn,
    });
    const metrics = this.#metrics;
    this.#teller = new MetricTeller({
      gateway: feed,
      clock,
      metrics: () => this.metrics(),
      cpuMicros: options.cpuMicros ?? processMicros,
    });
    const running = { count: 0 };
    this.#shared = {
      limits,
      clock,
      random,
      logger,
      cluster: { clusterArn, region, account },
      callers: this.#callers,
      items: this.#items,
      gatekeeper: new Gatekeeper({
        limits,
        clock,
        random,
        gateway: feed,
        executor,
        metrics,
        running,
        watch: this.#watch,
        loopDelay: this.#loopDelay,
      }),
      metrics,
      watch: this.#watch,
      inputBudget: new InputBudget(limits.inputBytesTotalMax),
      outputScratch: new OutputScratch(),
      running,
    };
    this.#follow(configuration);
  }

  get address(): string {
    return this.configuration.listenAddress;
  }

  get port(): number {
    return this.#listening?.port ?? this.configuration.port;
  }

  get transport(): string {
    return this.#transport.name ?? "unnamed";
  }

  async listen(): Promise<void> {
    this.#hear();
    await this.#open();
  }

  async #open(): Promise<void> {
    const { limits } = this.#shared;
    this.#listening = await this.#transport.listen({
      address: this.configuration.listenAddress,
      port: this.configuration.port,
      connectionsMax: limits.connectionsMax,
      bytesWaitingTotalMax: limits.outputBytesTotalMax,
      lingerMs: limits.lingerMs,
      admits: (remoteAddress) => this.#admits(remoteAddress),
      accept: (connection) => new Session(this.#shared, connection),
    });
    try {
      await this.#membership.introduce(this.#listening.port);
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#beat();
    this.#loopDelay.start();
  }

  /** Asks the security groups of the node's network interface; without a gate in the configuration nobody is kept out. */
  #admits(remoteAddress: string): boolean {
    if (this.#gate === undefined || this.#gate.allows(remoteAddress)) return true;
    this.#logger.warn("a security group kept a connection out", { remoteAddress, port: this.port });
    return false;
  }

  metrics(): NodeMetrics {
    const { traffic, connections } = this.#listening ?? { traffic: { bytesIn: 0, bytesOut: 0 }, connections: 0 };
    return {
      ...this.#metrics,
      EvictedSize: this.#itemBytes.evictedBytes + this.#pageBytes.evictedBytes,
      NetworkBytesIn: traffic.bytesIn,
      NetworkBytesOut: traffic.bytesOut,
      ClientConnections: connections,
      EstimatedDbSize: this.#budget.bytes,
      CacheMemoryUtilization: (100 * this.#budget.bytes) / Math.max(1, this.#budget.bytesMax),
    };
  }

  drain(withinMs: number): Promise<void> {
    this.#stopping ??= this.#drain(withinMs);
    return this.#stopping;
  }

  close(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #drain(withinMs: number): Promise<void> {
    await this.#whenLeft(withinMs);
    await this.#stop();
  }

  /** Clients find out within seconds that the node is not on the roster, and close their connections themselves. */
  async #whenLeft(withinMs: number): Promise<void> {
    const deadline = this.#clock.monotonic() + withinMs;
    const pollMs = 100;
    while ((this.#listening?.connections ?? 0) > 0 && this.#clock.monotonic() < deadline) {
      await new Promise<void>((resolve) => void this.#clock.after(pollMs, resolve));
    }
  }

  /**
   * Begins anew with the cache kept: every connection ends and everything that was asked for is asked for again, while
   * notices of other nodes' writes are still heard.
   */
  async #reboot(withinMs: number): Promise<void> {
    await this.#whenLeft(withinMs);
    if (this.#stopping !== undefined) return;
    this.#heartbeat?.cancel();
    this.#loopDelay.stop();
    await this.#listening?.close(closeWithinMs);
    this.#callers.uses.report(this.#clock.now());
    this.#callers.feedBack();
    this.#roleSessions.discard();
    await this.#configure(await this.#feed.request("hello", this.#greeting()));
    await this.#open();
    // Told to end meanwhile.
    if (this.#stopping !== undefined) await this.#listening?.close(closeWithinMs);
  }

  async #stop(): Promise<void> {
    this.#heartbeat?.cancel();
    this.#loopDelay.stop();
    this.#tls?.stop();
    await this.#listening?.close(closeWithinMs);
    this.#callers.uses.report(this.#clock.now());
    this.#teller.tell(this.#clock.monotonic());
    this.#streams?.stop();
    this.#membership.leave();
    this.#tail.close();
    for (const stop of this.#stopListening) stop();
    this.#http.close();
    this.#whenStopped();
  }

  #hear(): void {
    const feed = this.#feed;
    const on = <Name extends keyof GatewayNotices>(
      name: Name,
      listener: (notice: GatewayNotices[Name]) => void | Promise<void>,
    ): void => void this.#stopListening.push(feed.on(name, listener));
    on("configuration", (configuration) => this.#configure(configuration));
    on("callerChanged", ({ accessKeyIds }) => this.#callers.changed(accessKeyIds));
    on("roleSessionRevoked", () => this.#roleSessions.discard());
    on("attributeList", ({ id, names }) => this.#lists.learn(id, names));
    on("reboot", ({ withinMs }) => {
      this.#reboot(withinMs).catch((error: unknown) => {
        // The supervisor starts it again.
        this.#logger.error("a reboot failed: this node ends", { error });
        void this.close();
      });
    });
    on("follow", ({ forMs, percent }) => this.#tail.follow(forMs, percent));
    feed.handle("xray", (ask) => this.#xRay.look(ask));
    feed.handle("invalidate", (ask) => invalidate(this.#context, ask));
    feed.handle("hotKeys", ({ keysMax }) => hotKeysOf(this.#context, this.#watch, this.#clock, keysMax));
    on("drain", ({ withinMs }) => {
      this.drain(withinMs).catch((error: unknown) => this.#logger.error("draining failed", { error }));
    });
    this.#membership.hear();
    this.#stopListening.push(
      feed.onDisconnected(() => {
        this.#feedLost = true;
        this.#callers.feedLost();
      }),
      feed.onConnected(() => {
        if (!this.#feedLost) return;
        this.#feedLost = false;
        this.#greetAgain();
      }),
    );
  }

  /** The feed is back. */
  #greetAgain(): void {
    // Everything that the gateway may have told meanwhile is asked for again, or given up.
    this.#callers.feedBack();
    this.#roleSessions.discard();
    this.#introduce().catch((error: unknown) => {
      this.#logger.warn("the gateway did not take the node back", { error: (error as Error).message });
      this.#clock.after(introduceAgainMs, () => {
        if (this.#feed.connected && this.#stopping === undefined) this.#greetAgain();
      });
    });
  }

  #greeting(): NodeRequests["hello"]["request"] {
    return greetingOf(this.#feed.nodeId, this.#outside);
  }

  async #introduce(): Promise<void> {
    await this.#configure(await this.#feed.request("hello", this.#greeting()));
    await this.#membership.introduce(this.port);
  }

  /** @returns what settles when the node is what `configuration` says; undefined: it is already */
  #configure(configuration: NodeConfiguration): Promise<void> | undefined {
    const fixed = ["clusterArn", "account", "region", "nodeId", "listenAddress"] as const;
    for (const name of fixed) {
      if (configuration[name] !== this.configuration[name]) {
        throw new HotkeepError("NodeMustRestart", `A running node cannot change its ${name}.`, {
          help: "Restart the node.",
        });
      }
    }
    if (configuration.serviceRoleArn !== this.configuration.serviceRoleArn) this.#roleSessions.discard();
    this.configuration = configuration;
    this.#gate = gateOf(configuration);
    this.#listening?.evict();
    this.#http.moveTo(configuration.tableEndpoint, configuration.tableEndpointAuthority);
    this.#follow(configuration);
    this.#budget.resize(configuration.cacheBytesMax);
    // Clients that come by a new name must not find it missing.
    const { tls } = configuration;
    return tls && this.#tls?.speakFor(tls.names, tls.authority);
  }

  /** Takes over what is cached how, and forgets what may not be here any more. */
  #follow(configuration: NodeConfiguration): void {
    const rules = rulesOf(configuration);
    this.#items.rules = rules;
    this.#pages.rules = rules;
    const { staleMs = 0, staleAfterMs } = configuration.cacheSettings ?? {};
    this.#fallback = { staleMs, ...(staleAfterMs !== undefined && { staleAfterMs }) };
    const { admission = "lru" } = configuration.cacheSettings ?? {};
    this.#itemBytes.admission = admission;
    this.#pageBytes.admission = admission;
    this.#items.staleMs = staleMs;
    this.#pages.staleMs = staleMs;
    this.#followStreams(configuration.cacheSettings?.followStreams === true);
    this.#beCoherent(configuration.cacheSettings?.coherentQueries === true);
    this.#context.schemas.patienceMs = staleMs === 0 ? undefined : staleAfterMs;
    for (const { table, neverCache } of configuration.cacheSettings?.tables ?? []) {
      if (neverCache === true) this.#items.forgetTable(table, this.#clock.monotonic());
    }
  }

  /** Answers to queries and scans follow writes, or do not. */
  #beCoherent(wanted: boolean): void {
    if (wanted === (this.#pages.coherence !== undefined)) return;
    const schemaOf = (table: string) => this.#context.schemas.known(table)?.schema;
    const coherence = wanted ? new PageCoherence(this.#limits, schemaOf, this.#seed) : undefined;
    this.#pages.coherence = coherence;
    this.#items.listenToWrites(coherence, this.#clock.monotonic());
  }

  #followStreams(wanted: boolean): void {
    if (wanted === (this.#streams !== undefined) || this.#stopping !== undefined) return;
    this.#streams?.stop();
    this.#streams = wanted ? new StreamFollower(this.#context) : undefined;
  }

  #beat(): void {
    this.#callers.uses.tick(this.#clock.monotonic(), this.#clock.now());
    this.#teller.tick(this.#clock.monotonic());
    this.#heartbeat = this.#clock.after(this.#limits.heartbeatMs, () => this.#beat());
  }
}

function rulesOf({ recordTtlMs, queryTtlMs, cacheSettings }: NodeConfiguration): CacheRules {
  return new CacheRules(recordTtlMs, queryTtlMs, cacheSettings?.tables);
}

function processMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
