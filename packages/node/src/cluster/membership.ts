import type { GatewayNotices, Roster, SeatGrant } from "@hotkeep/control-feed";
import { type Clock, type Logger, lowerId, type Random, type Timer } from "@hotkeep/core";
import type { ItemCache } from "../cache/item-cache.js";
import type { Gateway } from "../gateway.js";
import type { NodeLimits } from "../limits.js";
import { KnownRoster } from "./roster.js";
import { Seat } from "./seat.js";
import { WriteNoticeReader, WriteNotices } from "./write-notices.js";

/** What taking part in a cluster needs. */
export interface MembershipOptions {
  readonly feed: Gateway;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits: Pick<NodeLimits, "seatAskMs" | "seatWaitMs">;
  readonly items: ItemCache;
  /** This node's name on the roster. */
  readonly nodeId: () => string;
}

const runLength = 12;

/**
 * The node as a member of its cluster: asks for its seat again and again, drops what other nodes wrote, tells them what
 * is written here, and drops everything where it cannot know what it has missed. docs/consistency.md says what that is
 * good for.
 */
export class Membership {
  readonly seat: Seat;
  readonly roster: KnownRoster;
  readonly notices: WriteNotices;
  readonly #feed: Gateway;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #limits: MembershipOptions["limits"];
  readonly #items: ItemCache;
  readonly #reader: WriteNoticeReader;
  readonly #run: string;
  readonly #stopListening: (() => void)[] = [];
  /** Counts connections: an answer that was asked for on an earlier one says nothing. */
  #connection = 0;
  #introduced = false;
  #introducedBefore = false;
  #losses = 0;
  #asking: Timer | undefined;
  #ended = false;

  constructor(options: MembershipOptions) {
    const { feed, clock, random, logger, limits, items, nodeId } = options;
    this.#feed = feed;
    this.#clock = clock;
    this.#logger = logger;
    this.#limits = limits;
    this.#items = items;
    this.#run = lowerId(random, runLength);
    this.seat = new Seat(clock);
    this.roster = new KnownRoster(nodeId, this.seat);
    this.notices = new WriteNotices(feed, this.seat, limits);
    this.#reader = new WriteNoticeReader(items);
  }

  /** Listens to the gateway; before {@link introduce}. */
  hear(): void {
    const feed = this.#feed;
    this.#stopListening.push(
      feed.on("roster", (roster) => this.#setRoster(roster)),
      feed.on("wrote", (notice) => this.#takeNotice(notice)),
      feed.on("writesLost", (lost) => this.#takeLosses(lost)),
      feed.onDisconnected(() => {
        this.#connection++;
        this.#introduced = false;
        this.seat.giveUp();
      }),
    );
  }

  /**
   * Says that the node listens, on every new connection to the gateway anew, and takes the seat from there.
   *
   * @throws HotkeepError the feed's
   */
  async introduce(port: number): Promise<void> {
    const connection = this.#connection;
    const request = { port, run: this.#run, sequence: this.notices.sequence };
    const askedAt = this.#clock.monotonic();
    const grant = await this.#feed.request("listening", request);
    if (connection !== this.#connection || this.#ended) return;
    const now = this.#clock.monotonic();
    if (this.#introduced) this.#compare(grant, now);
    else {
      // From before this answer on the gateway relays to this connection; of what came earlier some may be missing.
      this.#startFrom(grant, now);
      this.#reader.adopt(grant.sequences);
      this.#losses = grant.losses;
      this.#introduced = true;
      this.#introducedBefore = true;
    }
    this.#take(grant, askedAt, request.sequence);
    this.#asking ??= this.#clock.after(this.#limits.seatAskMs, () => this.#ask());
  }

  /** The node stops: nothing is acknowledged any more. */
  leave(): void {
    this.#ended = true;
    this.#asking?.cancel();
    this.seat.giveUp();
    if (!this.#items.writing) this.#feed.notify("left", { sequence: this.notices.sequence });
    for (const stop of this.#stopListening.splice(0)) stop();
  }

  #ask(): void {
    this.#asking = this.#clock.after(this.#limits.seatAskMs, () => this.#ask());
    this.#askNow();
  }

  #askNow(): void {
    if (!this.#introduced || !this.#feed.connected) return;
    const connection = this.#connection;
    const request = { run: this.#run, sequence: this.notices.sequence };
    const askedAt = this.#clock.monotonic();
    this.#feed.request("seat", request).then(
      (grant) => {
        if (connection !== this.#connection || this.#ended) return;
        this.#compare(grant, this.#clock.monotonic());
        this.#take(grant, askedAt, request.sequence);
      },
      (error: unknown) => this.#logger.debug("the seat was not granted", { error: (error as Error).message }),
    );
  }

  #startFrom({ alone, losses, doubtMs }: SeatGrant, now: number): void {
    const items = this.#items;
    // One that was alone all the time has missed nothing.
    if (alone && this.#introducedBefore) items.doubtUntil(now + doubtMs);
    // Nor has the first process there ever was, if nobody has asked it anything yet.
    else if (!alone || losses > 0 || doubtMs > 0 || items.count + items.keysInMotion > 0) {
      items.invalidateAll(now, now + doubtMs);
    }
  }

  #compare(grant: SeatGrant, now: number): void {
    if (!this.#reader.compare(grant.sequences, now)) this.#dropped("the gateway has relayed more than came");
    this.#takeLosses(grant);
  }

  #take({ roster, leads, seatMs }: SeatGrant, askedAt: number, sequence: number): void {
    this.roster.set(roster);
    if (seatMs > 0) this.seat.extend(askedAt + seatMs, leads, sequence);
  }

  #setRoster(roster: Roster): void {
    this.roster.set(roster);
    // What leading takes is granted with the seat only; also to a leader that a new gateway has found to be one still.
    if (this.roster.leadsHere && !this.seat.leads) this.#askNow();
  }

  #takeNotice(notice: GatewayNotices["wrote"]): void {
    if (!this.#reader.take(notice, this.#clock.monotonic())) this.#dropped("a notice was missing", notice.origin);
  }

  #takeLosses({ losses, doubtMs }: GatewayNotices["writesLost"]): void {
    // Before the introduction nothing can be compared; its answer says how things stand.
    if (!this.#introduced || losses <= this.#losses) return;
    this.#losses = losses;
    const now = this.#clock.monotonic();
    this.#items.invalidateAll(now, now + doubtMs);
    this.#dropped("a node was lost");
  }

  #dropped(reason: string, origin?: string): void {
    this.#logger.warn("other nodes' writes may have been missed: the item cache starts anew", {
      reason,
      ...(origin !== undefined && { origin }),
    });
  }
}
