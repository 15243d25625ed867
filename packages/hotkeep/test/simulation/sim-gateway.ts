import type { NodeExit, NodeLaunch, NodeLauncher, NodeProcess } from "@hotkeep/clusters";
import { defaultClusterLimits } from "@hotkeep/clusters";
import type { SeatGrant } from "@hotkeep/control-feed";
import { type SeededRandom, silentLogger } from "@hotkeep/core";
import type { Entry, Json, StateStore } from "@hotkeep/state";
import { Attachments } from "../../../clusters/src/attach/attachments.js";
import { Turns } from "../../../clusters/src/lifecycle/turns.js";
import { ClusterSeats } from "../../../clusters/src/supervision/cluster-seats.js";
import { LaunchedMember } from "../../../clusters/src/supervision/launched-member.js";
import type { Leadership, RosterMember } from "../../../clusters/src/supervision/roster.js";
import type { Door, Network, SimConnection } from "./network.js";
import { nodeLimits, type SimNode } from "./sim-node.js";
import type { SimProcess } from "./virtual-time.js";

const gatewayLimits = {
  ...defaultClusterLimits,
  lateWriteMs: nodeLimits.lateWriteMs,
  relaunchMinMs: 300,
  relaunchMaxMs: 1_000,
};

/** What outlives a gateway. */
export interface Disk {
  readonly store: StateStore;
  leadership: Leadership;
  /** A gateway has run on this before. */
  used: boolean;
}

/** As much of a store as a node's attachments need; the real one takes most of a run's time. */
export function smallStore(): StateStore {
  const entries = new Map<string, Json>();
  const transaction = {
    get: async (key: string) => (entries.has(key) ? { key, value: entries.get(key), revision: 1 } : undefined),
    put: (key: string, value: Json) => void entries.set(key, value),
    delete: (key: string) => void entries.delete(key),
  };
  const store = {
    transact: (work: (inside: typeof transaction) => Promise<unknown>) => work(transaction),
    range: async () => [...entries].map(([key, value]) => ({ key, value, revision: 1 }) as Entry),
  };
  return store as unknown as StateStore;
}

/** Where node processes come from, and are found again. */
export interface NodeHost {
  launch(launch: NodeLaunch): SimNode;
  find(run: string): SimNode | undefined;
}

/** What can be done to the gateway to see whether the checkers notice. */
export interface GatewayMutations {
  readonly mayRun?: (real: (nodeId: string) => boolean) => (nodeId: string) => boolean;
  readonly startedAnew?: (nodeId: string) => boolean;
  readonly mutateGrant?: (grant: SeatGrant) => SeatGrant;
  readonly mutateSeats?: (seats: ClusterSeats) => void;
}

/** One process of the gateway: its real supervision, seats and relay, without the rest of the control plane. */
export class SimGateway implements Door {
  readonly process: SimProcess;
  readonly #net: Network;
  readonly #host: NodeHost;
  readonly #disk: Disk;
  readonly #random: SeededRandom;
  readonly #mutations: GatewayMutations;
  readonly #members = new Map<string, LaunchedMember>();
  readonly #turns: Turns;
  readonly #seats: ClusterSeats;
  readonly #attachments: Attachments;
  readonly #nodeIds: readonly string[];

  constructor(
    net: Network,
    host: NodeHost,
    disk: Disk,
    random: SeededRandom,
    process: SimProcess,
    nodeIds: readonly string[],
    mutations: GatewayMutations,
  ) {
    this.process = process;
    this.#net = net;
    this.#host = host;
    this.#disk = disk;
    this.#random = random;
    this.#mutations = mutations;
    this.#nodeIds = nodeIds;
    const mayRun = (nodeId: string): boolean => this.#members.get(nodeId)?.running ?? true;
    this.#seats = new ClusterSeats({
      clock: process.clock,
      logger: silentLogger,
      limits: gatewayLimits,
      isNew: !disk.used,
      mayRun: mutations.mayRun?.(mayRun) ?? mayRun,
      startedAnew: mutations.startedAnew ?? ((nodeId) => this.#members.get(nodeId)?.startedAnew ?? false),
      book: { decide: (choose) => this.#decide(choose) },
      due: () => void this.#turns.request(),
    });
    mutations.mutateSeats?.(this.#seats);
    this.#turns = new Turns(() => this.#seats.renew());
    const sealer = { seal: (plain: string) => plain, open: (sealed: string) => sealed };
    this.#attachments = new Attachments({ store: disk.store, random, logger: silentLogger, sealer: sealer as never });
  }

  async start(): Promise<void> {
    await this.#attachments.load();
    this.#disk.used = true;
    this.#net.door = this;
    for (const nodeId of this.#nodeIds) {
      const member = new LaunchedMember({
        nodeId,
        joinId: nodeId,
        clusterArn: "arn:aws:dax:us-west-2:123456789012:cache/c",
        clock: this.process.clock,
        logger: silentLogger,
        limits: gatewayLimits,
        attachments: this.#attachments,
        launcher: this.#launcher(),
        feedAddress: () => ({ host: "127.0.0.1", port: 1 }),
        changed: () => {
          this.#seats.look(nodeId);
          void this.#turns.request();
        },
        launchFailed: () => {},
      });
      this.#members.set(nodeId, member);
      member.start(0);
    }
  }

  admits(nodeId: string, token: string): boolean {
    return this.#attachments.secretOf(nodeId) === token;
  }

  enter(connection: SimConnection): void {
    const member = this.#members.get(connection.nodeId);
    if (member === undefined) return;
    const seats = this.#seats;
    const mutate = this.#mutations.mutateGrant ?? ((grant: SeatGrant) => grant);
    const { nodeId } = member;
    member.connected(connection as never);
    seats.attach(nodeId, connection);
    void connection.closed.then(() => seats.detach(nodeId, connection));
    connection.handle("listening", async ({ port, run, sequence }) => {
      seats.grant(nodeId, connection, run, sequence);
      member.listening(port);
      await this.#turns.request();
      return mutate(seats.grant(nodeId, connection, run, sequence));
    });
    connection.handle("seat", ({ run, sequence }) => mutate(seats.grant(nodeId, connection, run, sequence)));
    connection.handle("attributeListId", () => ({ id: 2 }));
    connection.handle("attributeList", () => ({ names: ["v"] }));
    connection.on("wrote", (notice) => seats.relay(nodeId, notice));
    connection.on("left", ({ sequence }) => seats.left(nodeId, sequence));
  }

  /** Takes a node off the roster, ends it in order and starts it again. */
  async restartNode(nodeId: string): Promise<void> {
    const member = this.#members.get(nodeId);
    if (member?.running !== true) return;
    member.leave();
    await this.#turns.request();
    await member.restart(member.generation + 1, 1_000);
  }

  /** The process ends without a word; nodes live on. */
  die(): void {
    this.process.kill();
    this.#net.ended("gateway", this.process);
  }

  async #decide(
    choose: (now: Leadership, members: readonly RosterMember[], nodesWanted: readonly string[]) => Leadership,
  ): Promise<void> {
    await this.#pause();
    const candidates = [...this.#members.values()].flatMap((member, ordinal) =>
      member.onRoster ? [{ nodeId: member.nodeId, ordinal, address: "127.0.0.1", port: 8111, zone: "a" }] : [],
    );
    this.#disk.leadership = choose(this.#disk.leadership, candidates, this.#nodeIds);
    await this.#pause();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => void this.process.after(this.#random.below(20), resolve));
  }

  #launcher(): NodeLauncher {
    return {
      launch: (launch) => this.#processOf(this.#host.launch(launch)),
      adopt: (mark) => {
        const node = this.#host.find(mark);
        return node === undefined ? undefined : this.#processOf(node);
      },
    };
  }

  #processOf(node: SimNode): NodeProcess {
    // The end of a child is heard of a moment later, and by whoever is its parent then.
    const exited = new Promise<NodeExit>((resolve) => {
      void node.exited.then((exit) => this.process.after(this.#random.below(30), () => resolve(exit)));
    });
    return {
      pid: 1,
      mark: node.run,
      exited,
      stop: () => node.die(this.#net),
    };
  }
}
