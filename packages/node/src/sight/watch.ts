import { type Clock, principalName, type Random } from "@hotkeep/core";
import type { MethodName } from "@hotkeep/dax-wire";
import { ageOf, type CacheEntry } from "../cache/cache-entry.js";
import type { Identity } from "../session/identity.js";
import { HotKeys } from "./hot-keys.js";
import { type FollowedRequest, Sighting } from "./sighting.js";

/** Look-ups that go into the hot-key sketch each second at the most; above it one stands for several. */
const samplesPerSecondMax = 1_000;
const gapMax = 1 << 20;
/** How much the gap may grow at a time. */
const stepMax = 64;

/** Somebody who wants to see requests. */
export interface Follower {
  /** Whether this request shall be looked at. */
  wants(): boolean;
  /** Begins to follow a request beyond this node, where the follower does so. */
  begin?(method: MethodName): FollowedRequest;
  seen(sighting: Sighting, endedAt: number): void;
}

const dataMethods = new Set<MethodName>([
  "getItem",
  "putItem",
  "updateItem",
  "deleteItem",
  "query",
  "scan",
  "batchGetItem",
  "batchWriteItem",
  "transactGetItems",
  "transactWriteItems",
]);

/**
 * Looks at what the node does. A hit costs one subtraction: every so many of them it looks at the key, for the report of
 * hot keys, and at each one only while somebody follows requests.
 */
export class Watch {
  readonly hotKeys = new HotKeys();
  /** Hits until the next one is looked at; below zero it is time for {@link hit}. */
  countdown = 0;
  readonly #clock: Clock;
  /** State of a quick random number generator; what it makes needs to be uneven, not secret. */
  #dice: number;
  readonly #followers = new Set<Follower>();
  /** Who wants to see what becomes of a request that runs. */
  readonly #wanting = new WeakMap<Sighting, readonly Follower[]>();
  #followed = false;
  /** One sample stands for this many look-ups. */
  #gap = 1;
  #untilSample = 0;
  #secondStartedAt: number;
  #samplesThisSecond = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#dice = Buffer.from(random.bytes(4)).readInt32LE() | 1;
    this.#secondStartedAt = clock.monotonic();
  }

  /** Adds somebody who looks; the answer stops it. */
  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    this.#followed = true;
    this.countdown = 0;
    return () => {
      this.#followers.delete(follower);
      this.#followed = this.#followers.size > 0;
    };
  }

  /** A hit that is looked at; called when {@link countdown} is below zero. `now` is when its chunk was taken up. */
  hit(identity: Identity, entry: CacheEntry, now: number): void {
    if (!this.#followed) {
      this.countdown = this.#sample(entry.key, now);
      return;
    }
    this.countdown = 0;
    if (--this.#untilSample < 0) this.#untilSample = this.#sample(entry.key, now);
    const sighting = this.begin("getItem", identity, now);
    if (sighting === undefined) return;
    sighting.about("", entry.key);
    sighting.found(entry.response, ageOf(entry, now));
    this.end(sighting);
  }

  /** A look-up of an item outside of the shortest way. */
  lookUp(itemKey: Uint8Array): void {
    if (--this.countdown >= 0) return;
    const now = this.#clock.monotonic();
    if (!this.#followed) this.countdown = this.#sample(itemKey, now);
    else {
      this.countdown = 0;
      if (--this.#untilSample < 0) this.#untilSample = this.#sample(itemKey, now);
    }
  }

  /** Begins to note what becomes of a request; undefined when nobody looks. */
  begin(method: MethodName, identity: Identity, now: number): Sighting | undefined {
    if (!this.#followed) return undefined;
    const wanting: Follower[] = [];
    let followed: FollowedRequest | undefined;
    for (const follower of this.#followers) {
      if (!follower.wants()) continue;
      wanting.push(follower);
      followed ??= follower.begin?.(method);
    }
    if (wanting.length === 0) return undefined;
    const sighting = new Sighting(method, now, principalName(identity.known.caller.principal), followed);
    this.#wanting.set(sighting, wanting);
    return sighting;
  }

  /** The request has been answered. */
  end(sighting: Sighting): void {
    // What clients ask for their own sake is of interest only when it fails.
    if (!dataMethods.has(sighting.method) && sighting.error === undefined) return;
    const endedAt = this.#clock.monotonic();
    for (const follower of this.#wanting.get(sighting) ?? []) follower.seen(sighting, endedAt);
  }

  /** Takes a sample; the answer is the number of look-ups to let go by. */
  #sample(itemKey: Uint8Array, now: number): number {
    this.hotKeys.add(itemKey, this.#gap, now);
    this.#adapt(now);
    if (this.#gap === 1) return 0;
    // A random number with the mean that makes the gap, so that no rhythm of the callers is mistaken for heat.
    this.#dice ^= this.#dice << 13;
    this.#dice ^= this.#dice >>> 17;
    this.#dice ^= this.#dice << 5;
    return (this.#dice >>> 1) % (2 * this.#gap - 1);
  }

  #adapt(now: number): void {
    this.#samplesThisSecond++;
    const second = now - this.#secondStartedAt >= 1_000;
    if (this.#samplesThisSecond > samplesPerSecondMax) {
      // At once to where it belongs: getting there step by step would cost thousands of samples.
      const factor = Math.ceil(1_000 / Math.max(1, now - this.#secondStartedAt));
      this.#gap = Math.min(gapMax, this.#gap * Math.min(stepMax, Math.max(2, factor)));
    } else if (!second) return;
    else if (this.#samplesThisSecond < samplesPerSecondMax / 4) this.#gap = Math.max(1, Math.floor(this.#gap / 2));
    this.#secondStartedAt = now;
    this.#samplesThisSecond = 0;
  }
}
