import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startHotkeep, takeLoopbackRange } from "hotkeep/testing";
import { afterAll, describe, expect, it } from "vitest";
import { awsClients, daxClient } from "../src/clients.js";
import { childrenOf, isAlive } from "../src/fuzz/processes.js";
import { freePort } from "../src/outside-node.js";

const run = promisify(execFile);
const program = fileURLToPath(new URL("../../packages/hotkeep/bin/hotkeep.js", import.meta.url));
const dracula = { TableName: "Books", Key: { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } } };

const dataDirectory = mkdtempSync(join(tmpdir(), "hotkeep-start-"));
afterAll(() => rmSync(dataDirectory, { recursive: true, force: true }));

describe("hotkeep up", () => {
  it("makes the documents' world, stops every child on Ctrl-C, and finds its data again", async () => {
    const range = await takeLoopbackRange();
    const first = await startHotkeep({ dataDirectory, range });
    const root = awsClients(first, first.credentials.root!);
    const { Users } = await root.iam.listUsers();
    expect(Users?.map(({ UserName }) => UserName)).toEqual(["Alice", "Bob"]);
    expect((await root.iam.getRole({ RoleName: "BobUserRole" })).Role?.RoleName).toBe("BobUserRole");
    expect((await root.iam.getRole({ RoleName: "DAXServiceRole" })).Role?.RoleName).toBe("DAXServiceRole");
    expect((await root.dynamodb.scan({ TableName: "Books", Select: "COUNT" })).Count).toBeGreaterThanOrEqual(36);
    const nodes = childrenOf(first.pid);
    expect(nodes).toHaveLength(1);
    expect(await first.stop()).toBe(0);
    expect(nodes.filter(isAlive)).toEqual([]);

    const second = await startHotkeep({ dataDirectory, range });
    expect(second.credentials).toEqual(first.credentials);
    const dax = daxClient(second.clusters[0]!.endpoint, second.region, second.credentials.alice!);
    expect(await dax.getItem(dracula)).toMatchObject({ Item: { Year: { N: "1897" } } });
    dax.close();
    expect(await second.stop()).toBe(0);
    range.release();
  });

  it("gives a cache node none of the files that it has open", async () => {
    const hotkeep = await startHotkeep();
    const [node] = childrenOf(hotkeep.pid);
    const files = readdirSync(`/proc/${node}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${node}/fd/${fd}`)];
      } catch {
        return [];
      }
    });
    expect(files.filter((file) => file.startsWith(hotkeep.dataDirectory))).toEqual([]);
    await hotkeep.stop();
  });

  it("keeps its credentials to their owner, and its secrets sealed", async () => {
    expect(statSync(join(dataDirectory, "credentials")).mode & 0o777).toBe(0o600);
    expect(statSync(dataDirectory).mode & 0o077).toBe(0);
    const secrets = [
      ...readFileSync(join(dataDirectory, "credentials"), "utf8").matchAll(/secret_access_key = (\S+)/g),
    ];
    expect(secrets.length).toBe(3);
    for (const file of readdirSync(join(dataDirectory, "state"))) {
      const bytes = readFileSync(join(dataDirectory, "state", file));
      for (const [, secret] of secrets) expect(bytes.includes(secret!)).toBe(false);
    }
  });

  it("starts without the world when asked to", async () => {
    const hotkeep = await startHotkeep({ empty: true });
    const root = awsClients(hotkeep, hotkeep.credentials.root!);
    expect((await root.iam.listUsers()).Users).toEqual([]);
    expect((await root.dax.describeClusters({})).Clusters).toEqual([]);
    expect((await root.dynamodb.listTables({})).TableNames).toEqual([]);
    await hotkeep.stop();
  });

  it("tells in one line that the table endpoint is not there on the first start, and leaves nothing behind", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const folder = join(dataDirectory, "endpoint", "data");
    const starting = startHotkeep({
      tableEndpoint: { url, accessKeyId: "AKIA", secretAccessKey: "s" },
      dataDirectory: folder,
    });
    expect(await starting.catch((error: Error) => error.message)).toBe(
      [
        "hotkeep up ended with 1",
        `✗ the documents' world could not be made with its table at ${url}: The table endpoint cannot be reached. Nothing has been done. (connect ECONNREFUSED ${url.slice("http://".length)})`,
        "  mend that and start again, or start with --empty, which leaves the world out",
        "",
      ].join("\n"),
    );
    expect(existsSync(join(dataDirectory, "endpoint"))).toBe(false);
  });

  it("that is stopped before it is ready says so, never that it is ready, and leaves nothing behind", async () => {
    // Takes connections and never answers, so that the start is under way for as long as nobody stops it.
    const silent = createServer((socket) => socket.on("error", () => {}).resume());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const range = await takeLoopbackRange();
    const folder = join(dataDirectory, "stopped");
    const where = ["--data", folder, "--port", "0", "--vpc-cidr", range.cidr];
    const child = spawn(process.execPath, [program, "up", ...where, "--table-endpoint", `http://127.0.0.1:${port}`], {
      env: { HOTKEEP_TABLE_ACCESS_KEY_ID: "AKIA", HOTKEEP_TABLE_SECRET_ACCESS_KEY: "s" },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
    const closed = once(child, "close");
    await once(silent, "connection");
    expect(existsSync(folder)).toBe(true);
    child.kill("SIGTERM");
    expect(await closed).toEqual([null, "SIGTERM"]);
    expect(said).toBe("\nstopping before everything is ready …\n");
    expect(existsSync(folder)).toBe(false);
    silent.close();
    range.release();
  });

  it("says what to do when the data directory is taken or a setting is wrong", async () => {
    const hotkeep = await startHotkeep({ empty: true });
    const second = run(process.execPath, [program, "up", "--data", hotkeep.dataDirectory, "--port", "0"]);
    await expect(second).rejects.toThrow(/process \d+ already runs on .*\n.*give another directory with --data/);
    const inRange = ["up", "--data", join(dataDirectory, "other"), "--port", "0", "--vpc-cidr", hotkeep.range.cidr];
    await expect(run(process.execPath, [program, ...inRange])).rejects.toThrow(
      /another Hotkeep has its nodes in 127\.\d+\.0\.0\/16\n.*--vpc-cidr/,
    );
    const port = new URL(hotkeep.endpoint).port;
    const free = await takeLoopbackRange();
    const onPort = ["up", "--data", join(dataDirectory, "new", "data"), "--port", port, "--vpc-cidr", free.cidr];
    await expect(run(process.execPath, [program, ...onPort])).rejects.toThrow(
      /cannot listen on 127\.0\.0\.1:\d+: .*\n.*choose another port with --port/,
    );
    free.release();
    // What was refused has left nothing behind.
    expect(["other", "new"].filter((name) => existsSync(join(dataDirectory, name)))).toEqual([]);
    await expect(run(process.execPath, [program, "up", "--port", "99999"])).rejects.toThrow(
      "give a number from 0 to 65535",
    );
    await expect(run(process.execPath, [program, "upp"])).rejects.toThrow("unknown command 'upp'");
    await hotkeep.stop();
  });
});
