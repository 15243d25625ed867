import type { Roster, RosterEntry } from "@hotkeep/control-feed";
import { encodeEndpointsResponse } from "@hotkeep/dax-wire";
import type { Seat } from "./seat.js";

/** The cluster's members as this node tells them, encoded once per change. */
export class KnownRoster {
  readonly #nodeId: () => string;
  readonly #seat: Seat;
  #roster: Roster = { epoch: 0, nodes: [] };
  #text = "";
  #response!: Buffer;
  #leaderless!: Buffer;
  #leader: string | undefined;
  #leadsHere = false;

  /** @param nodeId this node's name on the roster */
  constructor(nodeId: () => string, seat: Seat) {
    this.#nodeId = nodeId;
    this.#seat = seat;
    this.set(this.#roster);
  }

  get nodes(): readonly RosterEntry[] {
    return this.#roster.nodes;
  }

  get epoch(): number {
    return this.#roster.epoch;
  }

  /** The leader whom this node may name now, if any. */
  get leader(): string | undefined {
    return this.#mayName() ? this.#leader : undefined;
  }

  /**
   * The answer to `endpoints`. Without a seat of its own the node names no leader: it cannot know who leads by now. And
   * it names itself only while it has been granted that.
   */
  get response(): Buffer {
    return this.#mayName() ? this.#response : this.#leaderless;
  }

  /** Whether the roster makes this node the leader. */
  get leadsHere(): boolean {
    return this.#leadsHere;
  }

  /** Takes in what the gateway tells. */
  set(roster: Roster): void {
    const text = JSON.stringify(roster);
    // A gateway that has just started may not know yet who is there; clients could do nothing with an empty list.
    if (text === this.#text || (roster.nodes.length === 0 && this.#roster.nodes.length > 0)) return;
    this.#text = text;
    this.#roster = roster;
    this.#leader = roster.nodes.find((node) => node.leader)?.nodeId;
    this.#leadsHere = this.#leader === this.#nodeId();
    this.#response = encode(roster);
    this.#leaderless = encode({ ...roster, nodes: roster.nodes.map((node) => ({ ...node, leader: false })) });
  }

  #mayName(): boolean {
    return this.#leadsHere ? this.#seat.leads : this.#seat.held;
  }
}

function encode({ epoch, nodes }: Roster): Buffer {
  return encodeEndpointsResponse(
    nodes.map((node) => ({
      nodeId: node.ordinal,
      hostName: node.nodeId,
      address: node.address,
      port: node.port,
      leader: node.leader,
      zone: node.zone,
      leaderSessionId: epoch,
    })),
  );
}
