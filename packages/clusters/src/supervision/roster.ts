import type { Roster } from "@hotkeep/control-feed";

/** A node that clients may be sent to. */
export interface RosterMember {
  readonly nodeId: string;
  readonly ordinal: number;
  readonly address: string;
  readonly port: number;
  readonly zone: string;
}

/** Who leads, since when. */
export interface Leadership {
  readonly leader: string | null;
  readonly epoch: number;
}

/** The leader stays as long as it is a member; then the lowest ordinal follows. Each new leader begins an epoch. */
export function nextLeadership(previous: Leadership, members: readonly RosterMember[]): Leadership {
  if (members.some((member) => member.nodeId === previous.leader)) return previous;
  const [first] = inOrder(members);
  // Nobody left: who led stays noted, so that its return is not a change.
  if (first === undefined) return previous;
  return { leader: first.nodeId, epoch: previous.epoch + 1 };
}

/** The roster in the order of ordinals, with exactly one leader unless it is empty. */
export function rosterOf(leadership: Leadership, members: readonly RosterMember[]): Roster {
  return {
    epoch: leadership.epoch,
    nodes: inOrder(members).map((member) => ({ ...member, leader: member.nodeId === leadership.leader })),
  };
}

function inOrder(members: readonly RosterMember[]): readonly RosterMember[] {
  return members.toSorted((a, b) => a.ordinal - b.ordinal);
}
