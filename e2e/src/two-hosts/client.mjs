// What a client on the gateway's host does; run inside that host's network. Arguments: what to do, the data directory.
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { Dax } from "@amazon-dax-sdk/client-dax";
import { DAX } from "@aws-sdk/client-dax";
import { EC2 } from "@aws-sdk/client-ec2";

const [what, dataDirectory] = process.argv.slice(2);
const { endpoint, region, account } = JSON.parse(readFileSync(`${dataDirectory}/running.json`, "utf8"));
const section = readFileSync(`${dataDirectory}/credentials`, "utf8").split("[root]")[1];
const value = (name) => new RegExp(`${name} = (\\S+)`).exec(section)[1];
const credentials = { accessKeyId: value("aws_access_key_id"), secretAccessKey: value("aws_secret_access_key") };
const options = { endpoint, region, credentials };
const dax = new DAX(options);
const ClusterName = "far";

if (what === "create") {
  await dax.createCluster({
    ClusterName,
    NodeType: "dax.t3.small",
    ReplicationFactor: 1,
    IamRoleArn: `arn:aws:iam::${account}:role/DAXServiceRole`,
    Tags: [{ Key: "hotkeep:launch", Value: "external" }],
  });
} else if (what === "allow") {
  const ec2 = new EC2(options);
  const { SecurityGroups } = await ec2.describeSecurityGroups({});
  const { GroupId } = SecurityGroups.find(({ GroupName }) => GroupName === "default");
  const CidrIp = process.argv[4];
  await ec2.authorizeSecurityGroupIngress({ GroupId, IpProtocol: "tcp", FromPort: 8111, ToPort: 8111, CidrIp });
} else {
  let cluster;
  for (let turn = 0; turn < 200 && cluster?.Status !== "available"; turn++) {
    cluster = (await dax.describeClusters({ ClusterNames: [ClusterName] })).Clusters[0];
    await wait(50);
  }
  const { URL: url, Address: host, Port: port } = cluster.ClusterDiscoveryEndpoint;
  if (what === "dial") {
    const socket = connect(port, host).resume();
    const kept = new Promise((resolve) => {
      for (const event of ["end", "error"]) socket.once(event, () => resolve("kept out"));
      setTimeout(() => resolve("let in"), 1_000);
    });
    console.log(`${url} ${await kept}`);
    process.exit(0);
  }
  const client = new Dax({ endpoint: url, region, credentials, maxRetries: 2 });
  const Key = { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } };
  await client.putItem({ TableName: "Books", Item: { ...Key, Year: { N: "1899" } } });
  const { Item } = await client.getItem({ TableName: "Books", Key });
  console.log(`${url} ${Item.Year.N}`);
}
process.exit(0);
