import { createHash, createHmac } from "node:crypto";
import { ManualClock } from "@hotkeep/core";
import {
  amzDate,
  type Credential,
  type HttpRequest,
  parseAmzDate,
  type SigningCredentials,
  sign,
  signingKey,
} from "@hotkeep/protocols";
import { SignatureV4 } from "@smithy/signature-v4";
import { describe, expect, it } from "vitest";
import { readHeaders } from "../src/http/headers.js";
import { SigningKeyCache } from "../src/sigv4/signing-key.js";
import { SignatureVerifier } from "../src/sigv4/verify.js";
import { bob, credentials, session } from "./server.js";

const start = Date.UTC(2026, 10, 23, 4, 0, 0);
const minute = 60_000;

class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Buffer);
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data as Buffer);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

interface Shape {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Record<string, string | string[]>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly service?: string;
}

function library(from: Credential, service: string): SignatureV4 {
  const { accessKeyId, secretAccessKey, sessionToken } = from;
  return new SignatureV4({
    service,
    region: "us-west-2",
    sha256: Sha256 as never,
    applyChecksum: false,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  });
}

/** Signed by the SDK's own signer, as this server would receive it. */
async function signedByLibrary(from: Credential, shape: Shape = {}): Promise<HttpRequest> {
  const signed = await library(from, shape.service ?? "dynamodb").sign(
    {
      method: shape.method ?? "POST",
      protocol: "http:",
      hostname: "localhost",
      path: shape.path ?? "/",
      query: shape.query ?? {},
      headers: { host: "localhost:4000", "x-amz-target": "DynamoDB_20120810.GetItem", ...shape.headers },
      body: shape.body ?? "{}",
    },
    { signingDate: new Date(start) },
  );
  return received(signed.method, urlOf(signed.path, signed.query), signed.headers, shape.body ?? "{}");
}

async function presignedByLibrary(from: Credential, expiresIn = 900, service = "sts"): Promise<HttpRequest> {
  const signed = await library(from, service).presign(
    {
      method: "GET",
      protocol: "http:",
      hostname: "localhost",
      path: "/",
      query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
      headers: { host: "localhost:4000" },
    },
    { signingDate: new Date(start), expiresIn },
  );
  return received("GET", urlOf(signed.path, signed.query), { host: "localhost:4000" }, "");
}

function urlOf(path: string, query: Record<string, string | string[] | null> | undefined): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const parts = Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value].flat().map((each) => `${encode(name)}=${encode(each ?? "")}`),
  );
  return parts.length === 0 ? path : `${path}?${parts.join("&")}`;
}

function received(method: string, url: string, headers: Record<string, string>, body: string): HttpRequest {
  const rawHeaders = Object.entries(headers).flat();
  return { method, url, rawHeaders, body: Buffer.from(body), remoteAddress: "127.0.0.1", secure: false };
}

interface Settings {
  readonly service?: string;
  readonly skewMs?: number;
  readonly at?: number;
  readonly regions?: readonly string[];
  readonly find?: (id: string) => Credential | undefined;
}

/** @param before requests that the same verifier has accepted already */
function verify(request: HttpRequest, settings: Settings = {}, before: readonly HttpRequest[] = []) {
  const source = { find: (id: string) => (settings.find ?? credentials.find.bind(credentials))(id) };
  const clock = new ManualClock(start);
  const verifier = new SignatureVerifier(source, clock, settings.regions);
  for (const each of before) {
    try {
      verifier.verify(each, readHeaders(each.rawHeaders), { service: "dynamodb", skewMs: 5 * minute });
    } catch {
      // A test's settings may refuse even what is signed well.
    }
  }
  clock.advance((settings.at ?? start) - start);
  const expected = { service: settings.service ?? "dynamodb", skewMs: settings.skewMs ?? 5 * minute };
  return verifier.verify(request, readHeaders(request.rawHeaders), expected);
}

const accepted = await Promise.all([signedByLibrary(bob), signedByLibrary(session)]);

/** Why a request is refused: the same by a verifier that sees the first one and by one that knows the client's headers. */
function failure(request: HttpRequest, settings: Settings = {}): { kind: string; message: string } {
  const [cold, warm] = [[], accepted].map((before) => {
    try {
      verify(request, settings, before);
    } catch (error) {
      const { kind, message } = error as { kind: string; message: string };
      return { kind, message };
    }
    throw new Error("the signature was accepted");
  });
  expect(warm).toEqual(cold);
  return cold!;
}

/** The request with one header changed, added, or (undefined) taken away. */
function withHeader(request: HttpRequest, name: string, value: string | undefined): HttpRequest {
  const rawHeaders: string[] = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    if (request.rawHeaders[i]!.toLowerCase() !== name) rawHeaders.push(...request.rawHeaders.slice(i, i + 2));
  }
  return { ...request, rawHeaders: value === undefined ? rawHeaders : [...rawHeaders, name, value] };
}

function header(request: HttpRequest, name: string): string {
  return readHeaders(request.rawHeaders).get(name) ?? "";
}

function editAuthorization(request: HttpRequest, edit: (authorization: string) => string): HttpRequest {
  return withHeader(request, "authorization", edit(header(request, "authorization")));
}

describe("signatures of the SDK's signer", () => {
  const shapes: [name: string, shape: Shape][] = [
    ["a plain POST", {}],
    ["an empty body", { body: "" }],
    ["a unicode body", { body: '{"a":"ü🎉"}' }],
    ["a path with spaces and slashes", { path: "/a%20b/c%2Fd" }],
    ["a path with dots", { path: "/a/../b/./c" }],
    ["a path that ends in a slash", { path: "/a/b/" }],
    ["a path of odd characters", { path: "/x!'()*,;=:@&+$~" }],
    ["a query", { method: "GET", query: { b: "2", a: "1 &=+/ü*'()", c: ["y", "x", ""] }, body: "" }],
    ["inner spaces in headers", { headers: { "x-amz-meta": "a   b\tc  " } }],
    ["mixed case names", { headers: { "X-Amz-Odd": "Value" } }],
  ];
  it.each(shapes)("verify: %s", async (_name, shape) => {
    expect(verify(await signedByLibrary(bob, shape))).toMatchObject({
      credential: bob,
      region: "us-west-2",
      now: start,
    });
  });

  it("verify again and again by one verifier", async () => {
    const other = await signedByLibrary(bob, { body: '{"other":1}' });
    expect(verify(other, {}, accepted).credential.accessKeyId).toBe(bob.accessKeyId);
    expect(verify(accepted[1]!, {}, accepted).credential.accessKeyId).toBe(session.accessKeyId);
  });

  it("verify with a session token", async () => {
    expect(verify(await signedByLibrary(session)).credential).toBe(session);
  });

  it("verify when presigned, until they expire", async () => {
    const request = await presignedByLibrary(session, 900);
    const sts = { service: "sts", skewMs: 15 * minute };
    expect(verify(request, sts).credential).toBe(session);
    expect(verify(request, { ...sts, at: start + 900_000 }).credential).toBe(session);
    expect(failure(request, { ...sts, at: start + 901_000 })).toEqual({
      kind: "RequestExpired",
      message: "Signature expired: 20261123T040000Z is now earlier than 20261123T040001Z (20261123T041501Z - 15 min.)",
    });
    expect(failure(await presignedByLibrary(bob, 90), { ...sts, at: start + 2 * minute }).message).toBe(
      "Signature expired: 20261123T040000Z is now earlier than 20261123T040030Z (20261123T040200Z - 90 sec.)",
    );
  });

  it("verify when a header is repeated, joined with a comma", async () => {
    const request = await signedByLibrary(bob, { headers: { "x-amz-list": "one,two" } });
    const split = withHeader(withHeader(request, "x-amz-list", undefined), "none", "of it matters");
    expect(
      verify({ ...split, rawHeaders: [...split.rawHeaders, "X-Amz-List", "one", "x-amz-list", " two "] }),
    ).toBeDefined();
  });
});

describe("our own signer", () => {
  it("agrees with the SDK's", async () => {
    const theirs = await signedByLibrary(session, { path: "/a%20b", query: { z: "1", a: "ü &" }, body: "x" });
    const scope = { region: "us-west-2", service: "dynamodb", now: start };
    const headers = { host: "localhost:4000", "x-amz-target": "DynamoDB_20120810.GetItem" };
    const ours = sign({ method: "POST", url: theirs.url, headers, body: "x" }, session, scope);
    expect(ours.authorization).toBe(header(theirs, "authorization"));
    expect(ours["x-amz-date"]).toBe("20261123T040000Z");
    expect(ours["x-amz-security-token"]).toBe(session.sessionToken);
  });

  it("refuses to sign for no host", () => {
    const scope = { region: "us-west-2", service: "dynamodb", now: start };
    expect(() => sign({ method: "POST", url: "/", headers: {}, body: "" }, bob as SigningCredentials, scope)).toThrow(
      "a request is signed for its host: add a `host` header",
    );
  });

  it("derives the documented example's key", () => {
    const key = signingKey("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam");
    expect(key.toString("hex")).toBe("c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
  });
});

describe("what was changed on the way is refused", () => {
  it.each([
    ["the body", (r: HttpRequest) => ({ ...r, body: Buffer.from("{ }") })],
    ["the method", (r: HttpRequest) => ({ ...r, method: "PUT" })],
    ["the path", (r: HttpRequest) => ({ ...r, url: "/x" })],
    ["the query", (r: HttpRequest) => ({ ...r, url: "/?a=1" })],
    ["a signed header", (r: HttpRequest) => withHeader(r, "x-amz-target", "DynamoDB_20120810.PutItem")],
    ["the host", (r: HttpRequest) => withHeader(r, "host", "elsewhere")],
    ["a signed header taken away", (r: HttpRequest) => withHeader(r, "x-amz-target", undefined)],
    ["the signature", (r: HttpRequest) => editAuthorization(r, (a) => a.replace(/.$/, (c) => (c === "0" ? "1" : "0")))],
    ["a short signature", (r: HttpRequest) => editAuthorization(r, (a) => a.slice(0, -2))],
    [
      "a signature of no hexadecimal",
      (r: HttpRequest) => editAuthorization(r, (a) => a.replace(/.{64}$/, "z".repeat(64))),
    ],
    ["the region", (r: HttpRequest) => editAuthorization(r, (a) => a.replace("us-west-2", "us-east-1"))],
    ["the date within the day", (r: HttpRequest) => withHeader(r, "x-amz-date", "20261123T040001Z")],
  ])("%s", async (_name, change) => {
    const refused = failure(change(await signedByLibrary(bob)));
    expect(refused.kind).toBe("BadSignature");
    expect(refused.message).toMatch(
      /^The request signature we calculated does not match the signature you provided\. Check your AWS Secret Access Key and signing method\. Consult the service documentation for details\.\n\nThe Canonical String for this request should have been\n'/,
    );
  });

  it("and the answer does not repeat the session token", async () => {
    const request = await signedByLibrary(session);
    const refused = failure({ ...request, body: Buffer.from("changed") });
    expect(refused.message).toContain("x-amz-security-token:(not shown)");
    expect(refused.message).not.toContain(session.sessionToken);
  });

  it("a body that a client claims another hash for", async () => {
    const request = await signedByLibrary(bob, { headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } });
    expect(failure(request).kind).toBe("BadSignature");
  });
});

describe("what is incomplete or out of scope is refused in AWS's words", () => {
  const edited = async (edit: (a: string) => string) => editAuthorization(await signedByLibrary(bob), edit);

  it("no signature at all, or another scheme", async () => {
    const request = await signedByLibrary(bob);
    const expected = { kind: "MissingAuthentication", message: "Request is missing Authentication Token" };
    expect(failure(withHeader(request, "authorization", undefined))).toEqual(expected);
    expect(failure(withHeader(request, "authorization", "Basic Ym9iOg=="))).toEqual(expected);
    expect(failure(withHeader(request, "authorization", "AWS AKIA:sig"))).toEqual(expected);
  });

  it("two signatures", async () => {
    const request = await signedByLibrary(bob);
    expect(failure({ ...request, url: "/?X-Amz-Algorithm=AWS4-HMAC-SHA256" })).toEqual({
      kind: "BadSignature",
      message: "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    });
  });

  it("missing parts", async () => {
    expect(failure(withHeader(await edited(() => "AWS4-HMAC-SHA256 x=y"), "x-amz-date", undefined))).toEqual({
      kind: "IncompleteSignature",
      message:
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
        "Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a " +
        "'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256 x=y",
    });
    expect(failure(await edited(() => "AWS4-HMAC-SHA256 Credential")).message).toBe(
      "'Credential' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 Credential'.",
    );
    expect(failure(await edited((a) => `${a}, Signature=00`))).toEqual({
      kind: "IncompleteSignature",
      message: "Duplicate 'Signature' parameter in the Authorization header.",
    });
    const presigned = { ...(await presignedByLibrary(bob)), url: "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=1" };
    expect(failure(presigned).message).toBe(
      "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include " +
        "'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters " +
        "must include 'X-Amz-Expires'. Re-examine the query-string parameters.",
    );
  });

  it("repeated or impossible presigned parameters", async () => {
    const request = await presignedByLibrary(bob);
    expect(failure({ ...request, url: `${request.url}&X-Amz-Date=20261123T040000Z` }).message).toBe(
      "Duplicate 'X-Amz-Date' query-string parameter.",
    );
    for (const expires of ["0", "604801", "-1", "1e3", "x"]) {
      const url = request.url.replace("X-Amz-Expires=900", `X-Amz-Expires=${expires}`);
      expect(failure({ ...request, url })).toEqual({
        kind: "IncompleteSignature",
        message: `X-Amz-Expires must be a whole number of seconds from 1 to 604800. Got '${expires}'`,
      });
    }
  });

  it("dates that are none", async () => {
    for (const date of ["201", "2026-11-23T04:00:00Z", "20261131T040000Z", "20261123T250000Z"]) {
      expect(failure(withHeader(await signedByLibrary(bob), "x-amz-date", date))).toEqual({
        kind: "IncompleteSignature",
        message: `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
      });
    }
  });

  it("clocks too far off, in either direction", async () => {
    const request = await signedByLibrary(bob);
    expect(verify(request, { at: start + 5 * minute + 999 })).toBeDefined();
    expect(verify(request, { at: start - 5 * minute })).toBeDefined();
    expect(failure(request, { at: start + 5 * minute + 1000 })).toEqual({
      kind: "RequestExpired",
      message: "Signature expired: 20261123T040000Z is now earlier than 20261123T040001Z (20261123T040501Z - 5 min.)",
    });
    expect(failure(request, { at: start - 15 * minute - 1000, skewMs: 15 * minute })).toEqual({
      kind: "RequestExpired",
      message:
        "Signature not yet current: 20261123T040000Z is still later than 20261123T035959Z (20261123T034459Z + 15 min.)",
    });
  });

  it("a host or a target that is not signed", async () => {
    expect(failure(await edited((a) => a.replace("host;", "")))).toEqual({
      kind: "BadSignature",
      message: "'Host' must be a 'SignedHeader' in the AWS Authorization.",
    });
    expect(failure(await edited((a) => a.replace(";x-amz-target", "")))).toEqual({
      kind: "BadSignature",
      message: "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.",
    });
  });

  it("other algorithms", async () => {
    expect(failure(await edited((a) => a.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA25")))).toEqual({
      kind: "IncompleteSignature",
      message: "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only AWS4-HMAC-SHA256 for now). ",
    });
    expect(failure(await edited((a) => a.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"))).kind).toBe(
      "IncompleteSignature",
    );
  });

  it("credentials of another shape", async () => {
    expect(failure(await edited((a) => a.replace(/Credential=[^,]+/, "Credential=a/b/c/d")))).toEqual({
      kind: "IncompleteSignature",
      message:
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b/c/d'",
    });
  });

  it("credentials for something else, all complaints at once", async () => {
    expect(failure(await edited((a) => a.replace(/Credential=[^,]+/, "Credential=a/b/c/d/e")))).toEqual({
      kind: "BadSignature",
      message:
        "Credential should be scoped to a valid region, not 'c'. Credential should be scoped to correct service: " +
        "'dynamodb'. Credential should be scoped with a valid terminator: 'aws4_request', not 'e'. Date in Credential " +
        "scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: 'b' != '20261123', from " +
        "'20261123T040000Z'. ",
    });
    expect(failure(await signedByLibrary(bob), { regions: ["us-east-1"] }).message).toBe(
      "Credential should be scoped to a valid region, not 'us-west-2'. ",
    );
    expect(failure(await signedByLibrary(bob, { service: "dax" })).message).toBe(
      "Credential should be scoped to correct service: 'dynamodb'. ",
    );
  });

  it("unknown keys", async () => {
    expect(failure(await signedByLibrary({ ...bob, accessKeyId: "AKIANOBODY" }))).toEqual({
      kind: "UnknownKey",
      message: "The security token included in the request is invalid.",
    });
  });

  it("missing, wrong and needless session tokens", async () => {
    const expected = { kind: "UnknownKey", message: "The security token included in the request is invalid" };
    const { sessionToken: _, ...tokenless } = session;
    expect(failure(await signedByLibrary(tokenless))).toEqual(expected);
    expect(failure(await signedByLibrary({ ...session, sessionToken: "other" }))).toEqual(expected);
    expect(failure(await signedByLibrary({ ...bob, sessionToken: "why" }))).toEqual(expected);
  });

  it("sessions that are over", async () => {
    const over = { ...session, expiresAt: start };
    expect(failure(await signedByLibrary(session), { find: () => over })).toEqual({
      kind: "ExpiredToken",
      message: "The security token included in the request is expired",
    });
    const running = { ...session, expiresAt: start + 1 };
    expect(verify(await signedByLibrary(session), { find: () => running }).credential).toBe(running);
  });
});

describe("signing keys", () => {
  it("are not used for another secret of the same id", () => {
    const cache = new SigningKeyCache();
    const first = cache.get("AKIA", "one", "20261123", "us-west-2", "dax");
    expect(cache.get("AKIA", "one", "20261123", "us-west-2", "dax")).toBe(first);
    const second = cache.get("AKIA", "two", "20261123", "us-west-2", "dax");
    expect(second.sign("x")).not.toEqual(first.sign("x"));
  });

  it("make the same HMAC as the platform's", () => {
    const key = signingKey("secret", "20261123", "us-west-2", "dax");
    const text = "AWS4-HMAC-SHA256\nüñí 🎉";
    const cached = new SigningKeyCache().get("AKIA", "secret", "20261123", "us-west-2", "dax");
    expect(cached.sign(text)).toEqual(createHmac("sha256", key).update(text).digest());
    expect(cached.sign(text)).toEqual(createHmac("sha256", key).update(text).digest());
  });
});

describe("dates on the wire", () => {
  it("are whole seconds without punctuation", () => {
    expect(amzDate(start + 999)).toBe("20261123T040000Z");
    expect(parseAmzDate("20261123T040000Z")).toBe(start);
    expect(parseAmzDate("20260229T000000Z")).toBeUndefined();
    expect(parseAmzDate("20240229T000000Z")).toBe(Date.UTC(2024, 1, 29));
  });
});
