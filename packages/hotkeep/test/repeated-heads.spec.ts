import { SeededRandom } from "@hotkeep/core";
import { describe, expect, it } from "vitest";
import { loadLlhttp } from "../src/gateway/http/llhttp.js";
import { RepeatedHead, type SeenHead } from "../src/gateway/http/repeated-head.js";
import { RequestParser } from "../src/gateway/http/request-parser.js";

const limits = { bodyBytesMax: 64, headerBytesMax: 1024 };
const llhttp = loadLlhttp();

const request = (headers: Readonly<Record<string, string>>, body = "", first = "POST / HTTP/1.1") => {
  const all = { host: "localhost:8000", "content-length": String(body.length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`${first}\r\n${lines.join("\r\n")}\r\n\r\n${body}`, "latin1");
};

/** What a parser makes of some bytes, request by request. */
function told(parser: RequestParser, bytes: Buffer): unknown[] {
  const found: unknown[] = [];
  let rest = bytes;
  for (;;) {
    const { used, problem } = parser.parse(rest);
    const { complete } = parser;
    parser.complete = undefined;
    const shown = complete && { ...complete, body: complete.body?.toString("latin1"), head: undefined };
    found.push(problem ?? shown, used);
    rest = rest.subarray(used);
    if (problem !== undefined || complete === undefined || rest.length === 0) return found;
  }
}

function freshlyTold(bytes: Buffer): unknown[] {
  const parser = new RequestParser(llhttp, limits);
  const found = told(parser, bytes);
  parser.free();
  return found;
}

/** A connection's parser that has seen how heads repeat on it. */
function practised(seed = 1): RequestParser {
  const parser = new RequestParser(llhttp, limits);
  for (let i = 0; i < 8; i++) told(parser, usual(new SeededRandom(seed + i)));
  return parser;
}

const hex = (random: SeededRandom, digits: number) => Buffer.from(random.bytes(digits / 2)).toString("hex");

function usual(random: SeededRandom): Buffer {
  const body = "x".repeat(random.below(12));
  return request(
    {
      "Content-Type": "application/x-amz-json-1.0",
      "x-amz-target": random.below(2) === 0 ? "DynamoDB_20120810.GetItem" : "DynamoDB_20120810.Query",
      "amz-sdk-invocation-id": hex(random, 16),
      Authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20261123/x, Signature=${hex(random, 64)}`,
      Connection: "keep-alive",
    },
    body,
  );
}

/** A head as the parser tells it, with lines of this form. */
function seen(bytes: Buffer): SeenHead {
  const rawHeaders: string[] = [];
  const valuesAt: number[] = [];
  for (const { 1: name = "", 2: value = "", index } of bytes.toString("latin1").matchAll(/^([\w-]+): (.*)\r$/gm)) {
    rawHeaders.push(name, value);
    valuesAt.push(index + name.length + 2);
  }
  return { bytes: bytes.subarray(0, bytes.indexOf("\r\n\r\n") + 4), rawHeaders, valuesAt };
}

describe("a head that is remembered", () => {
  it("tells the headers of the next one, and where its body is", () => {
    let head: RepeatedHead | undefined;
    for (let seed = 1; seed < 9; seed++) head = RepeatedHead.of(seen(usual(new SeededRandom(seed))), head);
    const next = usual(new SeededRandom(50));
    const { bytes, rawHeaders } = seen(next);
    expect(head?.take(next)).toEqual(rawHeaders);
    expect([head?.headBytes, head?.bodyBytes]).toEqual([bytes.length, next.length - bytes.length]);
    expect(head?.take(next.subarray(0, bytes.length - 1))).toBeUndefined();
  });

  it("is none with chunks, without a length, with two, or beyond 4 KiB", () => {
    const of = (headers: Readonly<Record<string, string>>) => RepeatedHead.of(seen(request(headers)), undefined);
    expect(of({ "x-a": "b" })).toBeDefined();
    for (const headers of [{ "Transfer-Encoding": "chunked" }, { "Content-Length": "0" }, { "x-a": "b".repeat(4096) }])
      expect(of(headers)).toBeUndefined();
    expect(RepeatedHead.of(seen(Buffer.from("POST / HTTP/1.1\r\nhost: a\r\n\r\n")), undefined)).toBeUndefined();
  });
});

describe("heads that repeat on a connection", () => {
  it("are read as they would be on a new one", () => {
    const parser = practised();
    for (let seed = 100; seed < 200; seed++) {
      const bytes = usual(new SeededRandom(seed));
      expect(told(parser, bytes)).toEqual(freshlyTold(bytes));
    }
    parser.free();
  });

  it("are read the same when several come at once, and when one comes in pieces", () => {
    const parser = practised();
    const random = new SeededRandom(7);
    const several = Buffer.concat([usual(random), usual(random), usual(random)]);
    expect(told(parser, several)).toEqual(freshlyTold(several));
    for (const at of [1, 30, 200, several.length - 1]) {
      told(parser, several.subarray(0, at));
      const end = told(parser, several.subarray(at));
      expect(end.at(-2)).toEqual(freshlyTold(several).at(-2));
    }
    parser.free();
  });

  it.each([
    ["another length of a name", { "x-amz-targets": "a" }],
    ["a value that is empty", { "x-amz-target": "" }],
    ["a value with a tab", { "x-amz-target": "DynamoDB_20120810.\tb" }],
    ["a value that ends with a space", { "x-amz-target": "DynamoDB_20120810.Get " }],
    ["a value over two lines", { "x-amz-target": "DynamoDB_20120810.G\r\n DB" }],
    ["a second header in a value", { "x-amz-target": "DynamoDB_20120810.G\r\nx-other: b" }],
    ["a bare line feed", { "x-amz-target": "DynamoDB_20120810.G\nb" }],
    ["a zero byte", { "x-amz-target": "DynamoDB_20120810.G\0b" }],
    ["a connection that closes", { Connection: "close" }],
    ["chunks", { "transfer-encoding": "chunked" }],
    ["a length with a sign", { "content-length": "+1" }],
    ["a length that is no number", { "content-length": "1x" }],
    ["a length beyond what is kept", { "content-length": "90" }],
    ["a head beyond what is kept", { "x-amz-target": `DynamoDB_20120810.${"a".repeat(1200)}` }],
  ])("make no difference to %s", (_, changed) => {
    const parser = practised();
    const bytes = Buffer.concat([
      request({
        "Content-Type": "application/x-amz-json-1.0",
        "x-amz-target": "DynamoDB_20120810.GetItem",
        "amz-sdk-invocation-id": "0123456789abcdef",
        Authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20261123/x, Signature=${"0".repeat(64)}`,
        Connection: "keep-alive",
        ...changed,
      }),
      Buffer.from("0\r\n\r\n"),
      Buffer.alloc(100, "y"),
    ]);
    expect(told(parser, bytes)).toEqual(freshlyTold(bytes));
    parser.free();
  });

  it("make no difference to what is broken in any byte", () => {
    const random = new SeededRandom(5);
    const odd = ["\r", "\n", "\0", " ", "\t", ":", "\x7f", "\xff", "0", "9", "a", ",", "\r\n", ""];
    for (let round = 0; round < 1500; round++) {
      const parser = practised(round);
      const good = usual(random);
      const at = random.below(good.length);
      const other = Buffer.from(odd[random.below(odd.length)]!, "latin1");
      const bytes = Buffer.concat([good.subarray(0, at), other, good.subarray(at + random.below(2))]);
      expect(told(parser, bytes), bytes.toString("latin1")).toEqual(freshlyTold(bytes));
      parser.free();
    }
  });
});
