import type { NodeExit, NodeLaunch, NodeLauncher, NodeProcess } from "@hotkeep/clusters";
import { type Caller, connectFeed, type FeedClient, type NodeConfiguration, type Roster } from "@hotkeep/control-feed";
import { silentLogger, systemClock, type Timer } from "@hotkeep/core";

/** What a launched node does: serve, end at once, or never say that it listens. */
export type Behaviour = "serve" | "end" | "hang";

/** A node without a cache: a real client of the control feed, that answers as a node must. */
export class FakeNode implements NodeProcess {
  readonly pid: number;
  readonly mark: string;
  readonly exited: Promise<NodeExit>;
  readonly launch: NodeLaunch;
  readonly feed: FeedClient;
  readonly rosters: Roster[] = [];
  readonly callersChanged: string[] = [];
  readonly lists = new Map<number, readonly string[]>();
  readonly wrote: { readonly origin: string; readonly sequence: number; readonly keys: readonly string[] }[] = [];
  readonly signals: string[] = [];
  configuration: NodeConfiguration | undefined;
  /** The port it was told at its first hello. */
  firstPort: number | undefined;
  revocations = 0;
  drains = 0;
  reboots = 0;
  /** False: neither a drain nor SIGTERM ends it. */
  obedient = true;
  ended = false;
  /** True: it does not ask for its seat any more, as if it had been stopped. */
  stuck = false;
  /** The number of its last write notice. */
  sequence = 0;
  readonly losses: number[] = [];
  #asking: Timer | undefined;
  #exit: (exit: NodeExit) => void = () => {};

  constructor(launch: NodeLaunch, pid: number, behaviour: Behaviour) {
    this.launch = launch;
    this.pid = pid;
    this.mark = `fake-${pid}-${launch.token}`;
    this.exited = new Promise((resolve) => {
      this.#exit = resolve;
    });
    this.feed = connectFeed({
      address: launch.feedAddress,
      nodeId: launch.nodeId,
      token: launch.token,
      clock: systemClock,
      logger: silentLogger,
      limits: { reconnectMinMs: 5, reconnectMaxMs: 20 },
    });
    this.feed.on("roster", (roster) => void this.rosters.push(roster));
    this.feed.on("callerChanged", ({ accessKeyIds }) => void this.callersChanged.push(...accessKeyIds));
    this.feed.on("roleSessionRevoked", () => {
      this.revocations += 1;
    });
    this.feed.on("attributeList", ({ id, names }) => void this.lists.set(id, names));
    this.feed.on("writesLost", ({ losses }) => void this.losses.push(losses));
    this.feed.on("wrote", (notice) => void this.wrote.push(notice));
    this.feed.on("configuration", (configuration) => {
      this.configuration = configuration;
    });
    this.feed.on("drain", () => {
      this.drains += 1;
      if (this.obedient) this.end({ code: 0, signal: null });
    });
    this.feed.on("reboot", () => {
      this.reboots += 1;
      if (this.obedient) void this.#join(true);
    });
    if (behaviour === "end") queueMicrotask(() => this.end({ code: 1, signal: null }));
    else this.feed.onConnected(() => void this.#join(behaviour === "serve"));
  }

  /** `daxcluster01-a` */
  get name(): string {
    return this.launch.nodeId.slice(this.launch.nodeId.lastIndexOf("/") + 1);
  }

  stop(signal: "SIGTERM" | "SIGKILL"): void {
    this.signals.push(signal);
    if (this.obedient || signal === "SIGKILL") this.end({ code: null, signal });
  }

  end(exit: NodeExit): void {
    if (this.ended) return;
    this.ended = true;
    void this.feed.close();
    this.#exit(exit);
  }

  caller(accessKeyId: string, date = today()): Promise<Caller | null> {
    return this.feed.request("caller", { accessKeyId, date, region: "us-west-2" });
  }

  /** Asks for the seat as a node does, until the connection is lost. */
  #keepSeat(): void {
    this.#asking?.cancel();
    this.#asking = systemClock.after(100, () => {
      if (!this.feed.connected || this.stuck) return;
      this.feed.request("seat", { run: `run-${this.pid}`, sequence: this.sequence }).catch(() => {});
      this.#keepSeat();
    });
  }

  async #join(listens: boolean): Promise<void> {
    try {
      this.configuration = await this.feed.request("hello", { nodeId: this.launch.nodeId, pid: this.pid });
      this.firstPort ??= this.configuration.port;
      if (!listens) return;
      const port = this.configuration.port === 0 ? 40_000 + this.pid : this.configuration.port;
      const seat = { run: `run-${this.pid}`, sequence: this.sequence };
      this.rosters.push((await this.feed.request("listening", { port, ...seat })).roster);
      this.#keepSeat();
    } catch {
      // The connection ended meanwhile; the next one begins anew.
    }
  }
}

/** Launches {@link FakeNode}s. */
export class FakeLauncher implements NodeLauncher {
  readonly launched: FakeNode[] = [];
  behaviour: Behaviour = "serve";

  launch(launch: NodeLaunch): NodeProcess {
    const node = new FakeNode(launch, this.launched.length + 1, this.behaviour);
    this.launched.push(node);
    return node;
  }

  adopt(mark: string): NodeProcess | undefined {
    return this.launched.find((node) => node.mark === mark && !node.ended);
  }

  /** Nodes that have not ended, in the order of their names. */
  get alive(): readonly FakeNode[] {
    return this.launched.filter((node) => !node.ended).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The living node with this name. */
  node(name: string): FakeNode {
    const found = this.alive.find((node) => node.name === name);
    if (found === undefined) throw new Error(`no living node ${name}`);
    return found;
  }
}

/** Today's date as SigV4 scopes write it. */
export function today(shiftDays = 0): string {
  const at = new Date(systemClock.now() + shiftDays * 24 * 60 * 60 * 1000);
  return at.toISOString().slice(0, 10).replaceAll("-", "");
}
