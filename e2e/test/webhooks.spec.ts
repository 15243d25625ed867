import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LoopbackRange, type RunningHotkeep, startHotkeep, takeLoopbackRange } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients } from "../src/clients.js";
import { freePort } from "../src/outside-node.js";

const topicArn = "arn:aws:sns:us-west-2:123456789012:ops";
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "dax.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

let folder: string;
let range: LoopbackRange;
let port: number;
let hotkeep: RunningHotkeep | undefined;
let receiver: ChildProcess | undefined;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hotkeep-webhooks-"));
  range = await takeLoopbackRange();
  port = await freePort();
});
afterAll(async () => {
  receiver?.kill("SIGKILL");
  await hotkeep?.stop();
  range.release();
  rmSync(folder, { recursive: true, force: true });
});

function start(): Promise<RunningHotkeep> {
  const flags = ["--webhook", `${topicArn}=http://127.0.0.1:${port}/hook`];
  return startHotkeep({ empty: true, dataDirectory: join(folder, "data"), range, flags });
}

/** Runs the receiver of docs/webhooks.md; answers what it prints. */
async function startReceiver(secret: string): Promise<() => readonly string[]> {
  const page = readFileSync(new URL("../../docs/webhooks.md", import.meta.url), "utf8");
  const file = join(folder, "receiver.mjs");
  writeFileSync(file, page.split("```js\n")[1]!.split("```")[0]!);
  receiver = spawn(process.execPath, [file, secret, String(port)], { stdio: ["ignore", "pipe", "inherit"] });
  let heard = "";
  receiver.stdout!.on("data", (chunk) => {
    heard += chunk;
  });
  const listens = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect({ host: "127.0.0.1", port });
      socket.once("error", () => resolve(false));
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
    });
  await expect.poll(listens).toBe(true);
  return () => heard.split("\n").filter((line) => line !== "");
}

describe("a webhook's receiver", () => {
  it("knows by the secret that `hotkeep up` has shown once who delivers, and refuses all others", async () => {
    hotkeep = await start();
    const [made, ...others] = hotkeep.webhookSecrets!;
    expect(others).toEqual([]);
    expect(made!.topicArn).toBe(topicArn);
    const { secret } = made!;
    const heard = await startReceiver(secret);

    const { iam, dax } = awsClients(hotkeep, hotkeep.credentials.root!);
    const { Role } = await iam.createRole({ RoleName: "OpsRole", AssumeRolePolicyDocument: trust });
    await dax.createCluster({
      ClusterName: "watched",
      NodeType: "dax.t3.small",
      ReplicationFactor: 1,
      IamRoleArn: Role!.Arn!,
      NotificationTopicArn: topicArn,
    });
    await expect.poll(heard).toContain("Cluster created.");
    await dax.deleteCluster({ ClusterName: "watched" });

    const body = JSON.stringify({ Message: JSON.stringify({ Message: "Cluster deleted by nobody." }) });
    const post = async (text: string, seconds: number, key: string): Promise<number> => {
      const v1 = createHmac("sha256", key).update(`${seconds}.${body}`).digest("hex");
      const headers = { "hotkeep-signature": `t=${seconds},v1=${v1}` };
      return (await fetch(`http://127.0.0.1:${port}/hook`, { method: "POST", headers, body: text })).status;
    };
    const now = Math.floor(Date.now() / 1_000);
    expect(await post(body, now, "whsec_guessed")).toBe(401);
    expect(await post(body.replace("nobody", "somebody"), now, secret)).toBe(401);
    expect(await post(body, now - 3_600, secret)).toBe(401);
    expect(await fetch(`http://127.0.0.1:${port}/hook`, { method: "POST", body })).toMatchObject({ status: 401 });
    expect(await post(body, now, secret)).toBe(200);
  });

  it("is the only one who is told the secret: it is on no disk and shown by no later start", async () => {
    const { secret } = hotkeep!.webhookSecrets![0]!;
    const data = join(folder, "data");
    for (const file of readdirSync(data, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      expect(readFileSync(join(file.parentPath, file.name)).includes(secret)).toBe(false);
    }
    expect(hotkeep!.errorOutput()).not.toContain(secret);
    await hotkeep!.stop();
    hotkeep = await start();
    expect(hotkeep.webhookSecrets).toBeUndefined();
  });
});
