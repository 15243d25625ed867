import { readdirSync, readFileSync } from "node:fs";
import type { KeySchema } from "@hotkeep/attributes";
import { AwsError, type Logger, SeededRandom, silentLogger, systemClock, systemRandom } from "@hotkeep/core";
import { encodeGetItemRequest, encodePreamble } from "@hotkeep/dax-wire";
import { startNode, type TableCalls, type TableEndpoint } from "@hotkeep/node";
import { describe, expect, it } from "vitest";
import { type MemoryConnection, MemoryTransport } from "../support/memory-transport.js";
import { authorizeFrame } from "../support/raw-client.js";
import { allowing, StandInGateway } from "../support/stand-in-gateway.js";

/** More or fewer of them, or others, with these two. */
const framesCount = Number(process.env.HOTKEEP_FUZZ_FRAMES ?? 20_000);
const seed = Number(process.env.HOTKEEP_FUZZ_SEED ?? 20_261_123);
const growthBytesMax = 256 * 1024 * 1024;
const progressMs = 10_000;
const vectors = new URL("../../../dax-wire/test/vectors/", import.meta.url);

/** Request frames as official clients have sent them. */
const recorded = readdirSync(vectors)
  .filter((file) => !["handshake.json", "errors.json", "responseEncodings.json"].includes(file))
  .flatMap((file) => JSON.parse(readFileSync(new URL(file, vectors), "utf8")) as { request_hex: string | null }[])
  .flatMap(({ request_hex: hex }) => (hex === null ? [] : [Buffer.from(hex, "hex")]));

const typeOf = (letter: string | undefined) => (letter === "N" || letter === "B" ? letter : "S");

/** `tblSN` and the like: the letters are the key's types. */
function schemaOf(table: string): KeySchema {
  const [, hash, range] = /^tbl(.)(.)?/.exec(table) ?? [];
  if (hash === undefined) return { hash: { name: "cust", type: "S" }, range: { name: "ord", type: "N" } };
  return {
    hash: { name: "pk", type: typeOf(hash) },
    ...(range === undefined ? {} : { range: { name: "sk", type: typeOf(range) } }),
  };
}

/** Tables that know no items and refuse what they do not like at random. */
class EmptyTables implements TableEndpoint {
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  async call<Name extends keyof TableCalls>(
    name: Name,
    input: TableCalls[Name]["input"],
  ): Promise<TableCalls[Name]["output"]> {
    if (name === "DescribeTable") {
      const { TableName } = input as TableCalls["DescribeTable"]["input"];
      const { hash, range } = schemaOf(TableName);
      const keys = range === undefined ? [hash] : [hash, range];
      return {
        Table: {
          TableName,
          KeySchema: keys.map((key, i) => ({ AttributeName: key.name, KeyType: i === 0 ? "HASH" : "RANGE" })),
          AttributeDefinitions: keys.map((key) => ({ AttributeName: key.name, AttributeType: key.type })),
        },
      };
    }
    if (JSON.stringify(input).includes('"good"')) return {};
    if (this.#random.below(5) === 0)
      throw new AwsError("ConditionalCheckFailedException", "The conditional request failed");
    return {};
  }
}

function mutated(random: SeededRandom): Buffer {
  let bytes = Buffer.from(recorded[random.below(recorded.length)]!);
  for (let flaws = random.below(4); flaws > 0; flaws--) {
    // The method id stays in most cases, or little else would be reached.
    const from = random.below(12) === 0 ? 0 : 6;
    const at = from + random.below(Math.max(1, bytes.length - from));
    const kind = random.below(5);
    if (kind === 0) bytes[at] = random.below(256);
    else if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(3))]);
    else if (kind === 3)
      bytes = Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(random.bytes(1 + random.below(6))),
        bytes.subarray(at),
      ]);
    else {
      const other = recorded[random.below(recorded.length)]!;
      bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(Math.min(at, other.length))]);
    }
  }
  return bytes;
}

/** Memory of this thread's heap and buffers; other files' tests run in other threads of this process. */
function memoryHeld(): number {
  const { heapTotal, external } = process.memoryUsage();
  return heapTotal + external;
}

describe("mutated frames", () => {
  it(`${framesCount} of them, in random pieces, leave the node alive and every connection answered or ended`, async () => {
    const random = new SeededRandom(seed);
    const transport = new MemoryTransport();
    const gateway = new StandInGateway({ tableEndpoint: "http://127.0.0.1:1" });
    gateway.user("AKIAALICE", "alice", [allowing("dax:*")]);
    const errors: string[] = [];
    const log: Logger = {
      ...silentLogger,
      error: (_message, fields) => void errors.push(String(fields?.error)),
    };
    const node = await startNode({
      feed: gateway,
      clock: systemClock,
      random: systemRandom,
      logger: log,
      transport,
      tables: new EmptyTables(random),
    });
    const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
    const open = async (): Promise<MemoryConnection> => {
      const connection = transport.connect();
      connection.arrive(Buffer.concat([encodePreamble("Fuzz", null), authorizeFrame("AKIAALICE")]));
      await turn();
      return connection;
    };
    const good = encodeGetItemRequest("tblS", Buffer.from("good"));
    let connection = await open();
    let ended = 0;
    let answered = 0;
    let toldAt = performance.now();
    const before = memoryHeld();
    for (let i = 0; i < framesCount; i++) {
      if (performance.now() - toldAt > progressMs) {
        toldAt = performance.now();
        process.stderr.write(`sessions: ${i} of ${framesCount} frames\n`);
      }
      const frame = mutated(random);
      for (let at = 0; at < frame.length && !connection.finished; ) {
        const piece = random.below(3) === 0 ? 1 + random.below(frame.length) : frame.length;
        // The chunk is lent: whoever looks at it later sees nonsense.
        const chunk = Buffer.from(frame.subarray(at, at + piece));
        connection.arrive(chunk);
        chunk.fill(0xff);
        at += piece;
        if (random.below(4) === 0) await turn();
      }
      for (let turns = 0; turns < 20 && connection.paused; turns++) await turn();
      if (connection.take().length > 0) answered++;
      if (i % 50 === 49 || connection.finished) {
        // A frame may have swallowed the next ones; a new connection starts clean. What stands around the node in
        // this test must not grow either.
        for (const list of [gateway.asked, ...Object.values(gateway.told)]) list.length = 0;
        if (connection.finished) ended++;
        connection.events.closed();
        connection = await open();
        connection.arrive(good);
        for (let turns = 0; turns < 50 && connection.written.length === 0; turns++) await turn();
        expect(connection.take().toString("hex")).toBe("80a0");
      }
    }
    connection.events.closed();
    expect(memoryHeld() - before).toBeLessThan(growthBytesMax);
    expect(ended).toBeGreaterThan(framesCount / 200);
    expect(answered).toBeGreaterThan(framesCount / 4);
    expect(errors).toEqual([]);
    expect(node.metrics().FaultRequestCount).toBe(0);
    await node.close();
  });
});
