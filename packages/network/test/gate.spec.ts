import { cidrContains, ingressAllows, type Rule, type SecurityGroup } from "@hotkeep/network";
import { describe, expect, it } from "vitest";

function group(...rules: Partial<Rule>[]): SecurityGroup {
  return {
    id: "sg-1",
    name: "g",
    description: "",
    vpcId: "vpc-1",
    tags: {},
    rules: rules.map((rule, index) => ({
      id: `sgr-${index}`,
      egress: false,
      protocol: "tcp",
      from: 8111,
      to: 8111,
      peer: { kind: "cidr4", cidr: "10.0.0.0/8" },
      description: null,
      tags: {},
      ...rule,
    })),
  };
}

const nobody = () => [];

describe("ingress", () => {
  it.each<[string, readonly SecurityGroup[], string, number, boolean]>([
    ["no group lets nobody in", [], "10.1.2.3", 8111, false],
    ["a group without rules lets nobody in", [group()], "10.1.2.3", 8111, false],
    ["a CIDR that contains the peer lets it in", [group({})], "10.1.2.3", 8111, true],
    ["a CIDR that does not contain the peer keeps it out", [group({})], "11.1.2.3", 8111, false],
    ["another port keeps it out", [group({})], "10.1.2.3", 9111, false],
    ["a range of ports covers its ends", [group({ from: 8000, to: 8111 })], "10.1.2.3", 8111, true],
    ["another protocol keeps it out", [group({ protocol: "udp" })], "10.1.2.3", 8111, false],
    ["all protocols cover it", [group({ protocol: "-1", from: null, to: null })], "10.1.2.3", 8111, true],
    ["an egress rule says nothing about it", [group({ egress: true })], "10.1.2.3", 8111, false],
    ["one of several groups is enough", [group(), group({})], "10.1.2.3", 8111, true],
    ["an IPv4 peer on an IPv6 socket is an IPv4 peer", [group({})], "::ffff:10.1.2.3", 8111, true],
    ["an IPv6 CIDR lets IPv6 peers in", [group({ peer: { kind: "cidr6", cidr: "fd00::/8" } })], "fd00::1", 8111, true],
    ["an address that is none is kept out", [group({ peer: { kind: "cidr4", cidr: "0.0.0.0/0" } })], "", 8111, false],
  ])("%s", (_title, groups, peer, port, expected) => {
    expect(ingressAllows(groups, nobody, peer, port)).toBe(expected);
  });

  it("through a referenced group is for its members only", () => {
    const groups = [group({ peer: { kind: "group", groupId: "sg-2", account: "1" } })];
    const membersOf = (id: string) => (id === "sg-2" ? ["127.31.0.9", "fd00::9"] : []);
    expect(ingressAllows(groups, membersOf, "127.31.0.9", 8111)).toBe(true);
    expect(ingressAllows(groups, membersOf, "fd00::9", 8111)).toBe(true);
    expect(ingressAllows(groups, membersOf, "127.31.0.8", 8111)).toBe(false);
  });
});

describe("a CIDR", () => {
  it("contains its first and last address and not their neighbours", () => {
    expect(
      ["10.0.16.0", "10.0.31.255", "10.0.15.255", "10.0.32.0"].map((ip) => cidrContains("10.0.16.0/20", ip)),
    ).toEqual([true, true, false, false]);
    expect(cidrContains("0.0.0.0/0", "255.255.255.255")).toBe(true);
    expect(cidrContains("::/0", "10.0.0.1")).toBe(false);
    expect(cidrContains("nonsense", "10.0.0.1")).toBe(false);
    expect(cidrContains("10.0.0.01/32", "10.0.0.1")).toBe(false);
  });
});
