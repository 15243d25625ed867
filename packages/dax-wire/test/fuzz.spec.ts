import { AwsError } from "@hotkeep/core";
import {
  canonicalKey,
  type DaxRequest,
  decodeItem,
  decodeKey,
  decodeRequest,
  decodeStartKey,
  FrameScanner,
  isCanonicalKey,
  itemListId,
  methodIds,
  plainGetItem,
  readPlainGetItem,
  readPreamble,
  requestListIds,
  requestTables,
  WireError,
} from "@hotkeep/dax-wire";
import { expect, it } from "vitest";
import { recordedLists } from "./support/lists.js";
import { randomIntegers } from "./support/random.js";
import { schemas, vectors } from "./support/vectors.js";

/** More of them, or others, with these two. */
const framesCount = Number(process.env.HOTKEEP_FUZZ_FRAMES ?? 20_000);
const seed = Number(process.env.HOTKEEP_FUZZ_SEED ?? 20_261_123);
const progressMs = 10_000;

const recorded = vectors.flatMap((vector) =>
  vector.request_hex === null || vector.file === "handshake" ? [] : [Buffer.from(vector.request_hex, "hex")],
);
const preambles = vectors
  .filter((vector) => vector.file === "handshake")
  .map((vector) => Buffer.from(vector.request_hex!, "hex"));
const lists = recordedLists("js-v3");

/** Bytes that mean something special at the start of a CBOR value. */
const telling = [
  0x00, 0x17, 0x18, 0x1b, 0x1c, 0x1f, 0x3b, 0x40, 0x58, 0x5a, 0x5b, 0x5f, 0x60, 0x7b, 0x7f, 0x80, 0x9b, 0x9f, 0xa0,
  0xbb, 0xbf, 0xc2, 0xc4, 0xd9, 0xdb, 0xf4, 0xf6, 0xf7, 0xf9, 0xfb, 0xfc, 0xff,
];

function mutate(frame: Buffer, random: (below: number) => number): Buffer {
  let result = Buffer.from(frame);
  for (let count = 1 + random(3); count > 0; count--) {
    // Service and method id stay in most cases, otherwise little else would be reached.
    const from = random(10) === 0 ? 0 : Math.min(6, result.length);
    const at = from + random(Math.max(1, result.length - from));
    switch (random(7)) {
      case 0:
        if (at < result.length) result[at]! ^= 1 << random(8);
        break;
      case 1:
        if (at < result.length) result[at] = telling[random(telling.length)]!;
        break;
      case 2:
        result = Buffer.concat([
          result.subarray(0, at),
          Buffer.of(telling[random(telling.length)]!),
          result.subarray(at),
        ]);
        break;
      case 3:
        result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1 + random(4))]);
        break;
      case 4:
        result = result.subarray(0, at);
        break;
      case 5: {
        const other = recorded[random(recorded.length)]!;
        result = Buffer.concat([result.subarray(0, at), other.subarray(random(other.length))]);
        break;
      }
      default: {
        const end = at + random(16);
        result = Buffer.concat([result.subarray(0, end), result.subarray(at)]);
      }
    }
  }
  return result;
}

/** Result of `run`, or the error if it is one that the room promises. */
function outcome<T>(run: () => T): T | WireError | AwsError {
  try {
    return run();
  } catch (error) {
    if (error instanceof WireError || error instanceof AwsError) return error;
    throw error;
  }
}

function isFailure(value: unknown): value is WireError | AwsError {
  return value instanceof WireError || value instanceof AwsError;
}

function keysOf(request: DaxRequest): [string, Buffer][] {
  switch (request.method) {
    case "getItem":
    case "putItem":
    case "updateItem":
    case "deleteItem":
      return [[request.table, request.key]];
    case "batchGetItem":
      return request.tables.flatMap(({ table, keys }) => keys.map((key): [string, Buffer] => [table, key]));
    case "batchWriteItem":
      return request.tables.flatMap(({ table, writes }) => writes.map(({ key }): [string, Buffer] => [table, key]));
    case "transactGetItems":
      return request.gets.map(({ table, key }) => [table, key]);
    case "transactWriteItems":
      return request.writes.map(({ table, key }) => [table, key]);
    default:
      return [];
  }
}

function useKeys(request: DaxRequest): void {
  for (const [table, key] of keysOf(request)) {
    const schema = schemas.get(table) ?? schemas.get("tblNN")!;
    const canonical = outcome(() => canonicalKey(schema, key));
    if (isFailure(canonical)) continue;
    expect(canonicalKey(schema, canonical)).toEqual(canonical);
    if (isCanonicalKey(schema, key, 0, key.length)) expect(canonical).toBe(key);
    expect(decodeKey(schema, canonical)).toEqual(decodeKey(schema, key));
  }
}

function useItems(request: DaxRequest): void {
  const ids = outcome(() => requestListIds(request));
  if (isFailure(ids) || request.method !== "putItem") return;
  outcome(() => {
    const id = itemListId(request.item);
    const names = outcome(() => (id < 30 ? lists.names(id) : ["a"]));
    if (!isFailure(names))
      decodeItem(schemas.get(request.table) ?? schemas.get("tblS")!, request.key, names, request.item);
  });
}

/** Nulls to complete frames that have lost their end. */
const filler = Buffer.alloc(64, 0xf6);

function useFrame(mutated: Buffer, scanner: FrameScanner): string {
  let frame = mutated;
  let end = outcome(() => scanner.scan(frame, 0, frame.length));
  if (end === -1) {
    if (scanner.bytesNeeded <= frame.length) throw new Error("incomplete, but needs no more bytes");
    frame = Buffer.concat([frame, filler]);
    end = outcome(() => scanner.scan(frame, 0, frame.length));
  }
  if (isFailure(end)) return (end as WireError).kind;
  if (end < 0) return "incomplete";
  const complete = frame.subarray(0, end);
  const request = outcome(() => decodeRequest(complete));
  const plain = plainGetItem();
  const plainEnd = readPlainGetItem(frame, 0, frame.length, plain);
  if (plainEnd >= 0) {
    expect([scanner.method, scanner.argumentsStart, end]).toEqual([methodIds.getItem, plain.argumentsStart, plainEnd]);
    if (!isFailure(request)) {
      expect(request).toMatchObject({ consistentRead: false, returnConsumedCapacity: "NONE" });
      expect(request).not.toHaveProperty("projection");
      expect((request as { key: Buffer }).key).toEqual(frame.subarray(plain.keyStart, plain.keyEnd));
    }
  }
  if (isFailure(request)) return (request as AwsError).code;
  requestTables(request);
  useKeys(request);
  useItems(request);
  if (request.method === "query" || request.method === "scan") {
    outcome(() => decodeStartKey(request, schemas.get(request.table) ?? schemas.get("tblSN")!));
  }
  return "decoded";
}

it(`${framesCount} mutated frames decode, need more, or fail with an error that is promised`, () => {
  const random = randomIntegers(seed);
  const counts: Record<string, number> = {};
  const start = performance.now();
  let toldAt = start;
  for (let i = 0; i < framesCount; i++) {
    if (performance.now() - toldAt > progressMs) {
      toldAt = performance.now();
      process.stderr.write(`decoder: ${i} of ${framesCount} frames\n`);
    }
    const frame = mutate(recorded[random(recorded.length)]!, random);
    const kind = useFrame(frame, new FrameScanner());
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  const perSecond = Math.round(framesCount / ((performance.now() - start) / 1000));
  console.log(`dax-wire: ${perSecond} mutated frames/s; ${JSON.stringify(counts)}`);
  for (const kind of ["decoded", "incomplete", "malformed", "ValidationException", "unknown-method"]) {
    expect(counts[kind], kind).toBeGreaterThan(100);
  }
});

it("a frame cut into pieces at random ends where it ends in one piece, or fails alike", () => {
  const random = randomIntegers(seed + 1);
  for (let i = 0; i < 3_000; i++) {
    const frame = mutate(recorded[random(recorded.length)]!, random);
    const whole = outcome(() => new FrameScanner().scan(frame, 0, frame.length));
    const scanner = new FrameScanner();
    let found: number | WireError | AwsError = -1;
    for (let end = Math.min(frame.length, random(8)); found === -1; end = Math.min(frame.length, end + 1 + random(8))) {
      found = outcome(() => scanner.scan(frame, 0, end));
      if (end === frame.length) break;
    }
    expect(isFailure(found) ? found.message : found).toEqual(isFailure(whole) ? whole.message : whole);
  }
});

it("mutated preambles are read, need more, or are refused", () => {
  const random = randomIntegers(seed + 2);
  for (let i = 0; i < 5_000; i++) {
    const bytes = mutate(preambles[random(preambles.length)]!, random);
    const read = outcome(() => readPreamble(bytes, 0, bytes.length));
    if (isFailure(read)) expect(read).toBeInstanceOf(WireError);
    else if (read !== undefined) expect(read.end).toBeLessThanOrEqual(bytes.length);
  }
});
