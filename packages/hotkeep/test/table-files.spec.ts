import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { ManualClock, SeededRandom, systemClock } from "@hotkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exportTable } from "../src/table-files/export-table.js";
import { type ImportRequest, importTable } from "../src/table-files/import-table.js";
import { type TableFileLimits, tableFileLimits } from "../src/table-files/limits.js";
import { readLines } from "../src/table-files/line-source.js";
import { outputFile } from "../src/table-files/output-file.js";
import { Progress } from "../src/table-files/progress.js";
import { type Json, TableClient } from "../src/table-files/table-client.js";
import { readTablePlace } from "../src/table-files/table-place.js";
import { creationOf } from "../src/table-files/table-shape.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hotkeep-table-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const limits: TableFileLimits = { ...tableFileLimits, firstPauseMs: 1, pauseMsMax: 2, attemptsMax: 4 };
const silent = () => new Progress("did", { isTTY: false, write: () => true }, new ManualClock(), limits);
const lineOf = (n: number) => JSON.stringify({ Item: { pk: { S: `item ${n}` }, n: { N: String(n) } } });
const file = (name: string, text: string | Buffer) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe("an import against an endpoint that is not always willing", () => {
  let server: Server;
  let client: TableClient;
  /** What the endpoint does with a call; 200 with an empty object unless told otherwise. */
  let answer: (operation: string, input: never, count: number) => { status?: number; json: unknown } | undefined;
  let calls: { operation: string; input: Json }[];

  beforeEach(async () => {
    calls = [];
    answer = () => undefined;
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const operation = String(request.headers["x-amz-target"]).split(".")[1]!;
        const input = JSON.parse(Buffer.concat(chunks).toString()) as Json;
        calls.push({ operation, input });
        const { status = 200, json } = answer(operation, input as never, calls.length) ?? { json: {} };
        response.writeHead(status).end(JSON.stringify(json));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const place = {
      url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      region: "us-west-2",
      credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" },
    };
    client = new TableClient({ place, clock: systemClock, random: new SeededRandom(1), limits });
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const run = (files: readonly string[], more: Partial<ImportRequest> = {}) =>
    importTable(client, { table: "T", keys: ["pk"], files, fromLine: 1, batches: 2, ...more }, limits, silent());
  const written = () =>
    calls.flatMap(({ operation, input }) =>
      operation !== "BatchWriteItem"
        ? []
        : ((input.RequestItems as Json).T as { PutRequest: { Item: { n: { N: string } } } }[]).map(
            ({ PutRequest }) => PutRequest.Item.n.N,
          ),
    );
  const failure = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => undefined,
      (thrown: { message: string; help?: string }) => thrown,
    );
    return [error?.message, error?.help];
  };
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

  it("sends again what was left unprocessed, and calls that were throttled or failed", async () => {
    answer = (_, input: { RequestItems: { T: unknown[] } }, count) => {
      if (count === 1) return { status: 400, json: { __type: "x#ThrottlingException", message: "slower" } };
      if (count === 2) return { status: 500, json: { __type: "x#InternalServerError" } };
      if (count === 3) return { json: { UnprocessedItems: { T: input.RequestItems.T.slice(1) } } };
      return undefined;
    };
    await run([file("three", [1, 2, 3].map(lineOf).join("\n"))]);
    expect(written()).toEqual(["1", "2", "3", "1", "2", "3", "1", "2", "3", "2", "3"]);
    expect(client.repeated).toBe(3);
  });

  it("gives up on a table that takes nothing, and says from where to go on", async () => {
    answer = (_, input: { RequestItems: unknown }) => ({ json: { UnprocessedItems: input.RequestItems } });
    const path = file("two", [1, 2].map(lineOf).join("\n"));
    expect(await failure(run([path]))).toEqual([
      "the table took none of 2 items after 4 attempts",
      "raise its write capacity, or import with fewer --batches\n" +
        "  some lines may be in the table already; importing them again does no harm",
    ]);
  });

  it("speaks of no lines when none was taken", async () => {
    const path = file("bad", `{\n${lineOf(1)}\n`);
    const form = 'each line must be one item of the form {"Item":{"Title":{"S":"Emma"}}}';
    expect((await failure(run([path])))[1]).toBe(form);
    expect(written()).toEqual([]);
    const gone = join(folder, "gone");
    expect(await failure(run([gone]))).toEqual([
      `${gone} cannot be read: ENOENT: no such file or directory, open '${gone}'`,
      undefined,
    ]);
  });

  it("says which line the table refuses and writes everything before it", async () => {
    const isBad = (item: { n: { N: string } }) => item.n.N === "30";
    answer = (operation, input: { Item: never; RequestItems: { T: { PutRequest: { Item: never } }[] } }) => {
      const items =
        operation === "PutItem" ? [input.Item] : input.RequestItems.T.map(({ PutRequest }) => PutRequest.Item);
      if (!items.some(isBad)) return undefined;
      return { status: 400, json: { __type: "x#ValidationException", message: "no such number" } };
    };
    const path = file("sixty", numbers(60).map(Number).map(lineOf).join("\n"));
    expect(await failure(run([path]))).toEqual([
      `${path} line 30: no such number`,
      `everything before line 26 of ${path} is in the table; go on with \`--from-line 26 ${path}\``,
    ]);
    expect(await failure(run([path], { fromLine: 26 }))).toEqual([
      `${path} line 30: no such number`,
      "some lines may be in the table already; importing them again does no harm",
    ]);
    calls = [];
    answer = () => undefined;
    await run([path], { fromLine: 26 });
    expect(written().sort()).toEqual(numbers(60).slice(25).sort());
  });

  it.each([
    ["{", "not JSON: Expected property name or '}' in JSON at position 1"],
    ["[]", "no `Item` object"],
    ['{"pk":{"S":"a"}}', "no `Item` object"],
    ['{"Item":{"n":{"N":"1"}}}', "the item has no `pk`, which is a key of the table"],
  ])("refuses the line %s, after those before it", async (line, why) => {
    const path = file("bad", `${lineOf(1)}\n\n${line}\n${lineOf(2)}\n`);
    const [message, help] = await failure(run([path]));
    expect(message?.slice(0, `${path} line 3: ${why}`.length)).toBe(`${path} line 3: ${why}`);
    expect(help).toContain("everything before line 3");
    expect(written()).toEqual(["1"]);
  });

  it("keeps the last of lines with the same key, and never sends two of them at once", async () => {
    const again = (n: number) => JSON.stringify({ Item: { pk: { S: "same" }, n: { N: String(n) } } });
    await run([file("again", [again(1), lineOf(2), again(3), again(4)].join("\n"))]);
    expect(written()).toEqual(["1", "2", "3", "4"]);
    expect(calls).toHaveLength(3);
  });

  it("takes several files, zipped or not, one after the other", async () => {
    const zipped = file("b.gz", gzipSync([3, 4].map(lineOf).join("\n")));
    await run([file("a", `${[1, 2].map(lineOf).join("\r\n")}\r\n`), zipped]);
    expect(written()).toEqual(["1", "2", "3", "4"]);
  });

  it("does not send more batches at once than it should", async () => {
    let open = 0;
    let most = 0;
    server.removeAllListeners("request");
    server.on("request", (request, response) => {
      most = Math.max(most, ++open);
      request.resume().on("end", () => setTimeout(() => response.end("{}", () => open--), 5));
    });
    await run([file("many", numbers(300).map(Number).map(lineOf).join("\n"))], { batches: 3 });
    expect(most).toBe(3);
  });

  it("says that nothing answers, and what was answered that is not DynamoDB's", async () => {
    const path = file("one", lineOf(1));
    server.removeAllListeners("request");
    server.on("request", (request, response) => request.resume().on("end", () => response.end("<html>")));
    expect((await failure(run([path])))[0]).toMatch(/does not speak DynamoDB's protocol: it answered no JSON$/);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect((await failure(run([path])))[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+ does not answer: .*ECONNREFUSED/);
  });

  it("exports every part of a table, page by page, and stops at the first failure", async () => {
    answer = (operation, input: { Segment: number; ExclusiveStartKey?: unknown }) => ({
      json: {
        Items: [{ pk: { S: `${operation} ${input.Segment} ${input.ExclusiveStartKey === undefined ? 1 : 2}` } }],
        ...(input.ExclusiveStartKey === undefined ? { LastEvaluatedKey: { pk: { S: "x" } } } : {}),
      },
    });
    const lines: string[] = [];
    const write = async (text: string) => void lines.push(text);
    await exportTable(client, { table: "T", segments: 2 }, write, silent());
    expect(lines.sort()).toEqual(["0 1", "0 2", "1 1", "1 2"].map((part) => `{"Item":{"pk":{"S":"Scan ${part}"}}}\n`));
    answer = () => ({ status: 400, json: { __type: "x#AccessDeniedException", Message: "User: … is not authorized" } });
    expect(await failure(exportTable(client, { table: "T", segments: 2 }, write, silent()))).toEqual([
      "Scan failed: AccessDeniedException: User: … is not authorized",
      "`hotkeep explain` tells why; another caller is chosen with --profile",
    ]);
  });
});

describe("lines", () => {
  const linesOf = async (path: string, lineBytesMax = 100) => {
    const found: string[] = [];
    for await (const { number, text } of readLines(path, lineBytesMax)) found.push(`${number} ${text}`);
    return found;
  };

  it("are the same however the file is cut into chunks", async () => {
    const text = `ünï\n\n${"x".repeat(70_000)}\nlast`;
    expect(await linesOf(file("plain", text), 100_000)).toEqual(["1 ünï", "2 ", `3 ${"x".repeat(70_000)}`, "4 last"]);
    expect(await linesOf(file("zipped", gzipSync(text)), 100_000)).toHaveLength(4);
    expect(await linesOf(file("empty", ""))).toEqual([]);
    expect(await linesOf(file("short", "x"))).toEqual(["1 x"]);
  });

  it("are refused when they are too long, cut off, not UTF-8 or not there", async () => {
    const problem = (path: string) => linesOf(path).catch((error: Error) => error.message.replace(path, "it"));
    expect(await problem(file("long", `a\n${"x".repeat(200_000)}`))).toBe(
      "it cannot be read: line 2 has more than 100 characters",
    );
    expect(await problem(file("cut", gzipSync("x\n".repeat(1000)).subarray(0, 20)))).toBe(
      "it cannot be read: unexpected end of file",
    );
    expect(await problem(file("latin", Buffer.from([0x61, 0x0a, 0xff, 0x0a])))).toBe(
      "it cannot be read: line 1 or one after it is not UTF-8",
    );
    expect(await problem(join(folder, "nothing"))).toMatch(/^it cannot be read: ENOENT/);
  });
});

describe("an output file", () => {
  it("is there whole, for its owner only, or not at all", async () => {
    const path = join(folder, "out.jsonl.gz");
    const sink = await outputFile(path);
    await sink.write("one\n");
    expect(readdirSync(folder)).toEqual(["out.jsonl.gz.part"]);
    await sink.write("two\n".repeat(100_000));
    await sink.finish();
    expect(readdirSync(folder)).toEqual(["out.jsonl.gz"]);
    expect(gunzipSync(readFileSync(path)).toString()).toBe(`one\n${"two\n".repeat(100_000)}`);
    const second = await outputFile(path);
    await second.write("lost\n");
    await second.abandon();
    expect(readdirSync(folder)).toEqual(["out.jsonl.gz"]);
    await expect(outputFile(join(folder, "no", "such"))).rejects.toThrow(/cannot be written: ENOENT/);
  });
});

describe("progress", () => {
  it("is told after two seconds, over and over on a terminal's line, seldom elsewhere", () => {
    const told = (isTTY: boolean) => {
      const clock = new ManualClock();
      const lines: string[] = [];
      const output = { isTTY, write: (text: string | Uint8Array) => lines.push(String(text)) > 0 };
      const progress = new Progress("exported", output, clock, tableFileLimits);
      for (let second = 0; second < 13; second++) {
        progress.add(100, 1024 * 1024);
        clock.advance(1000);
      }
      progress.done("of Books");
      return lines;
    };
    expect(told(false)).toEqual([
      "exported 300 items, 3.0 MB, 150 a second …\n",
      "exported 1300 items, 13.0 MB, 108 a second …\n",
      "exported 1300 items, 13.0 MB, 100 a second of Books\n",
    ]);
    expect(told(true)).toHaveLength(13);
    expect(told(true)[1]).toBe("\r\x1b[Kexported 400 items, 4.0 MB, 133 a second …");
  });
});

describe("the place of the tables", () => {
  const keys = { AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "secret" };
  const refusal = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      const { message, help } = error as { message: string; help?: string };
      return { message, help };
    }
    return undefined;
  };
  it("is the flag's, the environment's, or the gateway's on the data directory", () => {
    const place = (input: object, environment: object) => {
      const { url, region, credentials } = readTablePlace(input, environment as NodeJS.ProcessEnv);
      return [url.origin, region, credentials.accessKeyId, credentials.sessionToken];
    };
    const endpoint = "https://dynamodb.eu-west-1.amazonaws.com";
    expect(place({ endpoint }, { ...keys, AWS_SESSION_TOKEN: "token" })).toEqual([
      endpoint,
      "eu-west-1",
      "AKIA1",
      "token",
    ]);
    const AWS_SHARED_CREDENTIALS_FILE = file(
      "credentials",
      "[alice]\naws_access_key_id = AKIA2\naws_secret_access_key = s\n",
    );
    const local = { AWS_ENDPOINT_URL: "http://127.0.0.1:8110", AWS_REGION: "us-west-2" };
    expect(place({}, { ...local, AWS_PROFILE: "alice", AWS_SHARED_CREDENTIALS_FILE })).toEqual([
      "http://127.0.0.1:8110",
      "us-west-2",
      "AKIA2",
      undefined,
    ]);
    expect(
      place({ profile: "alice", region: "eu-north-1" }, { ...local, ...keys, AWS_SHARED_CREDENTIALS_FILE }),
    ).toEqual(["http://127.0.0.1:8110", "eu-north-1", "AKIA2", undefined]);
    expect(() => place({ profile: "bob", endpoint }, { AWS_SHARED_CREDENTIALS_FILE })).toThrow(
      "has no keys of a profile `bob`",
    );
    expect(refusal(() => place({ endpoint }, { AWS_SHARED_CREDENTIALS_FILE }))).toEqual({
      message: `there are no credentials for ${endpoint}`,
      help: `set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile of \`${AWS_SHARED_CREDENTIALS_FILE}\` with AWS_PROFILE or --profile`,
    });
    const byDefault = file("default", "[default]\naws_access_key_id = AKIA3\naws_secret_access_key = s\n");
    expect(place({ endpoint }, { AWS_SHARED_CREDENTIALS_FILE: byDefault })[2]).toBe("AKIA3");
    expect(() => place({ endpoint: "books" }, keys)).toThrow("`books` cannot be the endpoint");
    expect(() => place({ endpoint: "http://127.0.0.1:1" }, keys)).toThrow("no Region is known");
    expect(() => place({ data: folder }, { ...local, ...keys })).toThrow(`no gateway runs on \`${folder}\``);
  });
});

describe("the request for a table like another", () => {
  it("has its keys, indexes, billing and stream, and nothing that only a description has", () => {
    const key = [{ AttributeName: "pk", KeyType: "HASH" }];
    const index = { IndexName: "i", KeySchema: key, Projection: { ProjectionType: "ALL" } };
    expect(
      creationOf({
        TableName: "T",
        TableStatus: "ACTIVE",
        ItemCount: 3,
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: key,
        ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
        GlobalSecondaryIndexes: [
          { ...index, IndexStatus: "ACTIVE", ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 } },
        ],
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
        DeletionProtectionEnabled: false,
      }),
    ).toEqual({
      TableName: "T",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: key,
      BillingMode: "PROVISIONED",
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
      GlobalSecondaryIndexes: [{ ...index, ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 } }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
    });
  });
});
