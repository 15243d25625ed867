import { SeededRandom } from "@hotkeep/core";
import { HistoryChecker, LeadershipChecker, Violation } from "./checkers.js";
import { Network, type NetworkFaults, visibleWithinMs } from "./network.js";
import { type Disk, type GatewayMutations, SimGateway, smallStore } from "./sim-gateway.js";
import { type NodeParts, nodeLimits, SimNode } from "./sim-node.js";
import { SimTable, type TableFaults } from "./sim-table.js";
import { SimProcess, VirtualTime } from "./virtual-time.js";

/** A deliberate mistake, to see whether the checkers notice it. */
export interface Mutation extends GatewayMutations {
  readonly node?: (parts: NodeParts) => void;
}

export interface RunOptions {
  readonly seed: number;
  readonly mutation?: Mutation;
  /** Told what happens, if anybody wants to know. */
  readonly trace?: (line: string) => void;
}

/** What a run came to. */
export interface RunResult {
  readonly seed: number;
  readonly violation: string | undefined;
  readonly reads: number;
  readonly writes: number;
  readonly failures: number;
  readonly epochs: number;
  readonly faults: number;
  /** True time that the run took. */
  readonly lastedMs: number;
}

const activeMs = 7_000;
/** From the end of all faults until everything must agree: late writes, reconnections, relaunches. */
const calmMs = nodeLimits.lateWriteMs + 4_000;
const clients = 6;
/** Some are written all the time, so that writes meet; others rarely, so that what is old stays. */
const busyKeys = ["x", "y", "z"];
const keys = [...busyKeys, "p", "q", "r", "s", "t"];
const clientPatienceMs = 3_500;

/** Lets one cluster live through faults that follow from the seed, and checks everything it answers. */
export async function run(options: RunOptions): Promise<RunResult> {
  const world = new World(options);
  return world.run();
}

class World {
  readonly #options: RunOptions;
  readonly #random: SeededRandom;
  readonly #time = new VirtualTime();
  readonly #net: Network;
  readonly #table: SimTable;
  readonly #tableFaults: TableFaults;
  readonly #disk: Disk = {
    store: smallStore(),
    leadership: { leader: null, leaderRun: null, epoch: 0 },
    used: false,
  };
  readonly #nodeIds: readonly string[];
  readonly #nodes = new Map<string, SimNode>();
  readonly #history: HistoryChecker;
  readonly #leadership = new LeadershipChecker();
  /** Mostly without end or bound: what is old would stay old for ever. */
  readonly #cache: { readonly recordTtlMs: number; readonly bytesMax: number };
  #gateway!: SimGateway;
  #launches = 0;
  #values = 0;
  #failures = 0;
  #faults = 0;
  #calm = false;
  #violation: string | undefined;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed * 2_654_435_761);
    // The first numbers of close seeds are close to each other.
    for (let i = 0; i < 8; i++) this.#random.next();
    const random = this.#random;
    // Most runs have a network as TCP makes it; the others show that nothing rests on that.
    const tcp = random.below(3) > 0;
    const networkFaults: NetworkFaults = {
      delayMaxMs: [5, 60, 400][random.below(3)]!,
      lostPerMille: tcp ? 0 : random.below(60),
      doubledPerMille: tcp ? 0 : random.below(60),
      disorder: !tcp && random.below(2) === 0,
      cloggedPerMille: random.below(3) === 0 ? 5 : 0,
    };
    this.#tableFaults = {
      unreachablePerMille: random.below(3) === 0 ? 50 : 0,
      unknownPerMille: random.below(2) === 0 ? 80 : 0,
      lagMaxMs: random.below(2) === 0 ? nodeLimits.tableLagMs - 50 : 1,
      lateMaxMs: nodeLimits.lateWriteMs - 100,
      delayMaxMs: [10, 80, 500][random.below(3)]!,
    };
    this.#net = new Network(this.#time, random, networkFaults);
    this.#table = new SimTable(this.#time, random, this.#tableFaults);
    this.#history = new HistoryChecker(this.#table, visibleWithinMs(networkFaults.delayMaxMs));
    this.#cache = {
      recordTtlMs: random.below(3) === 0 ? 1_500 : 0,
      // Room for three items, or for all.
      bytesMax: random.below(3) === 0 ? 2_200 : 100_000,
    };
    this.#nodeIds = ["a", "b", "c", "d"].slice(0, [1, 2, 3, 3, 3, 4][random.below(6)]);
    this.#say("world", () => JSON.stringify({ nodes: this.#nodeIds.length, ...networkFaults, ...this.#tableFaults }));
  }

  async run(): Promise<RunResult> {
    this.#time.afterEach = () => this.#guard(() => this.#lookAtLeaders());
    this.#startGateway();
    for (let client = 0; client < clients; client++) void this.#client(client);
    this.#planFaults();
    this.#time.after(activeMs, () => this.#becomeCalm());
    this.#time.after(activeMs + calmMs, () => void this.#finish());
    await this.#time.run();
    return {
      seed: this.#options.seed,
      violation: this.#violation,
      reads: this.#history.reads,
      writes: this.#history.writes,
      failures: this.#failures,
      epochs: this.#leadership.epochs,
      faults: this.#faults,
      lastedMs: this.#time.now,
    };
  }

  #say(who: string, what: () => string): void {
    this.#options.trace?.(`${this.#time.now.toFixed(0).padStart(6)}  ${who.padEnd(10)} ${what()}`);
  }

  /** Notes a violation and ends the run. */
  #guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.#violation ??= `${error.message} (at ${this.#time.now.toFixed(0)} ms)`;
      this.#say("VIOLATION", () => error.message);
      this.#time.end();
    }
  }

  #process(name: string): SimProcess {
    const random = this.#random;
    // Clocks of machines differ by parts per million; a percent is far more than that.
    const rate = 0.99 + random.below(21) / 1000;
    return new SimProcess(name, this.#time, rate, random.below(1_000_000));
  }

  #startGateway(): void {
    const process = this.#process("gateway");
    this.#gateway = new SimGateway(
      this.#net,
      { launch: (launch) => this.#launch(launch), find: (mark) => this.#find(mark) },
      this.#disk,
      this.#random,
      process,
      this.#nodeIds,
      this.#options.mutation ?? {},
    );
    this.#say("gateway", () => "starts");
    process.after(1, () => void this.#gateway.start());
  }

  #launch(launch: ConstructorParameters<typeof SimNode>[5]): SimNode {
    const run = `${launch.nodeId}${++this.#launches}`;
    const node = new SimNode(
      this.#net,
      this.#table,
      this.#random,
      this.#process(launch.nodeId),
      run,
      launch,
      this.#cache,
    );
    this.#options.mutation?.node?.(node.parts);
    this.#nodes.set(launch.nodeId, node);
    this.#say(run, () => "starts");
    return node;
  }

  #find(mark: string): SimNode | undefined {
    return [...this.#nodes.values()].find((node) => node.run === mark && !node.process.dead);
  }

  get #living(): readonly SimNode[] {
    return [...this.#nodes.values()].filter((node) => !node.process.dead);
  }

  #lookAtLeaders(): void {
    const claims = [];
    for (const node of this.#nodes.values()) {
      if (node.process.dead || node.process.stopped) continue;
      const { leader, epoch } = node.parts.membership.roster;
      if (leader !== undefined) claims.push({ nodeId: node.nodeId, run: node.run, leader, epoch });
    }
    this.#leadership.look(claims);
  }

  async #client(client: number): Promise<void> {
    const random = this.#random;
    const end = activeMs + calmMs - clientPatienceMs;
    while (this.#time.now < end) {
      await this.#time.wait(random.below(this.#calm ? 1_500 : 160));
      const living = this.#living;
      const node = living[random.below(Math.max(1, living.length))];
      if (node === undefined) continue;
      const busy = random.below(2) === 0;
      const key = busy ? busyKeys[random.below(busyKeys.length)]! : keys[random.below(keys.length)]!;
      const dice = random.below(100);
      // In the end nothing is written that would cover up what was missed.
      if (dice < (busy ? 40 : 8) && !this.#calm) await this.#write(client, node, key);
      else await this.#read(client, node, key, dice > 95);
    }
  }

  async #read(client: number, node: SimNode, key: string, consistent: boolean): Promise<void> {
    const began = this.#time.now;
    let held = false;
    const outcome = await this.#ask(node, () => {
      held = node.held;
      return node.read(key, consistent);
    });
    const text = `client ${client} reads ${key} at ${node.run} from ${began.toFixed(0)} to ${this.#time.now.toFixed(0)}`;
    if (outcome?.kind !== "read") {
      this.#failures++;
      this.#say(`client ${client}`, () => `${text}: fails`);
      return;
    }
    const { value } = outcome;
    this.#say(`client ${client}`, () => `${text}: ${value}${consistent ? " (consistent)" : ""}`);
    // A strongly consistent read passes by the cache, in both directions.
    if (consistent) return;
    const answer = { run: node.run, key, value, began, ended: this.#time.now, text: `${text}: ${value}` };
    this.#guard(() => this.#history.read(answer, held));
  }

  async #write(client: number, node: SimNode, key: string): Promise<void> {
    const value = ++this.#values;
    const began = this.#time.now;
    const outcome = await this.#ask(node, () => node.write(key, value));
    const text = `client ${client} writes ${key}=${value} at ${node.run} from ${began.toFixed(0)} to ${this.#time.now.toFixed(0)}`;
    if (outcome?.kind !== "written") {
      this.#failures++;
      this.#say(
        `client ${client}`,
        () => `${text}: ${outcome?.kind === "failed" && !outcome.perhapsDone ? "fails" : "nobody knows"}`,
      );
      return;
    }
    this.#say(`client ${client}`, () => text);
    this.#guard(() => this.#history.written({ run: node.run, key, value, began, ended: this.#time.now, text }));
  }

  /** To the node and back; undefined when there is no answer. */
  #ask<Answer>(node: SimNode, work: () => Promise<Answer>): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const giveUp = this.#time.after(clientPatienceMs, () => resolve(undefined));
      this.#time.after(
        this.#net.delay(),
        () => {
          void work().then((answer) => {
            if (node.process.dead) return;
            node.process.after(0, () =>
              this.#time.after(this.#net.delay(), () => {
                giveUp.cancel();
                resolve(answer);
              }),
            );
          });
        },
        node.process,
      );
    });
  }

  #planFaults(): void {
    const random = this.#random;
    const count = random.below(8);
    for (let i = 0; i < count; i++) {
      const at = 1_000 + random.below(activeMs - 1_000);
      this.#time.after(at, () => this.#fault());
    }
    // What is missing at the very end is not made up for by what comes after it.
    if (random.below(4) === 0) this.#time.after(activeMs - 250, () => this.#loseMessages());
  }

  #fault(): void {
    if (this.#calm) return;
    this.#faults++;
    const random = this.#random;
    const living = this.#living;
    const node = living[random.below(Math.max(1, living.length))];
    const forMs = [random.below(700), 500 + random.below(1_500), 1_000 + random.below(5_000)][random.below(3)]!;
    const kind = random.below(10);
    if ((kind === 6 || kind === 7) && this.#gateway.process.dead) return;
    if (kind === 6) {
      this.#say("gateway", () => `kill -9, back in ${forMs} ms`);
      this.#gateway.die();
      this.#time.after(forMs, () => this.#startGateway());
      return;
    }
    if (kind === 7) {
      const { process } = this.#gateway;
      this.#say("gateway", () => `SIGSTOP for ${forMs} ms`);
      process.stop();
      this.#time.after(forMs, () => process.resume());
      return;
    }
    if (kind === 8) {
      this.#loseMessages();
      return;
    }
    if (node === undefined) return;
    switch (kind) {
      case 0:
        this.#say(node.run, () => "kill -9");
        node.die(this.#net);
        return;
      case 1:
      case 2:
        this.#say(node.run, () => `SIGSTOP for ${forMs} ms`);
        node.process.stop();
        this.#time.after(forMs, () => {
          this.#say(node.run, () => "SIGCONT");
          node.process.resume();
        });
        return;
      case 3:
        this.#say(node.run, () => `cut off for ${forMs} ms`);
        this.#net.cut(node.nodeId);
        this.#time.after(forMs, () => {
          this.#say(node.run, () => "can be reached again");
          this.#net.heal(node.nodeId);
        });
        return;
      case 4:
        node.process.wallErrorMs += random.below(7_200_000) - 3_600_000;
        this.#say(node.run, () => "wall clock jumps");
        return;
      case 9:
        this.#say(node.run, () => "its machine is lost");
        this.#net.cut(node.nodeId);
        this.#time.after(100 + random.below(600), () => {
          node.die(this.#net);
          this.#net.heal(node.nodeId);
        });
        return;
      default:
        this.#say(node.run, () => "is restarted in order");
        void this.#gateway.restartNode(node.nodeId);
    }
  }

  /** For a moment many messages are lost without a trace, as no TCP connection would. */
  #loseMessages(): void {
    const { faults } = this.#net;
    const { lostPerMille } = faults;
    this.#say("network", () => "loses messages");
    faults.lostPerMille = 400;
    this.#time.after(300, () => {
      if (!this.#calm) faults.lostPerMille = lostPerMille;
    });
  }

  /** No more faults; everybody comes back. */
  #becomeCalm(): void {
    this.#say("world", () => "calms down");
    this.#calm = true;
    this.#table.healed = true;
    Object.assign(this.#net.faults, { lostPerMille: 0, doubledPerMille: 0, cloggedPerMille: 0, disorder: false });
    for (const nodeId of this.#nodeIds) this.#net.heal(nodeId);
    for (const node of this.#living) node.process.resume();
    this.#gateway.process.resume();
  }

  /** Now everything must agree. */
  async #finish(): Promise<void> {
    // A slow network may let a seat end for a moment at any time.
    for (let tries = 0; this.#disagreement() !== undefined && tries < 20; tries++) await this.#time.wait(100);
    const disagreement = this.#disagreement();
    this.#guard(() => {
      if (disagreement !== undefined) throw new Violation(`in the end ${disagreement}`);
    });
    const nodes = this.#living;
    for (const node of nodes) {
      for (const key of keys) {
        if (this.#violation !== undefined) return;
        const outcome = await this.#ask(node, () => node.read(key, false));
        const latest = this.#table.latest(key);
        const seen = outcome?.kind === "read" ? outcome.value : "no answer";
        this.#guard(() => {
          if (seen !== latest) throw new Violation(`in the end ${node.run} has ${key}=${seen}, the table ${latest}`);
        });
      }
    }
    this.#time.end();
  }

  #disagreement(): string | undefined {
    const nodes = this.#living;
    if (nodes.length !== this.#nodeIds.length) return `${nodes.length} of ${this.#nodeIds.length} nodes run`;
    const named = nodes.map((node) => JSON.stringify(node.namedLeader) ?? "nobody");
    if (new Set(named).size === 1 && named[0] !== "nobody") return undefined;
    return `nodes name as leader: ${nodes.map((node, i) => `${node.run} ${named[i]}`).join(", ")}`;
  }
}
