import { createHmac } from "node:crypto";
import {
  decodeRequest,
  encodeAuthorizeRequest,
  encodePreamble,
  errorCodesFor,
  FrameScanner,
  readAuthorization,
  readPreamble,
  verifyAuthorization,
} from "@hotkeep/dax-wire";
import { afterAll, describe, expect, it } from "vitest";
import { ValueScanner } from "../src/cbor/value-scanner.js";
import { readTree, withoutMapOrder } from "./support/cbor-tree.js";
import { flawOf } from "./support/flaw.js";
import { recordedLists } from "./support/lists.js";
import { asGoSends, meaningOfCall, meaningOfRequest } from "./support/meaning.js";
import { encodeRecordedError, encodeResult } from "./support/results.js";
import { findings, goOrder, neverSent } from "./support/unusual-responses.js";
import { type Vector, vectorFiles, vectors } from "./support/vectors.js";

// Every recorded vector is a test.
// - Requests: the frame ends where it ends, however it is cut; its meaning is that of the SDK call behind it.
// - Responses: from what the client decoded, our encoder makes the recorded bytes, which that client was seen to take.
//   Where the recording has a form that we never send, `neverSent` says so, and the bytes must differ.
// - Unusual and wrong responses: the checker that all our encoders' output passes finds in each of them what
//   `findings` says, so none of their forms is one that we emit.

const checked = new Set<string>();
const dataOperations = new Set([
  "getItem",
  "putItem",
  "updateItem",
  "deleteItem",
  "query",
  "scan",
  "batchGetItem",
  "batchWriteItem",
  "transactGetItems",
  "transactWriteItems",
]);

function bytes(hex: string): Buffer {
  return Buffer.from(hex, "hex");
}

/** Scans a frame whole and in pieces; both must end at its end. */
function expectOneFrame(frame: Buffer): void {
  const whole = Buffer.concat([frame, frame]);
  expect(new FrameScanner().scan(whole, 0, whole.length)).toBe(frame.length);
  const pieces = new FrameScanner();
  const step = Math.max(1, Math.floor(frame.length / 50));
  for (let end = 0; end < frame.length; end += step) expect(pieces.scan(frame, 0, end)).toBe(-1);
  expect(pieces.scan(frame, 0, frame.length)).toBe(frame.length);
}

function checkRequest(vector: Vector, frame: Buffer): void {
  expectOneFrame(frame);
  const request = decodeRequest(frame);
  const { operation, input } = vector.call;
  if (dataOperations.has(request.method)) {
    if (isTooPrecise(vector) && vector.file === "putItem") {
      expect(() => meaningOfRequest(request, recordedLists(vector.client))).toThrow(/38 significant digits/);
      return;
    }
    const meanings = [meaningOfRequest(request, recordedLists(vector.client)), meaningOfCall(operation, input)];
    const legacy = vector.name.startsWith("legacy") && vector.client === "go-v1";
    const [received, expected] = legacy ? meanings.map(asGoSends) : meanings;
    expect(received).toEqual(expected);
    return;
  }
  switch (request.method) {
    case "defineKeySchema":
      expect(request.table).toBe(input.tableName ?? input.TableName);
      return;
    case "defineAttributeListId":
      expect(request.names).toEqual(input.attributeNames);
      return;
    case "defineAttributeList":
      expect(request.id).toBe(input.attributeListId);
      return;
    default:
      expect(request.method).toBe(operation);
  }
}

/**
 * The recording that says most about a vector's response: js-v3 keeps the order of what it decodes, go sorts it; go
 * does not tell an error's codes; js leaves unprocessed puts undecoded, and js-v2 misreads IPv6 addresses.
 */
function tellingTwin(vector: Vector): Vector {
  const candidates = vectors.filter(
    (other) =>
      other.response_hex === vector.response_hex &&
      other.name === vector.name &&
      other.file === vector.file &&
      !JSON.stringify(other.decoded).includes("_attrListId"),
  );
  const best = candidates.find((other) => other.client.includes("js-v3")) ?? candidates[0];
  if (best === undefined) throw new Error(`no client decoded the response of ${vector.name}`);
  return best;
}

function checkResponse(vector: Vector, frame: Buffer, response: Buffer): void {
  const request = decodeRequest(frame);
  const lists = recordedLists(vector.client);
  const listIdOf = (names: readonly string[]): number => lists.idOf(names) ?? 0;
  const { decoded } = tellingTwin(vector);
  if (isTooPrecise(vector) && vector.file === "getItem") {
    expect(() => encodeResult(request, decoded, listIdOf)).toThrow(/38 significant digits/);
    return;
  }
  const failed = response[0] !== 0x80;
  const ours = failed
    ? encodeRecordedError(vector, request, decoded.error, listIdOf)
    : encodeResult(request, decoded, listIdOf);
  expect(flawOf(request, ours, (id) => lists.names(id))).toBeUndefined();
  if (goOrder.has(vector.name) && vector.client === "go-v1") {
    expect(withoutMapOrder(ours)).toBe(withoutMapOrder(response));
  } else if (neverSent.has(vector.name)) expect(ours.toString("hex")).not.toBe(vector.response_hex);
  else expect(ours.toString("hex")).toBe(vector.response_hex);
}

/** The recording has a number with a digit more than DynamoDB takes. */
function isTooPrecise(vector: Vector): boolean {
  return vector.name.includes("3.14159265358979323846264338327950288419");
}

function checkUnusual(vector: Vector, frame: Buffer, response: Buffer): void {
  const request = decodeRequest(frame);
  const lists = recordedLists(vector.client);
  // Ours reads all of it too, to its end and no further.
  const scanner = new ValueScanner();
  scanner.begin(readTree(response).length, 0);
  expect(scanner.scan(response, 0, response.length)).toBe(response.length);
  expect(findings).toHaveProperty([vector.name]);
  expect(flawOf(request, response, (id) => lists.names(id)) ?? "sound").toBe(findings[vector.name]);
}

function checkErrorCodes(vector: Vector): void {
  const match = /\[([\d,]+)\] (\w+) http 400$/.exec(vector.name);
  if (match === null || match[2] === "NotImplementedException" || match[2] === "SomethingNewException") return;
  expect(errorCodesFor(match[2]!).join()).toBe(match[1]);
}

function checkHandshake(vector: Vector, preamble: Buffer): void {
  const padded = Buffer.concat([Buffer.of(0), preamble, Buffer.of(1)]);
  for (let end = 1; end <= preamble.length; end++) expect(readPreamble(padded, 1, end)).toBeUndefined();
  const read = readPreamble(padded, 1, padded.length)!;
  const { session, headers } = vector.decoded;
  expect(read.end).toBe(1 + preamble.length);
  expect(Buffer.isBuffer(read.session) ? read.session.toString("base64") : read.session).toBe(session);
  expect([...read.headers]).toEqual(headers);
  expect(read.userAgent).toBe(headers[0][1]);
  expect(encodePreamble(read.userAgent!, read.session)).toEqual(preamble);
}

function checkAuthorization(vector: Vector, frame: Buffer): void {
  expectOneFrame(frame);
  const request = decodeRequest(frame);
  if (request.method !== "authorizeConnection") throw new Error(`decoded as ${request.method}`);
  const { accessKeyId, secretAccessKey, sessionToken, region } = vector.call.input;
  expect(request).toMatchObject({
    accessKeyId,
    signature: vector.decoded.signature,
    sessionToken: sessionToken ?? null,
    userAgent: vector.decoded.userAgent,
  });
  expect(request.stringToSign.toString()).toBe(vector.decoded.stringToSign);
  const outcome = readAuthorization(request);
  if ("failure" in outcome) throw new Error(outcome.failure);
  const { claim } = outcome;
  const keyOf = (secret: string): Buffer =>
    [claim.date, region, "dax", "aws4_request"].reduce<Buffer>(
      (key, part) => createHmac("sha256", key).update(part).digest(),
      Buffer.from(`AWS4${secret}`),
    );
  expect(verifyAuthorization(claim, keyOf(secretAccessKey), claim.signedAt, { region })).toBeUndefined();
  expect(verifyAuthorization(claim, keyOf("other"), claim.signedAt)).toBe("the signature does not match");
  if (vector.decoded.host !== "dax.amazonaws.com") return;
  const again = encodeAuthorizeRequest({
    ...vector.call.input,
    now: claim.signedAt,
    userAgent: vector.decoded.userAgent,
  });
  expect(again.toString("hex")).toBe(vector.request_hex);
}

/** The client answered by itself: both sides know that id 1 is the empty list. */
function checkLocalAnswer(vector: Vector): void {
  const lists = recordedLists(vector.client);
  if (vector.call.operation === "defineAttributeListId") expect(vector.decoded).toBe(1);
  else expect(lists.names(vector.call.input.attributeListId)).toEqual(vector.decoded);
}

function check(vector: Vector): void {
  checked.add(`${vector.file}: ${vector.name} (${vector.client})`);
  if (vector.request_hex === null || vector.response_hex === null) {
    checkLocalAnswer(vector);
    return;
  }
  const frame = bytes(vector.request_hex);
  if (vector.file === "handshake") {
    checkHandshake(vector, frame);
    return;
  }
  if (vector.file === "authorizeConnection") {
    checkAuthorization(vector, frame);
    return;
  }
  checkRequest(vector, frame);
  const response = bytes(vector.response_hex);
  if (vector.file === "responseEncodings") checkUnusual(vector, frame, response);
  else checkResponse(vector, frame, response);
  if (vector.file === "errors") checkErrorCodes(vector);
}

for (const file of vectorFiles) {
  describe(`recorded ${file}`, () => {
    for (const vector of vectors.filter((candidate) => candidate.file === file)) {
      it(`agrees: ${vector.name} (${vector.client})`, () => check(vector));
    }
  });
}

describe("the recorded vectors", () => {
  it("are 941, each with a test of its own", () => {
    expect(vectors.length).toBe(941);
    expect(checked.size).toBe(941);
  });

  afterAll(() => {
    console.log(`dax-wire: ${checked.size} of ${vectors.length} recorded vectors checked`);
  });
});
