import type { NodeExit, NodeLaunch } from "@hotkeep/clusters";
import { type SeededRandom, silentLogger } from "@hotkeep/core";
import { canonicalKey, type DaxRequest, encodeValue } from "@hotkeep/dax-wire";
import { defaultLimits } from "@hotkeep/node";
import { ByteCache } from "../../../node/src/cache/byte-cache.js";
import { CacheRules } from "../../../node/src/cache/cache-rules.js";
import { Doubts } from "../../../node/src/cache/doubts.js";
import { ItemCache } from "../../../node/src/cache/item-cache.js";
import { MemoryBudget } from "../../../node/src/cache/memory-budget.js";
import { PageCache } from "../../../node/src/cache/page-cache.js";
import { Membership } from "../../../node/src/cluster/membership.js";
import { newMetrics } from "../../../node/src/metrics.js";
import { OperationExecutor } from "../../../node/src/operations/executor.js";
import { Watch } from "../../../node/src/sight/watch.js";
import { AttributeLists } from "../../../node/src/table/attribute-lists.js";
import { RoleSessions } from "../../../node/src/table/role-sessions.js";
import { TableSchemas } from "../../../node/src/table/table-schemas.js";
import { type Network, SimFeed } from "./network.js";
import type { SimTable } from "./sim-table.js";
import type { SimProcess } from "./virtual-time.js";

/** The simulation has nobody who is refused. */
const caller = { kind: "anonymous" } as const;

/** A node's bounds in the simulation: shorter doubts, so that a run of some seconds sees them end. */
export const nodeLimits = {
  ...defaultLimits,
  tableLagMs: 1_000,
  learnedKeysBits: 1 << 12,
  lateWriteMs: 2_000,
  lateKeysMax: 2,
};

const introduceAgainMs = 1_000;
const schema = { hash: { name: "k", type: "S" } } as const;
/** The id of the one list of attribute names there is. */
const listId = 2;

/** What can be done to a node's parts to see whether the checkers notice. */
export interface NodeParts {
  readonly items: ItemCache;
  readonly doubts: Doubts;
  readonly membership: Membership;
}

/** What came of a request. */
export type Outcome =
  | { readonly kind: "read"; readonly value: number }
  | { readonly kind: "written" }
  | { readonly kind: "failed"; readonly perhapsDone: boolean };

/** One process of a node: its real caches, operations and membership, without sockets and sessions. */
export class SimNode {
  readonly process: SimProcess;
  readonly nodeId: string;
  /** Tells this process from others of the same name. */
  readonly run: string;
  readonly exited: Promise<NodeExit>;
  readonly feed: SimFeed;
  readonly parts: NodeParts;
  readonly #executor: OperationExecutor;
  #settleExited: (exit: NodeExit) => void = () => {};
  #leaving = false;

  constructor(
    net: Network,
    table: SimTable,
    random: SeededRandom,
    process: SimProcess,
    run: string,
    launch: NodeLaunch,
    cache: { readonly recordTtlMs: number; readonly bytesMax: number },
  ) {
    this.process = process;
    this.run = run;
    this.nodeId = launch.nodeId;
    this.exited = new Promise((resolve) => {
      this.#settleExited = resolve;
    });
    this.feed = new SimFeed(net, process, launch.nodeId, launch.token);
    const { feed } = this;
    const { clock } = process;
    const seed = random.next() | 0;
    const budget = new MemoryBudget(cache.bytesMax);
    const doubts = new Doubts(nodeLimits, seed);
    const rules = new CacheRules(cache.recordTtlMs, 0);
    const items = new ItemCache(new ByteCache(budget, seed), rules, doubts);
    const shared = { feed, clock, random, logger: silentLogger, limits: nodeLimits };
    const membership = new Membership({ ...shared, items, nodeId: () => launch.nodeId });
    const tables = table.for(process);
    const place = { region: "us-west-2", account: "123456789012" };
    const context = {
      ...shared,
      items,
      pages: new PageCache(new ByteCache(budget, seed), rules),
      tables,
      schemas: new TableSchemas(tables, clock, nodeLimits, place, () => items.invalidateAll(clock.monotonic())),
      lists: new AttributeLists(feed, 10),
      notices: membership.notices,
      metrics: newMetrics(),
      watch: new Watch(clock, random),
      loopDelay: { tooLong: false },
      fallback: () => ({ staleMs: 0 }),
    };
    this.parts = { items, doubts, membership };
    this.#executor = new OperationExecutor({
      context,
      gateway: feed,
      roster: membership.roster,
      roleSessions: new RoleSessions(feed, clock, nodeLimits),
      serviceRoleArn: () => "arn:aws:iam::123456789012:role/DAXServiceRole",
    });
    membership.hear();
    feed.on("drain", () => this.#drain());
    feed.onConnected(() => this.#introduce());
  }

  get held(): boolean {
    return this.parts.membership.seat.held;
  }

  /** The leader that it would name now. */
  get namedLeader(): { readonly leader: string; readonly epoch: number } | undefined {
    const { leader, epoch } = this.parts.membership.roster;
    return leader === undefined ? undefined : { leader, epoch };
  }

  /** The process ends without a word. */
  die(net: Network): void {
    this.process.kill();
    net.ended("node", this.process);
    this.#settleExited({ code: null, signal: "SIGKILL" });
  }

  async read(key: string, consistentRead: boolean): Promise<Outcome> {
    const request = { method: "getItem", table: "T", key: keyOf(key), consistentRead, returnConsumedCapacity: "NONE" };
    const answer = await this.#executor.execute(request as DaxRequest, Buffer.alloc(0), caller);
    if (answer[0] !== 0x80) return { kind: "failed", perhapsDone: false };
    return { kind: "read", value: answer[1] === 0xa0 ? 0 : valueIn(answer) };
  }

  async write(key: string, value: number): Promise<Outcome> {
    const item = Buffer.concat([encodeValue({ N: String(listId) }), encodeValue({ N: String(value) })]);
    const request = {
      method: "putItem",
      table: "T",
      key: keyOf(key),
      item,
      returnValues: "NONE",
      returnConsumedCapacity: "NONE",
      returnItemCollectionMetrics: "NONE",
    };
    const answer = await this.#executor.execute(request as DaxRequest, Buffer.alloc(0), caller);
    if (answer[0] === 0x80) return { kind: "written" };
    // An error is an array of codes, a message and more; 1,37,38,53 says that the outcome is unknown.
    return { kind: "failed", perhapsDone: answer[1] === 1 };
  }

  #introduce(): void {
    this.parts.membership.introduce(8111).catch(() => {
      this.process.after(introduceAgainMs, () => {
        if (this.feed.connected && !this.#leaving) this.#introduce();
      });
    });
  }

  #drain(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.process.after(100, () => {
      this.parts.membership.leave();
      this.process.after(20, () => this.die(this.#net));
    });
  }

  get #net(): Network {
    return this.feed.network;
  }
}

function keyOf(key: string): Buffer {
  return canonicalKey(schema, Buffer.from(key));
}

/** 80 a1 00, a byte string, in it the list's id and the value as CBOR integers. */
function valueIn(answer: Buffer): number {
  const at = 5;
  const head = answer[at]!;
  if (head < 0x18) return head;
  return head === 0x18 ? answer[at + 1]! : answer.readUInt16BE(at + 1);
}
