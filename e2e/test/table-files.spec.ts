import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { type AttributeValue, DynamoDB, paginateScan } from "@aws-sdk/client-dynamodb";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const program = fileURLToPath(new URL("../../packages/hotkeep/bin/hotkeep.js", import.meta.url));

let hotkeep: RunningHotkeep;
let client: DynamoDB;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hotkeep-table-files-"));
  hotkeep = await startHotkeep();
  const { endpoint, region, credentials } = hotkeep;
  client = new DynamoDB({ endpoint, region, credentials: { ...credentials.root! } });
});
afterAll(async () => {
  client?.destroy();
  await hotkeep?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** No AWS settings of whoever runs the test. */
const environment = () => ({ PATH: process.env.PATH, HOME: folder, HOTKEEP_DATA: hotkeep.dataDirectory });
const cli = (...args: string[]) =>
  run(process.execPath, [program, ...args], { env: environment(), cwd: folder, maxBuffer: 64 * 1024 * 1024 });
const failed = async (...args: string[]): Promise<{ code: number; stderr: string; stdout: string }> =>
  cli(...args).then(
    () => Promise.reject(new Error(`hotkeep ${args.join(" ")} did not fail`)),
    (error) => error,
  );

type Item = Record<string, AttributeValue>;
async function itemsOf(TableName: string): Promise<string[]> {
  const items: Item[] = [];
  for await (const page of paginateScan({ client }, { TableName })) items.push(...page.Items!);
  return items.map(textOf).sort();
}
const textOf = (item: Item) => JSON.stringify(Object.entries(item).sort());

/** Items that only one of two tables has; some of them, so that a failure can be read. */
function difference(one: readonly string[], other: readonly string[]): readonly string[] {
  const [left, right] = [new Set(one), new Set(other)];
  const lone = [...one.filter((item) => !right.has(item)), ...other.filter((item) => !left.has(item))];
  return [...lone.slice(0, 3).map((item) => item.slice(0, 300)), ...(one.length === other.length ? [] : ["…"])];
}

describe("export and import", () => {
  it("carry every item of a table with all types to another one like it", async () => {
    await client.createTable({
      TableName: "Wide",
      BillingMode: "PROVISIONED",
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "n", AttributeType: "N" },
        { AttributeName: "owner", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "n", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "byOwner",
          KeySchema: [{ AttributeName: "owner", KeyType: "HASH" }],
          Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["list"] },
          ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
        },
      ],
    });
    const items = Array.from({ length: 1500 }, (_, n) => ({
      pk: { S: `ünï ${n % 40}` },
      n: { N: n === 0 ? "12345678901234567890.123456789012345678" : String(n) },
      owner: { S: `owner ${n % 7}` },
      bytes: { B: Buffer.from([0, 255, n % 256]) },
      list: { L: [{ NULL: true }, { BOOL: n % 2 === 0 }, { M: { '"\n\u2028': { SS: ["a", "b"] } } }] },
      numbers: { NS: ["1", "-2.5"] },
      text: { S: "x".repeat(n % 2000) },
    }));
    const file = join(folder, "wide.jsonl");
    writeFileSync(
      file,
      items
        .map(
          ({ bytes, ...item }) =>
            `${JSON.stringify({ Item: { ...item, bytes: { B: bytes.B.toString("base64") } } })}\n`,
        )
        .join(""),
    );
    expect((await cli("import", "--table", "Wide", file)).stderr).toMatch(
      /^imported 1500 items, 1\.\d MB.* into Wide\n$/,
    );
    expect(difference(await itemsOf("Wide"), (items as unknown as Item[]).map(asRead))).toEqual([]);

    const out = join(folder, "copy.jsonl.gz");
    const schema = join(folder, "wide.table.json");
    const told = await cli("export", "--table", "Wide", "--output", out, "--schema", schema, "--segments", "7");
    expect(told.stderr).toMatch(/^exported 1500 items, 1\.\d MB.* of Wide to .*copy\.jsonl\.gz\n$/);
    expect(told.stdout).toBe("");
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(gunzipSync(readFileSync(out)).toString().trimEnd().split("\n")).toHaveLength(1500);
    await cli("import", "--table", "Copy", "--create", schema, out);
    expect(difference(await itemsOf("Copy"), await itemsOf("Wide"))).toEqual([]);
    const shape = async (TableName: string) => {
      const { Table } = await client.describeTable({ TableName });
      const { AttributeDefinitions, KeySchema, ProvisionedThroughput, GlobalSecondaryIndexes } = Table!;
      const indexes = GlobalSecondaryIndexes!.map(({ IndexArn: _, ...index }) => index);
      return { AttributeDefinitions, KeySchema, ProvisionedThroughput, indexes };
    };
    expect(await shape("Copy")).toEqual(await shape("Wide"));
    // Once more changes nothing.
    await cli("import", "--table", "Copy", "--create", schema, out);
    expect(difference(await itemsOf("Copy"), await itemsOf("Wide"))).toEqual([]);
  });

  /** As the SDK gives it: bytes as such. */
  const asRead = (item: Item) => textOf({ ...item, bytes: { B: Uint8Array.from(item.bytes!.B!) } });

  it("work through pipes, and say nothing on standard output but items", async () => {
    const { stdout } = await cli("export", "--table", "Books");
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(36);
    for (const line of lines)
      expect(JSON.parse(line)).toEqual({ Item: expect.objectContaining({ Title: { S: expect.any(String) } }) });
    const importing = spawn(process.execPath, [program, "import", "--table", "Books", "-"], { env: environment() });
    const ended = new Promise((resolve) => importing.once("exit", resolve));
    importing.stdin.end(lines.map((line) => line.replace('"Title":{"S":"', '"Title":{"S":"Again: ')).join("\n"));
    expect(await ended).toBe(0);
    expect(await itemsOf("Books")).toHaveLength(72);
  });

  it("are calls like any other: decided by the caller's policies", async () => {
    const { stderr, code } = await failed("export", "--table", "Books", "--profile", "alice");
    expect(code).toBe(1);
    expect(stderr).toContain(
      "DescribeTable failed: AccessDeniedException: User: arn:aws:iam::123456789012:user/Alice is not authorized to perform: dynamodb:DescribeTable",
    );
    expect(stderr).toContain("`hotkeep explain` tells why");
  });

  it("say what is wrong, with the line, and leave no half files", async () => {
    const bad = join(folder, "bad.jsonl");
    const item = (title: string) => `{"Item":{"Author":{"S":"A"},"Title":${title}}}`;
    writeFileSync(bad, `${item('{"S":"one"}')}\n${item('{"N":"2"}')}\n`);
    expect((await failed("import", "--table", "Books", bad)).stderr).toContain(
      `${bad} line 2: One or more parameter values were invalid: Type mismatch for key Title expected: S actual: N`,
    );
    expect((await failed("export", "--table", "Nothing", "--output", join(folder, "nothing.jsonl"))).stderr).toMatch(
      /DescribeTable failed: ResourceNotFoundException: Requested resource not found: Table: Nothing not found/,
    );
    expect((await failed("export", "--table", "Books", "--segments", "0")).stderr).toContain(
      "`0` cannot be --segments",
    );
    expect((await failed("export")).stderr).toContain("required option '--table <name>' not specified");
    expect(readdirSync(folder).filter((name) => /nothing|part/.test(name))).toEqual([]);
  });
});
