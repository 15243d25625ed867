import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, type DaxClient, daxClient } from "../src/clients.js";

const program = fileURLToPath(new URL("../../packages/hotkeep/bin/hotkeep.js", import.meta.url));
const run = promisify(execFile);
const key = { Author: { S: "cache settings" }, Title: { S: "one" } };

describe("a cluster's cache, told what to do", () => {
  let hotkeep: RunningHotkeep;
  let root: ReturnType<typeof awsClients>;
  let dax: DaxClient;
  beforeAll(async () => {
    hotkeep = await startHotkeep();
    root = awsClients(hotkeep, hotkeep.credentials.root!);
    dax = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, hotkeep.credentials.alice!);
  });
  afterAll(async () => {
    dax?.close();
    await hotkeep?.stop();
  });

  /** Runs the command as somebody; the answer is what it printed. */
  const cache = async (profile: string, ...args: string[]): Promise<string> => {
    const all = [program, "cache", ...args, "--data", hotkeep.dataDirectory, "--profile", profile];
    return (await run(process.execPath, all)).stdout;
  };
  const failure = async (promise: Promise<unknown>): Promise<string> => {
    try {
      await promise;
    } catch (error) {
      return (error as { stderr: string }).stderr;
    }
    throw new Error("the command did not fail");
  };
  /** Writes past the cluster. */
  const write = (value: string) => root.dynamodb.putItem({ TableName: "Books", Item: { ...key, Value: { S: value } } });
  const read = async () =>
    ((await dax.getItem({ TableName: "Books", Key: key })) as { Item?: typeof key & { Value: { S: string } } }).Item
      ?.Value.S;

  it("forgets one item, a table, or everything, on one word", async () => {
    await write("first");
    expect(await read()).toBe("first");
    for (const [value, args] of [
      ["second", ["--table", "Books", "--key", JSON.stringify(key)]],
      ["third", ["--table", "Books"]],
      ["fourth", ["--everything"]],
    ] as const) {
      const before = await read();
      await write(value);
      expect(await read()).toBe(before);
      expect(await cache("root", "invalidate", ...args)).toContain("forgot 1 item,");
      expect(await read()).toBe(value);
    }
  });

  it("keeps a table's items for the time of its rule, and nothing of a table that is never cached", async () => {
    await write("a");
    await cache("root", "invalidate", "--everything");
    await cache("root", "settings", "--set", '{"Tables":[{"TableName":"Books","RecordTtlMillis":5000}]}');
    expect(await read()).toBe("a");
    await write("b");
    expect(await read()).toBe("a");
    await expect.poll(read, { interval: 200 }).toBe("b");
    await cache("root", "settings", "--set", '{"Tables":[{"TableName":"Books","NeverCache":true}]}');
    await write("c");
    expect(await read()).toBe("c");
    await write("d");
    expect(await read()).toBe("d");
    expect(await cache("root", "settings")).toContain('"NeverCache": true');
    expect(await cache("root", "settings", "--set", "{}")).toBe("daxcluster01 does as DAX does\n");
  });

  it("takes no word from whoever has no permission, and says what is wrong with settings", async () => {
    expect(await failure(cache("alice", "invalidate", "--everything"))).toContain(
      "is not authorized to perform: hotkeep:InvalidateCache on resource: arn:aws:dax:us-west-2:123456789012:cache/daxcluster01",
    );
    expect(await failure(cache("alice", "settings", "--set", "{}"))).toContain("hotkeep:PutCacheSettings");
    expect(await failure(cache("root", "settings", "--set", "yes"))).toContain("`yes` are no settings");
    expect(await failure(cache("root", "settings", "--set", '{"Table":[]}'))).toContain("there is no setting `Table`");
    expect(await failure(cache("root", "settings", "--set", '{"StaleAfterMillis":5}'))).toContain(
      "StaleAfterMillis has no meaning without StaleMillis.",
    );
    expect(await failure(cache("root", "invalidate"))).toContain("say what to forget");
    expect(await failure(cache("root", "invalidate", "--table", "Books", "--key", '{"Author":{"S":"x"}}'))).toContain(
      "The provided key element does not match the schema",
    );
  });
});
