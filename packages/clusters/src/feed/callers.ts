import type { Caller, FeedConnection } from "@hotkeep/control-feed";
import type { Clock } from "@hotkeep/core";
import type { Identity, IdentityChange } from "@hotkeep/identity";

/** A node that does not take a change in by then loses its connection, and asks anew for everything. */
const changeAckMs = 1000;
const dayMs = 24 * 60 * 60 * 1000;

/** What one node has asked of callers, and so must be told when it changes. */
export class CallerSubscriptions {
  readonly #connection: FeedConnection;
  readonly #identity: Pick<Identity, "callerFacts">;
  readonly #clock: Clock;
  readonly #subscriptionsMax: number;
  /** In the order in which they were last asked for. */
  readonly #accessKeyIds = new Set<string>();

  constructor(
    connection: FeedConnection,
    identity: Pick<Identity, "callerFacts">,
    clock: Clock,
    subscriptionsMax: number,
  ) {
    this.#connection = connection;
    this.#identity = identity;
    this.#clock = clock;
    this.#subscriptionsMax = subscriptionsMax;
  }

  /**
   * A caller's facts, which the node is told changes of from now on. Signing keys are given for yesterday to tomorrow
   * only: more than that no honest node can need.
   */
  ask(accessKeyId: string, date: string, region: string): Caller | null {
    if (!this.#isNear(date)) return null;
    // Also for keys that are not there: the node may have noted that, and a key may come.
    this.#accessKeyIds.delete(accessKeyId);
    this.#accessKeyIds.add(accessKeyId);
    if (this.#accessKeyIds.size > this.#subscriptionsMax) this.#forgetOldest();
    return this.#identity.callerFacts(accessKeyId, { date, region }) ?? null;
  }

  /** Settles when the node will ask again before it decides for these callers. @throws HotkeepError as `deliver` does */
  async tell(change: IdentityChange): Promise<void> {
    const changed =
      change.accessKeyIds === "all"
        ? [...this.#accessKeyIds]
        : change.accessKeyIds.filter((id) => this.#accessKeyIds.has(id));
    if (changed.length === 0) return;
    await this.#connection.deliver("callerChanged", { accessKeyIds: changed }, { timeoutMs: changeAckMs });
  }

  /** The node is made to ask again for a key that it is no longer told about. */
  #forgetOldest(): void {
    const [oldest] = this.#accessKeyIds;
    if (oldest === undefined) return;
    this.#accessKeyIds.delete(oldest);
    this.#connection.notify("callerChanged", { accessKeyIds: [oldest] });
  }

  #isNear(date: string): boolean {
    const now = this.#clock.now();
    return [now - dayMs, now, now + dayMs].some(
      (at) => new Date(at).toISOString().slice(0, 10).replaceAll("-", "") === date,
    );
  }
}
