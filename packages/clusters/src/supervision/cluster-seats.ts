import type { FeedConnection, Roster, SeatGrant, WriteNotice } from "@hotkeep/control-feed";
import { type Clock, HotkeepError, type Logger, type Timer } from "@hotkeep/core";
import type { ClusterLimits } from "../limits.js";
import { type Leadership, type LeadershipDecision, nextLeadership, type RosterMember, rosterOf } from "./roster.js";

/** Where the leadership of one cluster is kept. */
export interface LeadershipBook {
  /**
   * Has `choose` look at what is stored, and stores what it makes of it, as one transaction. `choose` may be called
   * more than once.
   *
   * @param choose also told the nodes that clients may be sent to, and the names of all that the cluster is to have
   */
  decide(
    choose: (now: Leadership, members: readonly RosterMember[], nodesWanted: readonly string[]) => Leadership,
  ): Promise<void>;
}

/** What giving out the seats of one cluster takes. */
export interface ClusterSeatsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: Pick<ClusterLimits, "seatMs" | "seatMarginMs" | "gatherMs" | "lateWriteMs">;
  readonly book: LeadershipBook;
  /** False when the node's process is known to have ended: then nothing it was granted counts. */
  readonly mayRun: (nodeId: string) => boolean;
  /** True when no process of the node that an earlier gateway knew can be left: this one has started it anew. */
  readonly startedAnew: (nodeId: string) => boolean;
  /** False for a cluster that an earlier process may have granted seats in. */
  readonly isNew: boolean;
  /** Told when the roster is due to be looked at. */
  readonly due: () => void;
}

type Link = Pick<FeedConnection, "notify">;

/** One process of one node, as far as it has a connection, or had one a moment ago. */
interface Seated {
  readonly nodeId: string;
  readonly run: string;
  /** Its name among the origins of writes. */
  readonly origin: string;
  link: Link | undefined;
  /** Until when it may take its seat for granted, on this process's clock. */
  until: number;
  /** The number of its last write notice, relayed or known to be missing. */
  sequence: number;
  left: boolean;
}

/**
 * The seats of one cluster: grants them for a short time, knows who may still hold one, relays the nodes' notices of
 * their writes, tells the others when some may be lost, and names the leader. All roles and epochs come from here.
 * docs/consistency.md says what that is good for.
 */
export class ClusterSeats {
  readonly #options: ClusterSeatsOptions;
  readonly #links = new Map<string, Link>();
  readonly #seats = new Map<string, Seated>();
  readonly #nodesSeen = new Set<string>();
  readonly #expiries = new Map<string, Timer>();
  #roster: Roster = { epoch: 0, nodes: [] };
  /** Who is granted leadership with its seat. */
  #leader: string | undefined;
  /** False as long as nobody has been granted leadership by this process. */
  #hasNamed = false;
  #losses = 0;
  #doubtUntil = Number.NEGATIVE_INFINITY;
  /** Until when a leader who was named may take itself for it. */
  #leadsUntil: number;
  /** Until when the roster waits for nodes that an earlier process put on it. */
  #gatherUntil: number;
  #toldRoster = "";
  #nodesWanted: readonly string[] = [];
  #waking: Timer | undefined;

  constructor(options: ClusterSeatsOptions) {
    this.#options = options;
    const { clock, limits, isNew } = options;
    this.#leadsUntil = isNew ? Number.NEGATIVE_INFINITY : clock.monotonic() + limits.seatMs + limits.seatMarginMs;
    this.#gatherUntil = isNew ? Number.NEGATIVE_INFINITY : clock.monotonic() + limits.gatherMs;
    if (!isNew) this.#doubtUntil = this.#leadsUntil + limits.lateWriteMs;
  }

  /** The cluster's members as everybody was told last. */
  get roster(): Roster {
    return this.#roster;
  }

  /** A node has a connection: it is told everything from now on. */
  attach(nodeId: string, link: Link): void {
    this.#links.set(nodeId, link);
    this.#nodesSeen.add(nodeId);
  }

  /** A connection has ended. Its node may still hold its seat; it may come back, or be lost. */
  detach(nodeId: string, link: Link): void {
    if (this.#links.get(nodeId) === link) this.#links.delete(nodeId);
    const seated = this.#seats.get(nodeId);
    if (seated?.link !== link) return;
    seated.link = undefined;
    if (!this.#expiries.has(nodeId)) this.#watch(seated);
  }

  /** Looks at what has become of a node's process: one that is known to have ended holds no seat. */
  look(nodeId: string): void {
    const seated = this.#seats.get(nodeId);
    if (seated !== undefined && !this.#options.mayRun(nodeId)) this.#end(seated);
  }

  /** Grants a node its seat, or the time until it has to ask again. */
  grant(nodeId: string, link: Link, run: string, sequence: number): SeatGrant {
    const { clock, limits } = this.#options;
    if (this.#links.get(nodeId) !== link) {
      throw new HotkeepError("SeatNotGranted", `\`${nodeId}\` has another connection by now.`);
    }
    const seated = this.#seated(nodeId, link, run);
    const now = clock.monotonic();
    // One whose seat had ended is back, and belongs on the roster again.
    if (now >= seated.until) this.#options.due();
    seated.until = now + limits.seatMs + limits.seatMarginMs;
    const leads = this.#leader === nodeId;
    if (leads) this.#leadsUntil = seated.until;
    if (!this.#expiries.has(nodeId)) this.#watch(seated);
    // What was missing on the way to the gateway is shown to the others at once.
    if (sequence > seated.sequence) this.#relay(seated, { sequence, table: "", keys: [], missing: true });
    const others = [...this.#seats.values()].filter((other) => other !== seated);
    return {
      seatMs: limits.seatMs,
      roster: this.#roster,
      leads,
      sequences: Object.fromEntries(others.map((other) => [other.origin, other.sequence])),
      losses: this.#losses,
      doubtMs: this.#doubtMs(now),
      alone: this.#nodesWanted.length === 1 && this.#nodesSeen.size === 1,
    };
  }

  /** Tells the cluster's other nodes what one has written. */
  relay(nodeId: string, notice: WriteNotice): void {
    const seated = this.#seats.get(nodeId);
    // Before its first seat a node writes nothing; its request for one would show what is missing.
    if (seated !== undefined) this.#relay(seated, notice);
  }

  /** The node has said goodbye: nothing of its writes is missing if this was the last notice. */
  left(nodeId: string, sequence: number): void {
    const seated = this.#seats.get(nodeId);
    if (seated?.sequence === sequence) seated.left = true;
  }

  /** Decides who is on the roster and who leads, and tells everybody what has changed. One call at a time. */
  async renew(): Promise<void> {
    const { book } = this.#options;
    let members: readonly RosterMember[] = [];
    let decision: LeadershipDecision | undefined;
    let leader: string | null = null;
    await book.decide((stored, candidates, nodesWanted) => {
      members = candidates.filter(({ nodeId }) => this.#holdsSeat(nodeId));
      this.#nodesWanted = nodesWanted;
      if (stored.leader === null) this.#startedInOrder();
      decision = this.#gathering(members) ? undefined : this.#choose(stored, members);
      // Who led before the start leads on as soon as it is back, whoever is still missing.
      const { leadership, leads } = decision ?? this.#next(stored, members, false);
      leader = leads ? leadership.leader : null;
      return leadership;
    });
    this.#leader = leader ?? undefined;
    if (leader !== null) this.#hasNamed = true;
    if (decision !== undefined) this.#publish(rosterOf(decision, members));
  }

  /** The gateway stops, and no node's process is left: the next start need not wait for anybody's seat. */
  async vacate(): Promise<void> {
    for (const timer of this.#expiries.values()) timer.cancel();
    this.#waking?.cancel();
    await this.#options.book.decide((stored) =>
      stored.leader !== null && this.#options.mayRun(stored.leader)
        ? stored
        : { ...stored, leader: null, leaderRun: null },
    );
  }

  /** Whoever stopped in order left no leader, and no write on its way. */
  #startedInOrder(): void {
    this.#gatherUntil = Number.NEGATIVE_INFINITY;
    if (this.#losses === 0) this.#doubtUntil = Number.NEGATIVE_INFINITY;
  }

  /**
   * After a start, nodes keep the roster they have until all that may be left are back: clients leave nodes that are
   * missing on it.
   */
  #gathering(members: readonly RosterMember[]): boolean {
    const { clock, startedAnew } = this.#options;
    const leftMs = this.#gatherUntil - clock.monotonic();
    const back = (nodeId: string) => members.some((member) => member.nodeId === nodeId) || startedAnew(nodeId);
    if (leftMs <= 0 || this.#nodesWanted.every(back)) return false;
    this.#wakeAfter(leftMs);
    return true;
  }

  #choose(stored: Leadership, members: readonly RosterMember[]): LeadershipDecision {
    const { clock, mayRun, startedAnew } = this.#options;
    const { leader } = stored;
    const isGone = leader === null || !mayRun(leader) || (!this.#hasNamed && startedAnew(leader));
    if (isGone) this.#leadsUntil = Number.NEGATIVE_INFINITY;
    const now = clock.monotonic();
    const waitMs = this.#leadsUntil - now;
    const decision = this.#next(stored, members, waitMs <= 0);
    if (decision.leads && decision.leadership.epoch === stored.epoch) return decision;
    // From here on nobody is granted leadership that this decision does not know of.
    this.#unname();
    if (!decision.leads && members.length > 0) this.#wakeAfter(waitMs);
    return decision;
  }

  #next(stored: Leadership, members: readonly RosterMember[], mayName: boolean): LeadershipDecision {
    return nextLeadership(stored, members, (nodeId) => this.#seats.get(nodeId)?.run, mayName);
  }

  #relay(seated: Seated, notice: WriteNotice & { readonly missing?: boolean }): void {
    seated.sequence = Math.max(seated.sequence, notice.sequence);
    for (const [other, link] of this.#links) {
      if (other !== seated.nodeId) link.notify("wrote", { origin: seated.origin, ...notice });
    }
  }

  #unname(): void {
    this.#leader = undefined;
    if (!this.#roster.nodes.some((node) => node.leader)) return;
    this.#roster = { ...this.#roster, nodes: this.#roster.nodes.map((node) => ({ ...node, leader: false })) };
  }

  #publish(roster: Roster): void {
    this.#roster = roster;
    const text = JSON.stringify(roster);
    if (text === this.#toldRoster) return;
    this.#toldRoster = text;
    for (const link of this.#links.values()) link.notify("roster", roster);
  }

  /** The record of this process of the node; another process that has had the seat is lost. */
  #seated(nodeId: string, link: Link, run: string): Seated {
    const before = this.#seats.get(nodeId);
    if (before?.run === run) {
      before.link = link;
      return before;
    }
    if (before !== undefined) this.#end(before);
    const origin = `${nodeId}/${run}`;
    const seated = { nodeId, run, origin, link, until: 0, sequence: 0, left: false };
    this.#seats.set(nodeId, seated);
    return seated;
  }

  #holdsSeat(nodeId: string): boolean {
    const seated = this.#seats.get(nodeId);
    return seated !== undefined && this.#options.clock.monotonic() < seated.until;
  }

  /** Looks again when the seat ends. */
  #watch(seated: Seated): void {
    const { clock, due } = this.#options;
    const timer = clock.after(Math.max(0, seated.until - clock.monotonic()) + recheckMs, () => {
      if (clock.monotonic() < seated.until) {
        this.#watch(seated);
        return;
      }
      this.#expiries.delete(seated.nodeId);
      if (seated.link === undefined) this.#end(seated);
      due();
    });
    this.#expiries.set(seated.nodeId, timer);
  }

  /** This process of the node writes no more, and will not come back, or not without being seen to. */
  #end(seated: Seated): void {
    if (this.#seats.get(seated.nodeId) === seated) {
      this.#seats.delete(seated.nodeId);
      this.#expiries.get(seated.nodeId)?.cancel();
      this.#expiries.delete(seated.nodeId);
    }
    if (this.#leader === seated.nodeId) this.#unname();
    if (seated.left) return;
    const { clock, limits, logger, mayRun } = this.#options;
    const now = clock.monotonic();
    const writesUntil = mayRun(seated.nodeId) ? Math.max(now, seated.until) : now;
    this.#losses += 1;
    this.#doubtUntil = Math.max(this.#doubtUntil, writesUntil + limits.lateWriteMs);
    logger.info("a node is lost: the others drop what they have cached", { nodeId: seated.nodeId, run: seated.run });
    const lost = { losses: this.#losses, doubtMs: this.#doubtMs(now) };
    for (const [other, link] of this.#links) if (other !== seated.nodeId) link.notify("writesLost", lost);
  }

  #doubtMs(now: number): number {
    return Math.max(0, this.#doubtUntil - now);
  }

  #wakeAfter(ms: number): void {
    this.#waking?.cancel();
    this.#waking = this.#options.clock.after(Math.max(0, ms), this.#options.due);
  }
}

/** Added to the end of a seat: what this process has received and not read yet is read before the verdict. */
const recheckMs = 10;
