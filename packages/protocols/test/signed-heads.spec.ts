import { createHash } from "node:crypto";
import { ManualClock, SeededRandom } from "@hotkeep/core";
import {
  type Credential,
  type HttpRequest,
  type RepeatableHead,
  type SignableRequest,
  type SigningCredentials,
  sign,
} from "@hotkeep/protocols";
import { describe, expect, it } from "vitest";
import { readHeaders } from "../src/http/headers.js";
import { loadNativeSignedHeads, type NativeSignedHeads } from "../src/sigv4/native-signed-heads.js";
import type { SignedHead } from "../src/sigv4/signed-head.js";
import { SignatureVerifier } from "../src/sigv4/verify.js";
import { bob, session } from "./server.js";

const native = loadNativeSignedHeads();
if (!("take" in native)) console.log(`skipped: signatures verified by compiled code: ${native.reason}`);

const start = Date.UTC(2026, 10, 23, 4, 0, 0);
const expected = { service: "dynamodb", skewMs: 300_000 };

interface Wish {
  readonly credentials?: SigningCredentials;
  readonly now?: number;
  readonly body?: string;
  /** Further headers, signed. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly userAgent?: string;
}

/** A request as clients send it: its head's bytes, its headers with their places, its body. */
interface Sent {
  readonly head: Buffer;
  readonly rawHeaders: readonly string[];
  readonly valuesAt: readonly number[];
  readonly body: Buffer;
  readonly bytes: Buffer;
}

function written(headers: Readonly<Record<string, string>>, body: string): Sent {
  const rawHeaders: string[] = [];
  const valuesAt: number[] = [];
  let head = "POST / HTTP/1.1\r\n";
  for (const [name, value] of Object.entries(headers)) {
    rawHeaders.push(name, value);
    valuesAt.push(head.length + name.length + 2);
    head += `${name}: ${value}\r\n`;
  }
  const bytes = { head: Buffer.from(`${head}\r\n`, "latin1"), body: Buffer.from(body) };
  return { ...bytes, rawHeaders, valuesAt, bytes: Buffer.concat([bytes.head, bytes.body]) };
}

function sent({ credentials = bob, now = start, body = "{}", headers = {}, userAgent = "sdk/3" }: Wish = {}): Sent {
  const signed = {
    host: "localhost:8000",
    "content-length": String(Buffer.byteLength(body)),
    "x-amz-target": "DynamoDB_20120810.GetItem",
    "x-amz-content-sha256": createHash("sha256").update(body).digest("hex"),
    ...headers,
  };
  const request: SignableRequest = { method: "POST", url: "/", headers: signed, body };
  const added = sign(request, credentials, { region: "us-west-2", service: "dynamodb", now });
  return written({ "User-Agent": userAgent, ...signed, ...added, "Content-Type": "application/x-amz-json-1.0" }, body);
}

const hex = (random: SeededRandom, bytes: number) => Buffer.from(random.bytes(bytes)).toString("hex");

/** One that differs from others in all that differs between requests of an SDK. */
const usual = (seed: number, wish: Wish = {}): Sent => {
  const random = new SeededRandom(seed);
  return sent({
    now: start + 1000 * random.below(200),
    body: JSON.stringify({ TableName: hex(random, random.below(9)), Key: { pk: { S: "\u00e4" } } }),
    ...wish,
    headers: { "amz-sdk-invocation-id": hex(random, 8), ...wish.headers },
  });
};

const changing = ["amz-sdk-invocation-id", "user-agent", "x-changing"];

function asked({ rawHeaders, body }: Sent, more: Pick<HttpRequest, "head" | "signed"> = {}): HttpRequest {
  return { method: "POST", url: "/", rawHeaders, body, remoteAddress: "::1", secure: false, ...more };
}

function headOf({ head, rawHeaders, valuesAt }: Sent, names = changing): RepeatableHead {
  const places = rawHeaders.flatMap((name, i) => (i % 2 === 0 && names.includes(name.toLowerCase()) ? [i + 1] : []));
  return { bytes: head, rawHeaders, valuesAt, changing: new Set(places), signed: undefined };
}

/** A verifier whose keys can be taken away, and whose time can be set. */
function verifierWith(...credentials: Credential[]) {
  const time = { now: start };
  const keys = new Map(credentials.map((credential) => [credential.accessKeyId, credential]));
  const verifier = new SignatureVerifier({ find: (id) => keys.get(id) }, new ManualClock(start));
  const verify = (request: HttpRequest) =>
    verifier.verify(request, request.signed?.headers ?? readHeaders(request.rawHeaders), expected, time.now);
  return { time, keys, verify };
}

/** What verifies requests like this one, which was verified itself. */
function practised(first: Sent, { verify } = verifierWith(bob, session), names = changing): SignedHead | undefined {
  const head = headOf(first, names);
  verify(asked(first, { head }));
  return head.signed;
}

const takes = (signed: SignedHead | undefined, { bytes }: Pick<Sent, "bytes">) =>
  signed?.take(bytes, 0, bytes.length) ?? false;

describe.skipIf(!("take" in native))("requests with the head of one that was verified", () => {
  it("are taken when their signatures are right, and tell their headers and sizes", () => {
    const signed = practised(usual(1))!;
    for (let seed = 2; seed < 300; seed++) {
      const next = usual(seed, { userAgent: `sdk/${seed}` });
      const memory = Buffer.concat([Buffer.alloc(seed, "x"), next.bytes, usual(seed + 1).bytes.subarray(0, 3 * seed)]);
      expect(signed.take(memory, seed, memory.length)).toBe(true);
      expect([signed.headBytes, signed.bodyBytes]).toEqual([next.head.length, next.body.length]);
      expect(signed.rawHeaders()).toEqual(next.rawHeaders);
      const headers = readHeaders(next.rawHeaders);
      for (const name of ["user-agent", "authorization", "content-length", "x-amz-date", "host", "x-none"]) {
        expect([signed.headers.get(name), signed.headers.has(name)]).toEqual([headers.get(name), headers.has(name)]);
      }
      expect(signed.date).toBe(headers.get("x-amz-date"));
    }
  });

  it("are verified as they would be without it", () => {
    const house = verifierWith(bob, session);
    for (const credentials of [bob, session]) {
      const signed = practised(usual(1, { credentials }), house)!;
      const next = usual(2, { credentials });
      expect(takes(signed, next)).toBe(true);
      expect(house.verify(asked(next, { signed }))).toEqual(house.verify(asked(next)));
    }
  });

  it("are not taken with any byte changed, but in a value that is not signed", () => {
    const signed = practised(usual(1))!;
    const next = usual(2);
    const agentAt = next.valuesAt[0]!;
    const agent = { from: agentAt, to: agentAt + next.rawHeaders[1]!.length };
    for (let at = 0; at < next.bytes.length; at++) {
      for (const other of [1, 0x20, 0x80, next.bytes[at]! ^ 0x0d, next.bytes[at]! ^ 0x0a, next.bytes[at]!]) {
        const bytes = Buffer.from(next.bytes);
        bytes[at]! ^= other;
        if (bytes[at] === next.bytes[at]) continue;
        const byte = bytes[at]!;
        const inAgent = at >= agent.from && at < agent.to;
        const isGood = byte > 0x20 && byte < 0x7f;
        const inner = byte === 0x20 && at > agent.from && at < agent.to - 1;
        expect(takes(signed, { bytes }), `byte ${at} as ${byte}`).toBe(inAgent && (isGood || inner));
      }
    }
    expect(takes(signed, next)).toBe(true);
  });

  it("are not taken with any byte more or less, nor in pieces", () => {
    const signed = practised(usual(1))!;
    const next = usual(2);
    const agent = { from: next.valuesAt[0]!, to: next.valuesAt[0]! + next.rawHeaders[1]!.length };
    for (let at = 0; at < next.bytes.length; at++) {
      if (at >= agent.from && at <= agent.to) continue;
      const less = Buffer.concat([next.bytes.subarray(0, at), next.bytes.subarray(at + 1)]);
      const more = Buffer.concat([next.bytes.subarray(0, at), Buffer.from("a"), next.bytes.subarray(at)]);
      expect([at, takes(signed, { bytes: less }), takes(signed, { bytes: more })]).toEqual([at, false, false]);
      expect(signed.take(next.bytes, 0, at)).toBe(false);
    }
  });

  it.each([
    ["two spaces in a signed value", { "x-changing": "a  b" }],
    ["a tab in a signed value", { "x-changing": "a\tb" }],
    ["a byte beyond ASCII", { "x-changing": "\u00e4" }],
    ["a space before a value", { "x-changing": " a" }],
    ["a space behind a value", { "x-changing": "a " }],
    ["no value", { "x-changing": "" }],
  ])("are left to be read with %s", (_, headers) => {
    const signed = practised(usual(1, { headers: { "x-changing": "a" } }))!;
    expect(takes(signed, usual(2, { headers: { "x-changing": "b c" } }))).toBe(true);
    expect(takes(signed, usual(3, { headers }))).toBe(false);
  });

  it("are not taken when the body is not the one that was hashed, though all else is signed", () => {
    const signed = practised(usual(1))!;
    const lie = createHash("sha256").update("{}").digest("hex");
    expect(takes(signed, usual(2, { headers: { "x-amz-content-sha256": lie } }))).toBe(false);
  });

  it("are not taken with another key's signature, another day's, another Region's, or in capital letters", () => {
    const signed = practised(usual(1))!;
    const other = { ...bob, secretAccessKey: "other" };
    expect(takes(signed, usual(2, { credentials: other }))).toBe(false);
    expect(takes(signed, usual(2, { credentials: session }))).toBe(false);
    expect(takes(signed, usual(2, { now: start + 86_400_000 }))).toBe(false);
    const next = usual(2);
    const capitals = next.rawHeaders.map((text) => text.replace(/Signature=.*/, (found) => found.toUpperCase()));
    const names = capitals.filter((_, i) => i % 2 === 0);
    const again = written(
      Object.fromEntries(names.map((name, i) => [name, capitals[2 * i + 1]!])),
      next.body.toString(),
    );
    expect(takes(signed, again)).toBe(false);
  });

  it("tell nothing any more once another one has come", () => {
    const signed = practised(usual(1))!;
    takes(signed, usual(2));
    takes(practised(usual(3)), usual(4));
    expect(() => signed.rawHeaders()).toThrow("headers are read after the next request has come");
    expect(() => signed.headers.get("user-agent")).toThrow("headers are read after the next request has come");
    expect(signed.headers.get("host")).toBe("localhost:8000");
  });
});

describe.skipIf(!("take" in native))("what was good when the head was seen first is looked at again:", () => {
  const refusal = (house: ReturnType<typeof verifierWith>, request: HttpRequest) => {
    try {
      house.verify(request);
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  };

  it.each<[string, Credential, (house: ReturnType<typeof verifierWith>) => void]>([
    ["a key that is gone", bob, ({ keys }) => keys.clear()],
    ["a key with another secret", bob, ({ keys }) => keys.set(bob.accessKeyId, { ...bob, secretAccessKey: "other" })],
    [
      "a session with another token",
      session,
      ({ keys }) => keys.set(session.accessKeyId, { ...session, sessionToken: "other" }),
    ],
    ["a session that is over", session, ({ keys }) => keys.set(session.accessKeyId, { ...session, expiresAt: start })],
    ["a request of long ago", bob, ({ time }) => (time.now += 900_000)],
    ["a request from the future", bob, ({ time }) => (time.now -= 900_000)],
  ])("%s", (_, credentials, change) => {
    const house = verifierWith(bob, session);
    const signed = practised(usual(1, { credentials }), house)!;
    const next = usual(2, { credentials });
    expect(takes(signed, next)).toBe(true);
    expect(refusal(house, asked(next, { signed }))).toBeUndefined();
    change(house);
    expect(takes(signed, next)).toBe(true);
    const refused = refusal(house, asked(next, { signed }));
    expect(refused).toBeDefined();
    expect(refused).toBe(refusal(house, asked(next)));
  });

  it("a request for another service", () => {
    const house = verifierWith(bob);
    const signed = practised(usual(1), house)!;
    const next = usual(2);
    takes(signed, next);
    const verifier = new SignatureVerifier({ find: () => bob }, new ManualClock(start));
    const verify = () => verifier.verify(asked(next, { signed }), signed.headers, { ...expected, service: "iam" });
    expect(verify).toThrow("Credential should be scoped to correct service: 'iam'. ");
  });
});

describe.skipIf(!("take" in native))("no head is made", () => {
  it.each<[string, Wish, string[]]>([
    ["where nothing else changes", {}, []],
    ["where the session token changes", { credentials: session }, [...changing, "x-amz-security-token"]],
  ])("%s", (_, wish, names) => expect(practised(usual(1, wish), undefined, names)).toBeUndefined());

  it("where a signature is wrong", () => {
    const first = usual(1, { credentials: { ...bob, secretAccessKey: "other" } });
    const head = headOf(first);
    expect(() => verifierWith(bob).verify(asked(first, { head }))).toThrow("signature we calculated does not match");
    expect(head.signed).toBeUndefined();
  });

  it("with numbers that cannot be meant", () => {
    const { make, take } = native as NativeSignedHeads;
    const block = Buffer.alloc(64);
    const bytes = Buffer.alloc(400, "a");
    const values = [1, 10, 12, 2, 20, 120, 3, 130, 146];
    const pieces = [-1, 0, 4, 0, 0, 0, -2, 0, 0];
    const made = (more: { values?: readonly number[]; pieces?: readonly number[]; inner?: Buffer }) => () =>
      make(
        bytes,
        Int32Array.from(more.values ?? values),
        Buffer.from("text"),
        Int32Array.from(more.pieces ?? pieces),
        Buffer.from("scope"),
        more.inner ?? block,
        block,
      );
    const head = made({})();
    const results = new Int32Array((native as NativeSignedHeads).resultsCount);
    expect(take(head, bytes, 0, 400, results)).toBe(false);
    for (const wrong of [
      [1, 10, 12, 2, 20, 120],
      [1, 10, 12, 2, 20, 84, 3, 130, 146],
      [1, 10, 12, 2, 20, 120, 3, 130, 147],
      [1, 10, 12, 2, 20, 120, 3, 119, 135],
      [1, 0, 12, 2, 20, 120, 3, 130, 146],
      [1, 10, 10, 2, 20, 120, 3, 130, 146],
      [1, -1, 12, 2, 20, 120, 3, 130, 146],
      [7, 5, 6, ...values],
      [...values, 0, 399, 400],
      [...values, 0, 1 << 30, 1 << 31],
      [...values, 4, 200, 263],
      values.slice(1),
      Array.from({ length: 33 }, (_, i) => [0, 2 * i + 1, 2 * i + 2]).flat(),
    ]) {
      expect(made({ values: wrong }), wrong.join()).toThrow(RangeError);
    }
    for (const wrong of [
      [-3, 0, 0],
      [3, 0, 0],
      [-1, 0, 5],
      [-1, -1, 0],
      [-1, 3, 2],
      [-1, 0, 4],
    ]) {
      expect(made({ pieces: wrong }), wrong.join()).toThrow(RangeError);
    }
    expect(made({ inner: Buffer.alloc(63) })).toThrow(RangeError);
    expect(() => take(head, bytes, 0, 401, results)).toThrow(RangeError);
    expect(() => take(head, bytes, 2, 1, results)).toThrow(RangeError);
    expect(() => take(head, bytes, 0, 400, new Int32Array(2))).toThrow(RangeError);
    expect(() => take({} as typeof head, bytes, 0, 400, results)).toThrow(RangeError);
  });
});
