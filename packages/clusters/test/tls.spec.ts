import { X509Certificate } from "node:crypto";
import { newKeyPair, openAuthority } from "@hotkeep/certificates";
import { type NodeConfiguration, PeerGate } from "@hotkeep/control-feed";
import { systemClock, systemRandom } from "@hotkeep/core";
import { afterEach, describe, expect, it } from "vitest";
import { failureOf, type House, newGround, openHouse, region, roleArn } from "./house.js";

const authority = openAuthority({
  store: { read: async () => undefined, add: async (record) => record },
  sealer: { seal: (plain) => plain, open: (sealed) => sealed },
  clock: systemClock,
  random: systemRandom,
  permitted: ["example.org"],
  lifetimeMs: 3_600_000,
});

let house: House;
afterEach(() => house.close());

const encrypted = { ClusterEndpointEncryptionType: "TLS" } as const;
const describe1 = async () => (await house.call("dax", "DescribeClusters", {})).Clusters![0]!;

/** What a node of the house gets when it asks for a certificate. */
async function certificateOf(name: string) {
  const { publicKey } = await newKeyPair();
  return house.launcher.node(name).feed.request("certificate", { publicKey: publicKey.toString("base64") });
}

describe("a cluster with ClusterEndpointEncryptionType TLS", () => {
  it("is on port 9111 and daxs:// wherever it is told of", async () => {
    house = await openHouse({ authority });
    await house.serviceRole();
    const input = { ClusterName: "safe", NodeType: "dax.r5.large", ReplicationFactor: 1, IamRoleArn: roleArn };
    const { Cluster: created } = await house.call("dax", "CreateCluster", { ...input, ...encrypted });
    expect(created).toMatchObject({ ...encrypted, ClusterDiscoveryEndpoint: { Port: 9111 } });
    const view = await house.clusters.whenAvailable("safe", region, 15_000);
    expect(view.endpoint).toBe("daxs://127.31.0.4:9111");
    expect(await describe1()).toMatchObject({
      ...encrypted,
      ClusterDiscoveryEndpoint: { Address: "127.31.0.4", Port: 9111, URL: "daxs://127.31.0.4" },
      Nodes: [{ Endpoint: { Address: "127.31.0.4", Port: 9111 } }],
    });
    const node = house.launcher.node("safe-a");
    expect(node.configuration).toMatchObject({
      port: 9111,
      tls: { names: ["127.31.0.4"], authority: await authority.fingerprint() },
    });
    await house.until(() => node.rosters.length > 0, "the roster");
    expect(node.rosters.at(-1)!.nodes).toMatchObject([{ address: "127.31.0.4", port: 9111 }]);
    await house.create("plain");
    expect(house.launcher.node("plain-a").configuration!.tls).toBeUndefined();
  });

  it("is still one after a restart of the gateway", async () => {
    const ground = newGround();
    house = await openHouse({ authority }, ground);
    await house.serviceRole();
    await house.create("safe", 1, encrypted);
    await house.close();
    house = await openHouse({ authority }, ground, 2);
    expect((await house.clusters.whenAvailable("safe", region, 15_000)).endpoint).toBe("daxs://127.31.0.4:9111");
    expect(house.launcher.node("safe-a").configuration!.tls).toMatchObject({ names: ["127.31.0.4"] });
  });

  it("has rules of its security groups for port 9111, not for 8111", async () => {
    house = await openHouse({ authority });
    await house.serviceRole();
    const { GroupId } = await house.call("ec2", "CreateSecurityGroup", {
      GroupName: "dax",
      Description: "dax",
      VpcId: (await house.call("ec2", "DescribeVpcs", {})).Vpcs![0]!.VpcId!,
    });
    const allow = (port: number) =>
      house.call("ec2", "AuthorizeSecurityGroupIngress", {
        GroupId: GroupId!,
        IpPermissions: [{ IpProtocol: "tcp", FromPort: port, ToPort: port, IpRanges: [{ CidrIp: "127.0.0.1/32" }] }],
      });
    await allow(8111);
    await house.create("safe", 1, { ...encrypted, SecurityGroupIds: [GroupId!] });
    const admits = () => {
      const configuration: NodeConfiguration = house.launcher.node("safe-a").configuration!;
      return new PeerGate(configuration.ingressCidrs!).allows("127.0.0.1");
    };
    expect(admits()).toBe(false);
    await allow(9111);
    await house.until(admits, "the rule");
  });

  it("certifies its nodes for every node's address and what the operator named, and for nothing that a node asks", async () => {
    house = await openHouse({ authority, tlsNames: ["dax.example.org"] });
    await house.serviceRole();
    await house.create("safe", 2, encrypted);
    const issued = await certificateOf("safe-b");
    expect(issued.names).toEqual(["127.31.0.4", "127.31.16.4", "dax.example.org"]);
    expect(issued.expiresAt - issued.issuedAt).toBe(3_600_000);
    const certificate = new X509Certificate(issued.certificate);
    expect(certificate.subjectAltName).toBe("IP Address:127.31.0.4, IP Address:127.31.16.4, DNS:dax.example.org");
    expect(certificate.subject).toBe("O=Hotkeep\nCN=safe-b");
  });

  it("tells its nodes of each other's addresses when it grows", async () => {
    house = await openHouse({ authority });
    await house.serviceRole();
    await house.create("safe", 1, encrypted);
    await house.call("dax", "IncreaseReplicationFactor", { ClusterName: "safe", NewReplicationFactor: 2 });
    await house.clusters.whenAvailable("safe", region, 15_000);
    for (const name of ["safe-a", "safe-b"]) {
      expect(house.launcher.node(name).configuration!.tls).toMatchObject({ names: ["127.31.0.4", "127.31.16.4"] });
    }
  });

  it("has nodes certified for 127.0.0.1 and localhost where they share that address", async () => {
    house = await openHouse({ authority, advertise: "loopback" });
    await house.serviceRole();
    await house.create("safe", 2, encrypted);
    expect((await certificateOf("safe-a")).names).toEqual(["127.0.0.1", "localhost"]);
    const { ClusterDiscoveryEndpoint: endpoint } = await describe1();
    expect(endpoint!.URL).toBe(`daxs://127.0.0.1:${endpoint!.Port}`);
  });

  it("alone has certificates", async () => {
    house = await openHouse({ authority });
    await house.serviceRole();
    await house.create("plain");
    expect(await failureOf(certificateOf("plain-a"))).toBe("NoTls: Cluster `plain` has no encrypted endpoint.");
  });

  it("does not take whatever a node sends for a key", async () => {
    house = await openHouse({ authority });
    await house.serviceRole();
    await house.create("safe", 1, encrypted);
    const { feed } = house.launcher.node("safe-a");
    for (const publicKey of ["", "AAAA", "x".repeat(2_000), 7 as never]) {
      expect(await failureOf(feed.request("certificate", { publicKey }))).toMatch(/^PublicKeyInvalid: /);
    }
  });

  it("is refused where nobody certifies", async () => {
    house = await openHouse();
    await house.serviceRole();
    expect(await failureOf(house.create("safe", 1, encrypted))).toBe(
      "InvalidParameterValueException: ClusterEndpointEncryptionType TLS is not supported here; use NONE.",
    );
  });
});

describe("the table endpoint's authority", () => {
  it("is told to every node, and only where there is one", async () => {
    const ground = newGround();
    house = await openHouse({}, ground);
    await house.serviceRole();
    await house.create("books");
    expect(house.launcher.node("books-a").configuration!.tableEndpointAuthority).toBeUndefined();
    await house.close();
    const start = { tableEndpoint: "https://127.0.0.1:8110", tableEndpointAuthority: "PEM" };
    house = await openHouse({}, ground, 2, start);
    await house.clusters.whenAvailable("books", region, 15_000);
    expect(house.launcher.node("books-a").configuration).toMatchObject({
      tableEndpoint: "https://127.0.0.1:8110",
      tableEndpointAuthority: "PEM",
    });
  });
});
