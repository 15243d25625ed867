import type { FeedConnection, GatewayNotices, NodeNotices, NodeRequests } from "@hotkeep/control-feed";
import { HotkeepError, type SeededRandom } from "@hotkeep/core";
import type { Gateway } from "@hotkeep/node";
import type { SimProcess, VirtualTime } from "./virtual-time.js";

/** How bad the network is. */
export interface NetworkFaults {
  delayMaxMs: number;
  /** Per thousand messages. A message that is lost, doubled or late is so for good: there is no TCP under it. */
  lostPerMille: number;
  doubledPerMille: number;
  /** Messages overtake each other. */
  disorder: boolean;
  /** Per thousand notices: the receiver has not kept up, and loses its connection. */
  cloggedPerMille: number;
}

const redialMs = 50;
/** A third of the real one: after so long a silence a connection is given up. */
const silenceMaxMs = 2_000;
/**
 * Up to when after its acknowledgement other nodes with a seat may not have heard of a write, in true milliseconds: the
 * silence after which a connection is given up, a seat, and the slowest messages.
 */
export function visibleWithinMs(delayMaxMs: number): number {
  return silenceMaxMs + 1_000 + 4 * delayMaxMs;
}

const requestTimeoutMs = 5_000;

type Side = "node" | "gateway";

/** One connection of the control feed: two directions, each in order unless the network is in disorder. */
class Wire {
  readonly ends: Record<Side, SimProcess>;
  readonly open: Record<Side, boolean> = { node: true, gateway: true };
  readonly #net: Network;
  readonly #nodeName: string;
  readonly #onClose: Record<Side, (reason: string) => void>;
  readonly #lastArrival: Record<Side, number> = { node: 0, gateway: 0 };
  readonly #waiting: { readonly to: Side; readonly deliver: () => void }[] = [];

  constructor(
    net: Network,
    nodeName: string,
    ends: Record<Side, SimProcess>,
    onClose: Record<Side, (reason: string) => void>,
  ) {
    this.#net = net;
    this.#nodeName = nodeName;
    this.ends = ends;
    this.#onClose = onClose;
  }

  send(to: Side, deliver: () => void): void {
    const { random, faults, time } = this.#net;
    const from = to === "node" ? "gateway" : "node";
    if (!this.open[from]) return;
    if (random.below(1000) < faults.lostPerMille) return;
    if (this.#net.cutOff.has(this.#nodeName)) {
      if (faults.lostPerMille === 0) this.#waiting.push({ to, deliver });
      return;
    }
    const copies = random.below(1000) < faults.doubledPerMille ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      let at = time.now + this.#net.delay();
      if (!faults.disorder) {
        at = Math.max(at, this.#lastArrival[to]);
        this.#lastArrival[to] = at;
      }
      time.after(at - time.now, () => this.open[to] && deliver(), this.ends[to]);
    }
  }

  /** What has not left the machine of an end that is no more never will. */
  forget(): void {
    this.#waiting.length = 0;
  }

  /** The network is whole again: what was on its way arrives, unless somebody has given the connection up. */
  heal(): void {
    for (const { to, deliver } of this.#waiting.splice(0)) this.send(to, deliver);
    if (this.open.node !== this.open.gateway) this.#finish(this.open.node ? "node" : "gateway");
  }

  /** One side ends the connection; the other hears of it if the network lets it, or by the silence. */
  close(side: Side, reason: string): void {
    if (!this.open[side]) return;
    this.open[side] = false;
    this.#onClose[side](reason);
    this.#finish(side === "node" ? "gateway" : "node");
  }

  #finish(side: Side): void {
    const cut = this.#net.cutOff.has(this.#nodeName);
    const delayMs = cut ? this.#net.random.below(silenceMaxMs) : this.#net.delay();
    const since = Math.max(0, this.#lastArrival[side] - this.#net.time.now);
    this.#net.time.after(Math.max(delayMs, since), () => this.close(side, "the other end is gone"), this.ends[side]);
  }

  /** Nothing has been heard for too long. */
  giveUp(side: Side): void {
    this.ends[side].after(this.#net.random.below(silenceMaxMs), () => {
      if (this.#net.cutOff.has(this.#nodeName)) this.close(side, "nothing heard");
    });
  }
}

/** The gateway's door: takes in connections while its process runs. */
export interface Door {
  readonly process: SimProcess;
  admits(nodeId: string, token: string): boolean;
  enter(connection: SimConnection): void;
}

/** The network between gateway and nodes. */
export class Network {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly faults: NetworkFaults;
  /** Nodes that no message reaches or leaves. */
  readonly cutOff = new Set<string>();
  door: Door | undefined;
  readonly wires = new Map<string, Wire>();

  constructor(time: VirtualTime, random: SeededRandom, faults: NetworkFaults) {
    this.time = time;
    this.random = random;
    this.faults = faults;
  }

  delay(): number {
    const { random, faults } = this;
    // Mostly quick, now and then as slow as it gets.
    return random.below(10) === 0 ? random.below(faults.delayMaxMs + 1) : random.below(3);
  }

  cut(nodeName: string): void {
    this.cutOff.add(nodeName);
    const wire = this.wires.get(nodeName);
    wire?.giveUp("node");
    wire?.giveUp("gateway");
  }

  heal(nodeName: string): void {
    this.cutOff.delete(nodeName);
    this.wires.get(nodeName)?.heal();
  }

  /** A process has ended: its kernel says so to whoever it can reach. */
  ended(side: Side, process: SimProcess): void {
    for (const wire of this.wires.values()) {
      if (wire.ends[side] !== process) continue;
      wire.forget();
      wire.close(side, "the process has ended");
    }
  }

  dial(feed: SimFeed): Wire | undefined {
    const { door } = this;
    const { name } = feed;
    if (door === undefined || door.process.dead || door.process.stopped || this.cutOff.has(name)) return undefined;
    if (!door.admits(feed.nodeId, feed.token)) return undefined;
    const onClose = { node: (reason: string) => feed.lost(reason), gateway: () => connection.ended() };
    const wire = new Wire(this, name, { node: feed.process, gateway: door.process }, onClose);
    const connection: SimConnection = new SimConnection(this, wire, feed);
    feed.connection = connection;
    this.wires.get(name)?.close("gateway", "the node connected again");
    this.wires.set(name, wire);
    // Either end may be the first to know.
    this.time.after(this.delay(), () => wire.open.gateway && door.enter(connection), door.process);
    return wire;
  }
}

/** A connection as the gateway sees it. */
export class SimConnection implements Pick<FeedConnection, "nodeId" | "notify" | "handle" | "on" | "closed" | "close"> {
  readonly nodeId: string;
  readonly closed: Promise<void>;
  readonly #net: Network;
  readonly #wire: Wire;
  readonly #feed: SimFeed;
  readonly #handlers = new Map<string, (request: never) => unknown>();
  readonly #listeners = new Map<string, (notice: never) => void>();
  #settle: () => void = () => {};

  constructor(net: Network, wire: Wire, feed: SimFeed) {
    this.#net = net;
    this.#wire = wire;
    this.#feed = feed;
    this.nodeId = feed.nodeId;
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  handle<Name extends keyof NodeRequests>(
    name: Name,
    handler: (
      request: NodeRequests[Name]["request"],
    ) => NodeRequests[Name]["response"] | Promise<NodeRequests[Name]["response"]>,
  ): void {
    this.#handlers.set(name, handler as (request: never) => unknown);
  }

  on<Name extends keyof NodeNotices>(name: Name, listener: (notice: NodeNotices[Name]) => void): () => void {
    this.#listeners.set(name, listener as (notice: never) => void);
    return () => this.#listeners.delete(name);
  }

  notify<Name extends keyof GatewayNotices>(name: Name, notice: GatewayNotices[Name]): void {
    if (this.#net.random.below(1000) < this.#net.faults.cloggedPerMille) {
      this.close("the node does not keep up with its notices");
      return;
    }
    this.#wire.send("node", () => this.#feed.hear(this, name, notice));
  }

  close(reason: string): void {
    this.#wire.close("gateway", reason);
  }

  ended(): void {
    this.#settle();
  }

  take(name: string, notice: unknown): void {
    this.#listeners.get(name)?.(notice as never);
  }

  async answer(name: string, request: unknown, respond: (settle: () => void) => void, feed: Pending): Promise<void> {
    try {
      const handler = this.#handlers.get(name);
      if (handler === undefined) throw new HotkeepError("FeedUnknownMessage", `nobody answers ${name}`);
      const response = await handler(request as never);
      respond(() => feed.resolve(response));
    } catch (error) {
      respond(() => feed.reject(error as Error));
    }
  }
}

interface Pending {
  readonly resolve: (response: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A node's end of the feed: dials until it is in, and again when the connection is lost. */
export class SimFeed implements Gateway {
  readonly nodeId: string;
  readonly name: string;
  readonly token: string;
  readonly process: SimProcess;
  connection: SimConnection | undefined;
  readonly #net: Network;
  readonly #listeners = new Map<string, Set<(notice: never) => unknown>>();
  readonly #onConnected = new Set<() => void>();
  readonly #onDisconnected = new Set<(reason: string) => void>();
  readonly #pending = new Set<Pending>();
  readonly #waiting = new Set<() => void>();
  #wire: Wire | undefined;

  constructor(net: Network, process: SimProcess, nodeId: string, token: string) {
    this.#net = net;
    this.process = process;
    this.nodeId = nodeId;
    this.name = process.name;
    this.token = token;
    this.#dialLater();
  }

  get connected(): boolean {
    return this.#wire !== undefined;
  }

  get network(): Network {
    return this.#net;
  }

  request<Name extends keyof NodeRequests>(
    name: Name,
    request: NodeRequests[Name]["request"],
  ): Promise<NodeRequests[Name]["response"]> {
    return new Promise((resolve, reject) => {
      let done = false;
      const settle = (how: () => void): void => {
        if (done) return;
        done = true;
        timer.cancel();
        this.#pending.delete(pending);
        this.#waiting.delete(send);
        how();
      };
      const pending: Pending = {
        resolve: (response) => settle(() => resolve(response as NodeRequests[Name]["response"])),
        reject: (error) => settle(() => reject(error)),
      };
      const timer = this.process.clock.after(requestTimeoutMs, () =>
        pending.reject(new HotkeepError("FeedTimeout", `no answer to ${name}`)),
      );
      const send = (): void => {
        const wire = this.#wire!;
        const connection = this.connection!;
        this.#pending.add(pending);
        wire.send("gateway", () => {
          void connection.answer(name, request, (deliver) => wire.send("node", deliver), pending);
        });
      };
      if (this.#wire === undefined) this.#waiting.add(send);
      else send();
    });
  }

  notify<Name extends keyof NodeNotices>(name: Name, notice: NodeNotices[Name]): boolean {
    const wire = this.#wire;
    const connection = this.connection;
    if (wire === undefined || connection === undefined) return false;
    if (this.#net.random.below(1000) < this.#net.faults.cloggedPerMille) return false;
    wire.send("gateway", () => connection.take(name, notice));
    return true;
  }

  /** The simulated gateway asks nothing. */
  handle(): void {}

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

  hear(connection: SimConnection, name: string, notice: unknown): void {
    if (connection !== this.connection) return;
    for (const listener of this.#listeners.get(name) ?? []) listener(notice as never);
  }

  lost(reason: string): void {
    this.#wire = undefined;
    this.connection = undefined;
    if (this.process.dead) return;
    for (const pending of [...this.#pending]) pending.reject(new HotkeepError("FeedDisconnected", reason));
    for (const listener of this.#onDisconnected) listener(reason);
    this.#dialLater();
  }

  #dialLater(): void {
    this.process.after(redialMs / 2 + this.#net.random.below(redialMs), () => {
      const wire = this.#net.dial(this);
      if (wire === undefined) {
        this.#dialLater();
        return;
      }
      this.process.after(this.#net.delay(), () => {
        if (!wire.open.node) return;
        this.#wire = wire;
        for (const listener of this.#onConnected) listener();
        for (const send of [...this.#waiting]) {
          this.#waiting.delete(send);
          send();
        }
      });
    });
  }
}
