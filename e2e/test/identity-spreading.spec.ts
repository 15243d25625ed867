import { setTimeout as wait } from "node:timers/promises";
import { encodeGetItemRequest, encodeKey } from "@hotkeep/dax-wire";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { awsClients } from "../src/clients.js";
import { authorizeFrame, claim, DaxConnection } from "../src/identity/dax-connection.js";

const nodesCount = 3;
/** What is promised: a change is in force on every node within a second. */
const spreadMsMax = 1000;
/** On a machine that is busy with other things one change may be slow; what counts is what it can be. */
const roundsMax = 3;
const pollMs = 50;

let hotkeep: RunningHotkeep;
let root: ReturnType<typeof awsClients>;
let endpoints: readonly string[];
let open: DaxConnection[] = [];

beforeAll(async () => {
  hotkeep = await startHotkeep();
  root = awsClients(hotkeep, hotkeep.credentials.root!);
  const ClusterName = "daxcluster01";
  await root.iam.createGroup({ GroupName: "closed" });
  await root.iam.putGroupPolicy({ GroupName: "closed", PolicyName: "no", PolicyDocument: deny });
  await root.dax.increaseReplicationFactor({ ClusterName, NewReplicationFactor: nodesCount });
  for (;;) {
    const { Clusters } = await root.dax.describeClusters({ ClusterNames: [ClusterName] });
    const { Status, ActiveNodes, Nodes = [] } = Clusters![0]!;
    endpoints = Nodes.map(({ Endpoint }) => `dax://${Endpoint?.Address}:${Endpoint?.Port}`);
    if (Status === "available" && ActiveNodes === nodesCount && endpoints.length === nodesCount) break;
    await wait(pollMs);
  }
});
afterAll(async () => {
  for (const connection of open) connection.close();
  await hotkeep?.stop();
});

const key = encodeKey(
  { hash: { name: "Author", type: "S" }, range: { name: "Title", type: "S" } },
  { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } },
);
const read = encodeGetItemRequest("Books", key);

/** What each node says to Alice's next read, on connections that stay open as long as they are let. */
async function readEverywhere(): Promise<readonly ("served" | "denied" | "unknown key")[]> {
  return Promise.all(
    open.map(async (connection) => {
      const answer = await connection.ask(read);
      if (answer[0] === 0x80) return "served" as const;
      return answer.includes("AccessDeniedException") ? ("denied" as const) : ("unknown key" as const);
    }),
  );
}

async function connectEverywhere(): Promise<void> {
  for (const connection of open) connection.close();
  open = await Promise.all(endpoints.map((endpoint) => DaxConnection.open(endpoint)));
  const keys = hotkeep.credentials.alice!;
  for (const connection of open) connection.send(authorizeFrame(claim({ keys, region: hotkeep.region })));
}

const account = "123456789012";
const UserName = "Alice";
const PolicyArn = `arn:aws:iam::${account}:policy/AliceAccessPolicy`;
const deny = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Action: "dax:GetItem", Resource: "*" }],
});

type Change = readonly [what: string, away: () => Promise<unknown>, back: () => Promise<unknown>, then: string];
const changes: readonly Change[] = [
  [
    "an inline policy",
    () => root.iam.putUserPolicy({ UserName, PolicyName: "no", PolicyDocument: deny }),
    () => root.iam.deleteUserPolicy({ UserName, PolicyName: "no" }),
    "denied",
  ],
  [
    "an attached policy",
    () => root.iam.detachUserPolicy({ UserName, PolicyArn }),
    () => root.iam.attachUserPolicy({ UserName, PolicyArn }),
    "denied",
  ],
  [
    "a policy's default version",
    () => root.iam.createPolicyVersion({ PolicyArn, PolicyDocument: deny, SetAsDefault: true }),
    () => root.iam.setDefaultPolicyVersion({ PolicyArn, VersionId: "v1" }),
    "denied",
  ],
  [
    "a permissions boundary",
    () =>
      root.iam.putUserPermissionsBoundary({
        UserName,
        PermissionsBoundary: "arn:aws:iam::aws:policy/IAMReadOnlyAccess",
      }),
    () => root.iam.deleteUserPermissionsBoundary({ UserName }),
    "denied",
  ],
  [
    "a group's policy",
    () => root.iam.addUserToGroup({ GroupName: "closed", UserName }),
    () => root.iam.removeUserFromGroup({ GroupName: "closed", UserName }),
    "denied",
  ],
  [
    "a deactivated key",
    () => root.iam.updateAccessKey({ UserName, ...aliceKey(), Status: "Inactive" }),
    () => root.iam.updateAccessKey({ UserName, ...aliceKey(), Status: "Active" }),
    "unknown key",
  ],
];
const aliceKey = () => ({ AccessKeyId: hotkeep.credentials.alice!.accessKeyId });
const everywhere = (verdict: string) => Array<string>(nodesCount).fill(verdict);

/** Makes a change and reads on every node once it is answered; in milliseconds from asking for it. */
async function changed(change: () => Promise<unknown>, reconnect: boolean) {
  const started = performance.now();
  await change();
  if (reconnect) await connectEverywhere();
  return { verdicts: await readEverywhere(), tookMs: performance.now() - started };
}

it.each(changes)("%s is in force on every node when the call is answered, within a second", async (...change) => {
  const [, away, back, then] = change;
  await connectEverywhere();
  expect(await readEverywhere()).toEqual(everywhere("served"));
  let goneMs = Number.POSITIVE_INFINITY;
  let againMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < roundsMax && Math.max(goneMs, againMs) >= spreadMsMax; round++) {
    const gone = await changed(away, false);
    expect(gone.verdicts).toEqual(everywhere(then));
    goneMs = Math.min(goneMs, gone.tookMs);
    const again = await changed(back, then === "unknown key");
    expect(again.verdicts).toEqual(everywhere("served"));
    againMs = Math.min(againMs, again.tookMs);
  }
  expect(goneMs).toBeLessThan(spreadMsMax);
  expect(againMs).toBeLessThan(spreadMsMax);
});
