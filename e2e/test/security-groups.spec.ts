import { connect } from "node:net";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, daxClient } from "../src/clients.js";

let hotkeep: RunningHotkeep;
beforeAll(async () => {
  hotkeep = await startHotkeep();
});
afterAll(() => hotkeep?.stop());

/** Whether a new connection to the cluster stays open for a moment. */
function staysOpen(): Promise<boolean> {
  const { hostname, port } = new URL(hotkeep.clusters[0]!.endpoint);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    const open = setTimeout(() => {
      resolve(true);
      socket.end();
    }, 200);
    const closed = () => {
      clearTimeout(open);
      resolve(false);
    };
    socket.on("end", closed).on("error", closed).resume();
  });
}

describe("the security group of a cluster", () => {
  it("lets clients on this machine in as members of the default group, and keeps them out without its rule", async () => {
    const { ec2, dax } = awsClients(hotkeep, hotkeep.credentials.root!);
    const { Clusters } = await dax.describeClusters({});
    const GroupId = Clusters![0]!.SecurityGroups![0]!.SecurityGroupIdentifier!;
    expect(await staysOpen()).toBe(true);

    const { SecurityGroups } = await ec2.describeSecurityGroups({ GroupIds: [GroupId] });
    const IpPermissions = SecurityGroups![0]!.IpPermissions!;
    await ec2.revokeSecurityGroupIngress({ GroupId, IpPermissions });
    await expect.poll(staysOpen).toBe(false);

    const dial = { IpProtocol: "tcp", FromPort: 8111, ToPort: 8111, IpRanges: [{ CidrIp: "127.0.0.0/8" }] };
    await ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [dial] });
    await expect.poll(staysOpen).toBe(true);
    const alice = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, hotkeep.credentials.alice!);
    const read = { TableName: "Books", Key: { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } } };
    expect(await alice.getItem(read)).toMatchObject({ Item: { Year: { N: "1897" } } });
    alice.close();
    await expect.poll(() => hotkeep.errorOutput()).toContain("a security group kept a connection out");
  });
});
