import { type NodeConfiguration, PeerGate } from "@hotkeep/control-feed";
import { HotkeepError, type Timer } from "@hotkeep/core";
import { defaultLimits } from "../limits.js";
import { MetricTeller } from "../metric-teller.js";
import type { NodeMetrics } from "../metrics.js";
import { Session } from "../session/session.js";
import type { NodeTls } from "../tls/node-tls.js";
import { chooseTransport } from "../transport/choose-transport.js";
import type { Listening, Transport } from "../transport/transport.js";
import { FollowedSettings } from "./followed-settings.js";
import { type Commanded, GatewayEar } from "./gateway-ear.js";
import { buildParts, type NodeParts } from "./node-parts.js";
import type { NodeOptions, RunningNode } from "./running-node.js";
import { sayHello } from "./say-hello.js";

/** How long `close` waits for peers to close their side. */
const closeWithinMs = 500;
/** Pause between two looks whether all clients of a draining node have gone. */
const leftPollMs = 100;

/** What of a node's configuration holds for its life. */
const fixed = ["clusterArn", "account", "region", "nodeId", "listenAddress"] as const;

function gateOf({ ingressCidrs }: NodeConfiguration): PeerGate | undefined {
  return ingressCidrs === undefined ? undefined : new PeerGate(ingressCidrs);
}

/** The life of a node: it listens, becomes what its gateway says, reboots, drains and ends. */
export class CacheNode implements RunningNode, Commanded {
  configuration: NodeConfiguration;
  readonly stopped: Promise<void>;
  readonly #options: NodeOptions;
  readonly #tls: NodeTls | undefined;
  readonly #transport: Transport;
  readonly #parts: NodeParts;
  readonly #settings: FollowedSettings;
  readonly #ear: GatewayEar;
  readonly #teller: MetricTeller;
  #whenStopped: () => void = () => {};
  #heartbeat: Timer | undefined;
  #listening: Listening | undefined;
  #gate: PeerGate | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: NodeOptions, configuration: NodeConfiguration, tls: NodeTls | undefined) {
    const { feed, clock, logger } = options;
    const { withoutGatewayMs: callerWithoutFeedMs } = configuration;
    const limits = { ...defaultLimits, callerWithoutFeedMs, ...options.limits };
    this.configuration = configuration;
    this.#options = options;
    this.#gate = gateOf(configuration);
    this.#tls = tls;
    this.#transport = transportOf(options, tls);
    this.stopped = new Promise((resolve) => {
      this.#whenStopped = resolve;
    });
    const parts = buildParts(options, configuration, limits, () => this.configuration);
    this.#parts = parts;
    this.#teller = new MetricTeller({
      gateway: feed,
      clock,
      metrics: () => this.metrics(),
      cpuMicros: options.cpuMicros ?? processMicros,
    });
    const { memory, context, seed } = parts;
    this.#settings = new FollowedSettings({ memory, context, seed, isStopping: () => this.isStopping });
    this.#settings.follow(configuration);
    this.#ear = new GatewayEar({ feed, clock, logger, parts, node: this });
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

  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  async listen(): Promise<void> {
    this.#ear.listen();
    await this.#open();
  }

  metrics(): NodeMetrics {
    const { traffic, connections } = this.#listening ?? { traffic: { bytesIn: 0, bytesOut: 0 }, connections: 0 };
    return {
      ...this.#parts.metrics,
      ...this.#parts.memory.metrics(),
      NetworkBytesIn: traffic.bytesIn,
      NetworkBytesOut: traffic.bytesOut,
      ClientConnections: connections,
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

  /**
   * Begins anew with the cache kept: every connection ends and everything that was asked for is asked for again, while
   * notices of other nodes' writes are still heard.
   */
  async reboot(withinMs: number): Promise<void> {
    await this.#whenLeft(withinMs);
    if (this.isStopping) return;
    await this.#endSessions();
    this.#parts.callers.feedBack();
    this.#parts.roleSessions.discard();
    await this.configure(await sayHello(this.#options));
    await this.#open();
    // Told to end meanwhile.
    if (this.isStopping) await this.#listening?.close(closeWithinMs);
  }

  async introduce(): Promise<void> {
    await this.configure(await sayHello(this.#options));
    await this.#parts.membership.introduce(this.port);
  }

  configure(configuration: NodeConfiguration): Promise<void> | undefined {
    for (const name of fixed) {
      if (configuration[name] !== this.configuration[name]) {
        throw new HotkeepError("NodeMustRestart", `A running node cannot change its ${name}.`, {
          help: "Restart the node.",
        });
      }
    }
    const { memory, roleSessions, http } = this.#parts;
    if (configuration.serviceRoleArn !== this.configuration.serviceRoleArn) roleSessions.discard();
    this.configuration = configuration;
    this.#gate = gateOf(configuration);
    this.#listening?.evict();
    http.moveTo(configuration.tableEndpoint, configuration.tableEndpointAuthority);
    this.#settings.follow(configuration);
    memory.resize(configuration.cacheBytesMax);
    // Clients that come by a new name must not find it missing.
    const { tls } = configuration;
    return tls && this.#tls?.speakFor(tls.names, tls.authority);
  }

  async #open(): Promise<void> {
    const { shared, membership, loopDelay, memory } = this.#parts;
    const { limits } = shared;
    memory.beforeReuse = () => this.#listening?.settle();
    this.#listening = await this.#transport.listen({
      address: this.configuration.listenAddress,
      port: this.configuration.port,
      connectionsMax: limits.connectionsMax,
      bytesWaitingTotalMax: limits.outputBytesTotalMax,
      lingerMs: limits.lingerMs,
      admits: (remoteAddress) => this.#admits(remoteAddress),
      accept: (connection) => new Session(shared, connection),
    });
    try {
      await membership.introduce(this.#listening.port);
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#beat();
    loopDelay.start();
  }

  /** Asks the security groups of the node's network interface; without a gate in the configuration nobody is kept out. */
  #admits(remoteAddress: string): boolean {
    if (this.#gate === undefined || this.#gate.allows(remoteAddress)) return true;
    this.#options.logger.warn("a security group kept a connection out", { remoteAddress, port: this.port });
    return false;
  }

  #beat(): void {
    const { clock } = this.#options;
    const { callers, shared } = this.#parts;
    callers.uses.tick(clock.monotonic(), clock.now());
    this.#teller.tick(clock.monotonic());
    this.#heartbeat = clock.after(shared.limits.heartbeatMs, () => this.#beat());
  }

  async #drain(withinMs: number): Promise<void> {
    await this.#whenLeft(withinMs);
    await this.#stop();
  }

  /** Clients find out within seconds that the node is not on the roster, and close their connections themselves. */
  async #whenLeft(withinMs: number): Promise<void> {
    const { clock } = this.#options;
    const deadline = clock.monotonic() + withinMs;
    while ((this.#listening?.connections ?? 0) > 0 && clock.monotonic() < deadline) {
      await new Promise<void>((resolve) => void clock.after(leftPollMs, resolve));
    }
  }

  async #endSessions(): Promise<void> {
    this.#heartbeat?.cancel();
    this.#parts.loopDelay.stop();
    await this.#listening?.close(closeWithinMs);
    this.#parts.callers.uses.report(this.#options.clock.now());
  }

  async #stop(): Promise<void> {
    this.#tls?.stop();
    await this.#endSessions();
    this.#teller.tell(this.#options.clock.monotonic());
    this.#settings.stop();
    this.#parts.membership.leave();
    this.#parts.tail.close();
    this.#ear.stop();
    this.#parts.http.close();
    this.#whenStopped();
  }
}

function transportOf({ transport: given, clock, logger }: NodeOptions, tls: NodeTls | undefined): Transport {
  if (tls !== undefined) {
    logger.info("transport: tls", { reason: "the cluster's endpoint is encrypted" });
    return tls.transport;
  }
  if (given !== undefined) return given;
  const { transport, name, reason } = chooseTransport(clock, process.env.HOTKEEP_TRANSPORT);
  logger.info(`transport: ${name}`, { reason });
  return transport;
}

function processMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
