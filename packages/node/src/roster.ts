import type { Roster, RosterEntry } from "@hotkeep/control-feed";
import { encodeEndpointsResponse } from "@hotkeep/dax-wire";

/** The cluster's members as this node tells them, encoded once per change. */
export class KnownRoster {
  #roster: Roster;
  #response: Buffer;

  constructor() {
    this.#roster = { epoch: 0, nodes: [] };
    this.#response = encode(this.#roster);
  }

  get nodes(): readonly RosterEntry[] {
    return this.#roster.nodes;
  }

  /** The answer to `endpoints`. */
  get response(): Buffer {
    return this.#response;
  }

  /** Takes in what the gateway tells. */
  set(roster: Roster): void {
    this.#roster = roster;
    this.#response = encode(roster);
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
