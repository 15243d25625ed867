import { createServer } from "node:net";
import { startHotkeep } from "hotkeep/testing";
import { describe, expect, it } from "vitest";
import { awsClients } from "../src/clients.js";

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "dax.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

describe("a cluster whose node cannot listen", () => {
  it("is given up within seconds, with an event that says why, and leaves nothing behind", async () => {
    const hotkeep = await startHotkeep({ empty: true });
    const { iam, dax, ec2 } = awsClients(hotkeep, hotkeep.credentials.root!);
    const { Role } = await iam.createRole({ RoleName: "DAXServiceRole", AssumeRolePolicyDocument: trust });
    // Another program has the addresses that come first in each zone's subnet.
    const prefix = hotkeep.range.cidr.split(".").slice(0, 2).join(".");
    const foreign = ["0.4", "16.4", "32.4"].map((rest) => createServer().listen(8111, `${prefix}.${rest}`));
    try {
      await dax.createCluster({
        ClusterName: "unlucky",
        NodeType: "dax.t3.small",
        ReplicationFactor: 1,
        IamRoleArn: Role!.Arn!,
      });
      const gone = async () => (await dax.describeClusters({})).Clusters!.length === 0;
      await expect.poll(gone, { interval: 100 }).toBe(true);
      const { Events } = await dax.describeEvents({ SourceName: "unlucky", SourceType: "CLUSTER" });
      expect(Events!.map(({ Message }) => Message).join("\n")).toContain("before it listened");
      expect((await ec2.describeNetworkInterfaces({})).NetworkInterfaces).toEqual([]);
      await expect.poll(() => hotkeep.errorOutput()).toContain("EADDRINUSE");
    } finally {
      for (const server of foreign) server.close();
      await hotkeep.stop();
    }
  });
});
