import { createHash } from "node:crypto";
import type { Caller, FeedPolicy } from "@hotkeep/control-feed";
import type { Clock } from "@hotkeep/core";
import { compilePolicy, type PolicySets, parsePolicy } from "@hotkeep/policy";
import { Collapse } from "../cache/collapse.js";
import { ask, type Gateway } from "../gateway.js";
import type { NodeLimits } from "../limits.js";
import { newUses, UseLedger } from "./uses.js";

/** What the node knows of one access key on one signing date. */
export interface KnownCaller {
  readonly caller: Caller;
  readonly policies: PolicySets;
  readonly signingKey: Buffer;
  /** How often each action was tried since it was last told, by the action's index. */
  readonly uses: Uint32Array;
  /** Something about it has changed: ask again before the next decision. */
  stale: boolean;
}

/**
 * Callers by access key, kept as long as the feed tells of changes. When the feed is lost, what is here counts for a
 * bounded time and then for nothing; when it is back, everything is asked for again.
 */
export class Callers {
  readonly #gateway: Gateway;
  readonly #clock: Clock;
  readonly #limits: NodeLimits;
  readonly #region: string;
  readonly #known = new Map<string, KnownCaller>();
  /** What they do, as the gateway will be told. */
  readonly uses: UseLedger;
  readonly #asking = new Collapse<KnownCaller | undefined>();
  /** Monotonic time from which nothing here counts; Infinity while the feed is there. */
  blindFrom = Number.POSITIVE_INFINITY;

  constructor(gateway: Gateway, clock: Clock, limits: NodeLimits, region: string) {
    this.#gateway = gateway;
    this.#clock = clock;
    this.#limits = limits;
    this.#region = region;
    // Twice as many as are kept: those just given up still have something to tell.
    this.uses = new UseLedger(gateway, 2 * limits.callersMax);
  }

  /** Access keys known. */
  get size(): number {
    return this.#known.size;
  }

  /** The caller, when it is known and still counts. */
  known(accessKeyId: string, date: string): KnownCaller | undefined {
    return this.#clock.monotonic() < this.blindFrom ? this.#known.get(`${accessKeyId}/${date}`) : undefined;
  }

  /**
   * The caller, asked for if need be; undefined when there is no such active key.
   *
   * @throws whatever the feed says when the gateway cannot be asked
   * @throws PolicyGrammarError when one of its policies cannot be read: its Denies must not be lost
   */
  async fetch(accessKeyId: string, date: string): Promise<KnownCaller | undefined> {
    const key = `${accessKeyId}/${date}`;
    return (
      this.known(accessKeyId, date) ??
      this.#asking.run(key, async (current) => {
        const caller = await ask(this.#gateway, "caller", { accessKeyId, date, region: this.#region });
        if (caller === null) return undefined;
        // Changed while the answer was on its way: who waits for it decides with it once, nobody keeps it.
        const known = knownCaller(caller, !current());
        this.uses.add(known);
        if (!known.stale) this.#keep(key, known);
        return known;
      })
    );
  }

  /** These keys' principals or policies have changed. */
  changed(accessKeyIds: readonly string[]): void {
    const changed = new Set(accessKeyIds);
    for (const [key, known] of this.#known) if (changed.has(known.caller.accessKeyId)) this.#forget(key, known);
    this.#asking.detachWhere((key) => changed.has(key.slice(0, key.indexOf("/"))));
  }

  /** The feed is gone: from now on changes are not heard of. */
  feedLost(): void {
    if (this.blindFrom === Number.POSITIVE_INFINITY) {
      this.blindFrom = this.#clock.monotonic() + this.#limits.callerWithoutFeedMs;
    }
  }

  /** The feed is back: changes may have been missed. */
  feedBack(): void {
    this.blindFrom = Number.POSITIVE_INFINITY;
    for (const [key, known] of this.#known) this.#forget(key, known);
    this.#asking.detachWhere(() => true);
  }

  #keep(key: string, known: KnownCaller): void {
    this.#known.set(key, known);
    if (this.#known.size <= this.#limits.callersMax) return;
    // The one that has been here longest goes; connections that use it ask again.
    for (const [oldest, victim] of this.#known) {
      this.#forget(oldest, victim);
      return;
    }
  }

  #forget(key: string, known: KnownCaller): void {
    known.stale = true;
    this.#known.delete(key);
  }
}

/** Whether the token that came along is the one that belongs to the caller's key. */
export function tokenBelongs(caller: Caller, token: string | null): boolean {
  if (caller.sessionTokenSha256 === undefined) return token === null;
  return token !== null && createHash("sha256").update(token).digest("hex") === caller.sessionTokenSha256;
}

function knownCaller(caller: Caller, stale: boolean): KnownCaller {
  const of = (kind: FeedPolicy["kind"], level?: number) =>
    caller.policies
      .filter((policy) => policy.kind === kind && policy.level === level)
      .map(({ name, carrier, document }) =>
        compilePolicy(parsePolicy(document, kind), { kind, name, ...(carrier === undefined ? {} : { carrier }) }),
      );
  const boundary = of("boundary");
  const session = of("session");
  const levels = Math.max(0, ...caller.policies.map(({ level = -1 }) => level + 1));
  const serviceControl = Array.from({ length: levels }, (_, level) => of("service-control", level));
  return {
    caller,
    policies: {
      identity: of("identity"),
      ...(boundary.length === 0 ? {} : { boundary }),
      ...(session.length === 0 ? {} : { session }),
      ...(levels === 0 ? {} : { serviceControl }),
    },
    signingKey: Buffer.from(caller.signingKey, "hex"),
    uses: newUses(),
    stale,
  };
}
