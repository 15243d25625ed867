import { systemClock } from "@hotkeep/core";
import { argumentCount, encodePreamble, type MethodName, methodIds } from "@hotkeep/dax-wire";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, daxClient } from "../src/clients.js";
import { header } from "../src/fuzz/cbor.js";
import { readAnswers } from "../src/fuzz/dax-answers.js";
import { exchange } from "../src/fuzz/exchange.js";
import { type FrameBatch, FrameBatches } from "../src/fuzz/frame-batches.js";
import { recordedFrames, recordedPreambles } from "../src/fuzz/frame-corpus.js";
import { recordSession } from "../src/fuzz/frame-recorder.js";
import { authorization, defineRecordedLists, makeRecordedTables } from "../src/fuzz/frame-world.js";
import { childrenOf, errorsIn, isAlive, residentBytes } from "../src/fuzz/processes.js";
import { itemCalls } from "../src/fuzz/valid-calls.js";

/** More or fewer of them, or others, with these two. */
const framesCount = Number(process.env.HOTKEEP_FUZZ_FRAMES ?? 200_000);
const seed = Number(process.env.HOTKEEP_FUZZ_SEED ?? 20_261_123);

const connections = 32;
const closedMs = 120_000;
const growthBytesMax = 200 * 1024 * 1024;
/** Authorisations hold for five minutes. */
const signatureMs = 60_000;

const canary = { TableName: "Canary", Key: { id: { S: "alive" } } };

function show(index: number, flaw: string, { pieces }: FrameBatch, answer: Buffer): string {
  const sent = pieces.map((piece) => (piece.length > 20_000 ? `${piece.length} bytes` : piece.toString("hex")));
  return `batch ${index} of seed ${seed}: ${flaw}\nsent ${sent.join(" | ")}\ngot ${answer.toString("hex").slice(0, 4_000)}`;
}

describe("a node", () => {
  let hotkeep: RunningHotkeep;
  /** How much of the error output a test has read already: one failure is told of once. */
  let loggedBefore = 0;
  let endpoint: string;
  let node: number;
  let batches: FrameBatches;

  beforeAll(async () => {
    hotkeep = await startHotkeep();
    endpoint = hotkeep.clusters[0]!.endpoint;
    node = childrenOf(hotkeep.pid)[0]!;
    const { credentials, region } = hotkeep;
    const { dynamodb, iam } = awsClients(hotkeep, credentials.root!);
    await makeRecordedTables(dynamodb, iam, "DAXServiceRole");
    await dynamodb.createTable({
      TableName: canary.TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    });
    await dynamodb.putItem({ TableName: canary.TableName, Item: { id: { S: "alive" }, sings: { BOOL: true } } });
    dynamodb.destroy();
    iam.destroy();
    const signed = new Map<string, { readonly until: number; readonly frame: Buffer }>();
    const authorize = (name: "alice" | "bob") => (): Buffer => {
      const now = systemClock.now();
      const known = signed.get(name);
      if (known !== undefined && now < known.until) return known.frame;
      const frame = authorization(credentials[name]!, region, now);
      signed.set(name, { until: now + signatureMs, frame });
      return frame;
    };
    await defineRecordedLists(endpoint, authorize("alice")());
    const session = await recordSession(endpoint, async (recorder) => {
      const client = daxClient(recorder, region, credentials.alice!);
      await Promise.allSettled(itemCalls(client));
      client.close();
    });
    expect(session.frames.length).toBeGreaterThan(20);
    batches = new FrameBatches({
      seed,
      frames: [...recordedFrames(), ...session.frames],
      preambles: [...recordedPreambles(), ...session.preambles],
      authorize: authorize("alice"),
      authorizeNobody: authorize("bob"),
    });
  });

  afterAll(async () => {
    await hotkeep.stop();
  });

  async function expectServing(): Promise<void> {
    expect(isAlive(node)).toBe(true);
    expect(childrenOf(hotkeep.pid)).toEqual([node]);
    const logged = hotkeep.errorOutput();
    const errors = errorsIn(logged.slice(loggedBefore));
    loggedBefore = logged.length;
    expect(errors).toEqual([]);
    const client = daxClient(endpoint, hotkeep.region, hotkeep.credentials.alice!);
    expect(await client.getItem(canary)).toMatchObject({ Item: { id: { S: "alive" }, sings: { BOOL: true } } });
    client.close();
  }

  it(`answers ${framesCount} mutated frames or closes their connections`, { timeout: 900_000 }, async () => {
    await expectServing();
    const before = residentBytes(node);
    const flaws: string[] = [];
    const counts: Record<string, number> = {};
    const count = (kind: string, by = 1): void => {
      counts[kind] = (counts[kind] ?? 0) + by;
    };
    let next = 0;
    let frames = 0;
    const started = performance.now();
    const work = async (): Promise<void> => {
      while (frames < framesCount && flaws.length < 10) {
        const index = next++;
        const batch = batches.batch(index);
        frames += batch.frames.length;
        let answer: Buffer = Buffer.alloc(0);
        let flaw: string | undefined;
        try {
          answer = await exchange(endpoint, batch.pieces, closedMs);
          const answers = readAnswers(answer, batch.owed);
          count("success", answers.successes);
          for (const error of answers.errors) count(String(error));
          flaw = answers.flaw;
          if (batch.exact && answers.more > 0) flaw ??= `${answers.more} values that nobody awaits`;
        } catch (error) {
          flaw = (error as Error).message;
        }
        if (flaw !== undefined) flaws.push(show(index, flaw, batch, answer));
      }
    };
    await Promise.all(Array.from({ length: connections }, work));
    const seconds = (performance.now() - started) / 1000;
    const grown = residentBytes(node) - before;
    console.log(
      `${frames} frames on ${next} connections, ${Math.round(frames / seconds)} frames/s, ` +
        `${Math.round(grown / 1024 / 1024)} MB more; ${JSON.stringify(counts)}`,
    );
    flaws.sort((a, b) => a.length - b.length);
    expect(flaws.slice(0, 3).join("\n\n")).toBe("");
    await expectServing();
    expect(grown).toBeLessThan(growthBytesMax);
    // The mutations must not be so wild that nothing works.
    expect(counts.success).toBeGreaterThan(framesCount / 20);
  });

  const hello = (authorized: boolean): Buffer =>
    Buffer.concat([
      encodePreamble("Fuzz", null),
      ...(authorized ? [authorization(hotkeep.credentials.alice!, hotkeep.region, systemClock.now())] : []),
    ]);

  it.each([
    ["arrays", "81", "00", ""],
    ["maps", "a100", "00", ""],
    ["open arrays", "9f", "00", "ff"],
    ["open maps", "bf00", "00", "ff"],
    ["tags", "c4", "00", ""],
    ["long tags", "db000000000000000c", "00", ""],
    ["open strings", "5f", "4100", "ff"],
  ])("ends or refuses frames with %s in each other, 1,000 and 1,000,000 deep", async (_, unit, inner, close) => {
    for (const depth of [1_000, 1_000_000]) {
      const bomb = Buffer.from(unit.repeat(depth) + inner + close.repeat(depth), "hex");
      for (const [method, id] of Object.entries(methodIds)) {
        const count = argumentCount(id)!;
        if (count === 0 || (depth > 1_000 && count === 1)) continue;
        const frame = Buffer.concat([Buffer.of(1), header(id < 0 ? 1 : 0, id < 0 ? -1 - id : id), bomb]);
        const rest = Buffer.alloc(count - 1, 0xf6);
        const answer = await exchange(endpoint, [Buffer.concat([hello(true), frame, rest])], closedMs);
        const { successes, flaw } = readAnswers(answer, answer.length === 0 ? [] : [method as MethodName]);
        expect({ method, depth, successes, flaw }).toEqual({ method, depth, successes: 0, flaw: undefined });
      }
    }
    await expectServing();
  });

  it("keeps no memory for what is only announced", async () => {
    const before = residentBytes(node);
    const announced = ["5a01e00000", "7a01e00000", "9a01000000", "ba00ffffff", "5a7fffffff", "9bffffffffffffffff"];
    const putItem = Buffer.from("013a7d8e7e56", "hex");
    const work = Array.from({ length: 300 }, (_, i) => {
      const head = Buffer.from(announced[i % announced.length]!, "hex");
      return exchange(endpoint, [Buffer.concat([hello(true), putItem, head, Buffer.alloc(1_000)])], closedMs);
    });
    expect(Buffer.concat(await Promise.all(work)).length).toBe(0);
    expect(residentBytes(node) - before).toBeLessThan(growthBytesMax);
    await expectServing();
  });

  it.each([
    ["a stranger's 2 MB", 2, false],
    ["a caller's 40 MB", 40, true],
  ])("closes the connection of %s in one frame", async (_, megabytes, authorized) => {
    const bytes = megabytes * 1024 * 1024;
    const frame = Buffer.concat([Buffer.from("011a0fb0cc6a", "hex"), header(2, bytes), Buffer.alloc(bytes)]);
    expect((await exchange(endpoint, [hello(authorized), frame], closedMs)).length).toBe(0);
    await expectServing();
  });

  it.each([
    ["HTTP", Buffer.from("GET / HTTP/1.1\r\nhost: node\r\n\r\n")],
    ["a TLS hello", Buffer.from("16030100c8010000c403030000000000000000", "hex")],
    ["nothing", Buffer.alloc(0)],
    ["the magic text alone", Buffer.from("674a37796e653547", "hex")],
    ["a preamble without end", Buffer.concat([Buffer.from("674a37796e65354700bf", "hex"), Buffer.alloc(9_000)])],
    ["a preamble of 64 KB", encodePreamble("x".repeat(64 * 1024), null)],
  ])("closes a connection that begins with %s", async (_, bytes) => {
    expect((await exchange(endpoint, [bytes], closedMs)).length).toBe(0);
    await expectServing();
  });
});
