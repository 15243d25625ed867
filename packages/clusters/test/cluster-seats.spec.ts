import { ManualClock, silentLogger } from "@hotkeep/core";
import { describe, expect, it } from "vitest";
import { defaultClusterLimits } from "../src/limits.js";
import { ClusterSeats } from "../src/supervision/cluster-seats.js";
import type { Leadership, RosterMember } from "../src/supervision/roster.js";

const member = (nodeId: string, ordinal: number): RosterMember => ({
  nodeId,
  ordinal,
  address: `127.31.0.${ordinal}`,
  port: 8111,
  zone: "us-west-2a",
});
const link = { notify: () => true };

/**
 * The seats of a gateway that has just started, in a cluster of two nodes with this leadership in its store.
 *
 * @param anew nodes whose processes it has started itself
 */
function restarted(stored: Leadership, anew: readonly string[] = []) {
  const clock = new ManualClock(0);
  const there: RosterMember[] = [];
  const kept = { leadership: stored };
  const seats = new ClusterSeats({
    clock,
    logger: silentLogger,
    limits: defaultClusterLimits,
    book: {
      async decide(choose) {
        kept.leadership = choose(kept.leadership, there, ["a", "b"]);
      },
    },
    mayRun: () => true,
    startedAnew: (nodeId) => anew.includes(nodeId),
    isNew: false,
    due: () => {},
  });
  return {
    clock,
    kept,
    /** As a node comes back: its seat, its place among the candidates, and its seat as the answer. */
    async listening(who: RosterMember, run: string) {
      seats.attach(who.nodeId, link);
      seats.grant(who.nodeId, link, run, 0);
      there.push(who);
      await seats.renew();
      return seats.grant(who.nodeId, link, run, 0);
    },
    renew: () => seats.renew(),
    leave: (who: RosterMember) => void there.splice(there.indexOf(who), 1),
    seat: (who: RosterMember, run: string) => seats.grant(who.nodeId, link, run, 0),
  };
}

describe("seats after a start of the gateway", () => {
  const a = member("a", 0);
  const b = member("b", 1);
  const byB: Leadership = { leader: "b", leaderRun: "b1", epoch: 4 };

  it("let the leader lead on as soon as it is back, while the roster waits for the others", async () => {
    const { listening, seat, kept } = restarted(byB);
    expect(await listening(b, "b1")).toMatchObject({ leads: true, roster: { nodes: [] } });
    const back = await listening(a, "a1");
    expect(back.leads).toBe(false);
    expect(back.roster).toMatchObject({
      epoch: 4,
      nodes: [
        { nodeId: "a", leader: false },
        { nodeId: "b", leader: true },
      ],
    });
    expect(seat(b, "b1").leads).toBe(true);
    expect(kept.leadership).toEqual(byB);
  });

  it("name a leader at once when no process is left that may take itself for it", async () => {
    const { listening, kept } = restarted(byB, ["a", "b"]);
    const first = await listening(a, "a9");
    expect(first).toMatchObject({ leads: true, roster: { epoch: 5, nodes: [{ nodeId: "a", leader: true }] } });
    const second = await listening(b, "b9");
    expect(second).toMatchObject({ leads: false, roster: { epoch: 5, nodes: [{ leader: true }, { leader: false }] } });
    expect(kept.leadership).toEqual({ leader: "a", leaderRun: "a9", epoch: 5 });
  });

  it("wait for a leader of before as long as its process may be left, whichever others have been started anew", async () => {
    const { listening, kept } = restarted(byB, ["a"]);
    expect(await listening(a, "a9")).toMatchObject({ leads: false, roster: { nodes: [] } });
    expect((await listening(b, "b1")).leads).toBe(true);
    expect(kept.leadership).toEqual(byB);
  });

  it("give nobody's leadership away early that this gateway has granted itself", async () => {
    const { listening, renew, leave, kept } = restarted(byB, ["a", "b"]);
    expect((await listening(a, "a9")).leads).toBe(true);
    await listening(b, "b9");
    // Its seat may run on though it is not to be sent clients any more.
    leave(a);
    await renew();
    expect(kept.leadership).toEqual({ leader: "a", leaderRun: "a9", epoch: 5 });
  });

  it("do not take another process of the leader's name for the leader before that one's seat must have ended", async () => {
    const { listening, seat, renew, clock, kept } = restarted(byB);
    expect((await listening(b, "b2")).leads).toBe(false);
    expect((await listening(a, "a1")).leads).toBe(false);
    expect(kept.leadership).toEqual(byB);
    clock.advance(defaultClusterLimits.seatMs + defaultClusterLimits.seatMarginMs);
    seat(a, "a1");
    seat(b, "b2");
    await renew();
    expect(kept.leadership).toEqual({ leader: "a", leaderRun: "a1", epoch: 5 });
    expect([seat(a, "a1").leads, seat(b, "b2").leads]).toEqual([true, false]);
  });
});
