import { PeerGate } from "@hotkeep/control-feed";
import { describe, expect, it } from "vitest";

describe("a peer gate", () => {
  it("lets in whose address lies in one of its blocks, in either family and form", () => {
    const gate = new PeerGate(["127.0.0.1/32", "10.0.0.0/8", "::1/128"]);
    expect(["127.0.0.1", "::ffff:10.1.2.3", "10.255.0.1", "::1"].map((address) => gate.allows(address))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(["127.0.0.2", "11.0.0.1", "::2", "", undefined].map((address) => gate.allows(address))).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it("lets nobody in without a block, everybody with the two widest", () => {
    expect(new PeerGate([]).allows("127.0.0.1")).toBe(false);
    const open = new PeerGate(["0.0.0.0/0", "::/0"]);
    expect(open.allows("203.0.113.9") && open.allows("2001:db8::1")).toBe(true);
  });

  it("refuses what is not a block", () => {
    for (const cidr of ["10.0.0.0", "10.0.0.0/33", "somewhere/8", "10.0.0.0/x"]) {
      expect(() => new PeerGate([cidr])).toThrow(`\`${cidr}\` is not an address block.`);
    }
  });
});
