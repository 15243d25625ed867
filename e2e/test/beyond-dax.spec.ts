import { execFile } from "node:child_process";
import { createServer, request as forward, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, type DaxClient, daxClient } from "../src/clients.js";

const program = fileURLToPath(new URL("../../packages/hotkeep/bin/hotkeep.js", import.meta.url));
const run = promisify(execFile);
const author = "beyond";
const key = { Author: { S: author }, Title: { S: "one" } };

/** Sets what the cluster of a running Hotkeep does beyond DAX, as a user does it. */
async function set(hotkeep: RunningHotkeep, settings: object): Promise<void> {
  const args = [program, "cache", "settings", "--set", JSON.stringify(settings)];
  await run(process.execPath, [...args, "--data", hotkeep.dataDirectory, "--profile", "root"]);
}

/** Asks until the answer is the wanted one. */
async function until<Value>(ask: () => Promise<Value>, wanted: Value): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (answer === wanted) return;
    if (Date.now() > deadline) expect(answer).toBe(wanted);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const reader = (dax: DaxClient) => async () =>
  ((await dax.getItem({ TableName: "Books", Key: key })) as { Item?: { Value?: { S: string } } }).Item?.Value?.S;

describe("what a cluster does beyond DAX, set by command and seen by the official client", () => {
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

  const count = async (): Promise<number> => {
    const answer = await dax.query({
      TableName: "Books",
      KeyConditionExpression: "Author = :a",
      ExpressionAttributeValues: { ":a": { S: author } },
    });
    return (answer as { Count: number }).Count;
  };

  it("queries follow writes of their partition, and do not when that is off again", async () => {
    const put = (title: string) => dax.putItem({ TableName: "Books", Item: { ...key, Title: { S: title } } });
    await put("one");
    expect(await count()).toBe(1);
    await put("two");
    expect(await count()).toBe(1);
    await set(hotkeep, { CoherentQueries: true });
    expect(await count()).toBe(2);
    await put("three");
    expect(await count()).toBe(3);
    await set(hotkeep, {});
    expect(await count()).toBe(3);
    await put("four");
    expect(await count()).toBe(3);
  });

  it("changes made past the cluster are seen by the table's stream", async () => {
    const past = (value: string) =>
      root.dynamodb.putItem({ TableName: "Books", Item: { ...key, Value: { S: value } } });
    const read = reader(dax);
    await past("first");
    const cached = await read();
    await past("second");
    expect(await read()).toBe(cached);
    await root.iam.putRolePolicy({
      RoleName: "DAXServiceRole",
      PolicyName: "Streams",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: {
          Effect: "Allow",
          Action: ["dynamodb:DescribeStream", "dynamodb:GetShardIterator", "dynamodb:GetRecords"],
          Resource: "arn:aws:dynamodb:*:*:table/Books/stream/*",
        },
      }),
    });
    await root.dynamodb.updateTable({
      TableName: "Books",
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
    });
    await set(hotkeep, { FollowStreams: true });
    await until(read, "second");
    await past("third");
    await until(read, "third");
    await set(hotkeep, { Admission: "frequent" });
    expect(await read()).toBe("third");
  });
});

describe("a cluster whose tables go away", () => {
  let tables: RunningHotkeep;
  let hotkeep: RunningHotkeep;
  let proxy: Server;
  let dax: DaxClient;
  beforeAll(async () => {
    tables = await startHotkeep();
    proxy = createServer((request, response) => {
      const { method, url, headers } = request;
      const onward = forward(`${tables.endpoint}${url}`, { method: method!, headers }, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      });
      onward.on("error", () => response.destroy());
      request.pipe(onward);
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    hotkeep = await startHotkeep({ tableEndpoint: { url, ...tables.credentials.root! } });
    dax = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, hotkeep.credentials.alice!);
  });
  afterAll(async () => {
    dax?.close();
    await hotkeep?.stop();
    proxy?.closeAllConnections();
    proxy?.close();
    await tables?.stop();
  });

  it("serves what has expired, for as long as it is told, then fails", async () => {
    const staleMs = 6_000;
    await set(hotkeep, { Tables: [{ TableName: "Books", RecordTtlMillis: 50 }], StaleMillis: staleMs });
    await dax.putItem({ TableName: "Books", Item: { ...key, Value: { S: "kept" } } });
    const read = reader(dax);
    expect(await read()).toBe("kept");
    const cachedAt = Date.now();
    proxy.closeAllConnections();
    await new Promise<void>((resolve) => proxy.close(() => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await read()).toBe("kept");
    await new Promise((resolve) => setTimeout(resolve, staleMs + 200 - (Date.now() - cachedAt)));
    await expect(read()).rejects.toThrow("The table endpoint cannot be reached.");
  });
});
