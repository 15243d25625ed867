import type { Roster } from "@hotkeep/control-feed";

/** A node that clients may be sent to. */
export interface RosterMember {
  readonly nodeId: string;
  readonly ordinal: number;
  readonly address: string;
  readonly port: number;
  readonly zone: string;
}

/** Who leads, since when. Stored: there is one such record of a cluster, and all roles come from it. */
export interface Leadership {
  readonly leader: string | null;
  /** Which process of that name: another one is another leader. */
  readonly leaderRun: string | null;
  readonly epoch: number;
}

/** What became of a look at who leads. */
export interface LeadershipDecision {
  readonly leadership: Leadership;
  /** False: nobody leads for now. */
  readonly leads: boolean;
}

/**
 * The leader stays as long as it is a member; then the lowest ordinal follows. Each new leader begins an epoch.
 *
 * @param runOf the process that a member is now
 * @param mayName false while the leader before may still take itself for it: then nobody follows yet
 */
export function nextLeadership(
  previous: Leadership,
  members: readonly RosterMember[],
  runOf: (nodeId: string) => string | undefined,
  mayName: boolean,
): LeadershipDecision {
  const { leader, leaderRun } = previous;
  if (members.some(({ nodeId }) => nodeId === leader && runOf(nodeId) === leaderRun)) {
    return { leadership: previous, leads: true };
  }
  const [first] = inOrder(members);
  const run = first === undefined ? undefined : runOf(first.nodeId);
  if (!mayName || first === undefined || run === undefined) return { leadership: previous, leads: false };
  return { leadership: { leader: first.nodeId, leaderRun: run, epoch: previous.epoch + 1 }, leads: true };
}

/** The roster in the order of ordinals, with one leader at most. */
export function rosterOf({ leadership, leads }: LeadershipDecision, members: readonly RosterMember[]): Roster {
  return {
    epoch: leadership.epoch,
    nodes: inOrder(members).map((member) => ({ ...member, leader: leads && member.nodeId === leadership.leader })),
  };
}

function inOrder(members: readonly RosterMember[]): readonly RosterMember[] {
  return members.toSorted((a, b) => a.ordinal - b.ordinal);
}
