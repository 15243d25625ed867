import { createHmac } from "node:crypto";
import {
  type AuthorizeConnectionRequest,
  decodeRequest,
  encodeAuthorizeRequest,
  readAuthorization,
  verifyAuthorization,
} from "@hotkeep/dax-wire";
import { describe, expect, it } from "vitest";
import { canonicalRequestHash } from "../src/authorization.js";

const now = Date.UTC(2026, 10, 23, 1, 25, 20);
const signer = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret", region: "us-west-2", now };

function request(changes: Partial<AuthorizeConnectionRequest> = {}): AuthorizeConnectionRequest {
  const decoded = decodeRequest(encodeAuthorizeRequest(signer)) as AuthorizeConnectionRequest;
  return { ...decoded, ...changes };
}

function signed(lines: readonly string[]): AuthorizeConnectionRequest {
  return request({ stringToSign: Buffer.from(lines.join("\n")) });
}

function claimOf(changed: AuthorizeConnectionRequest) {
  const outcome = readAuthorization(changed);
  if ("failure" in outcome) throw new Error(outcome.failure);
  return outcome.claim;
}

const signingKey = ["20261123", "us-west-2", "dax", "aws4_request"].reduce<Buffer>(
  (key, part) => createHmac("sha256", key).update(part).digest(),
  Buffer.from("AWS4secret"),
);

const good = request().stringToSign.toString().split("\n") as [string, string, string, string];

describe("authorizeConnection", () => {
  it("is a claim of key, day and Region, to be verified with that day's signing key", () => {
    const claim = claimOf(request());
    expect(claim).toMatchObject({ accessKeyId: "AKIDEXAMPLE", date: "20261123", region: "us-west-2", signedAt: now });
    expect(verifyAuthorization(claim, signingKey, now + 60_000, { region: "us-west-2" })).toBeUndefined();
  });

  it("outlives the frame that it came in", () => {
    const frame = encodeAuthorizeRequest(signer);
    const claim = claimOf(decodeRequest(frame) as AuthorizeConnectionRequest);
    frame.fill(0);
    expect(verifyAuthorization(claim, signingKey, now)).toBeUndefined();
  });

  it("may be signed for either host that clients sign for", () => {
    const hash = canonicalRequestHash("https://dax.amazonaws.com", good[1]);
    expect(readAuthorization(signed([good[0], good[1], good[2], hash]))).toHaveProperty("claim");
    const other = canonicalRequestHash("dynamodb.amazonaws.com", good[1]);
    expect(readAuthorization(signed([good[0], good[1], good[2], other]))).toEqual({
      failure: "the signature is for another request",
    });
  });

  it.each([
    ["another algorithm", ["AWS4-HMAC-SHA1", good[1], good[2], good[3]], "the string to sign has a wrong form"],
    ["a line more", [...good, ""], "the string to sign has a wrong form"],
    ["a line less", good.slice(0, 3), "the string to sign has a wrong form"],
    ["a time without T", [good[0], "20261123012520Z", good[2], good[3]], "the time of signing has a wrong form"],
    [
      "a day that does not exist",
      [good[0], "20260231T012520Z", good[2], good[3]],
      "the time of signing has a wrong form",
    ],
    [
      "an hour that does not exist",
      [good[0], "20261123T252520Z", good[2], good[3]],
      "the time of signing has a wrong form",
    ],
    [
      "another service",
      [good[0], good[1], "20261123/us-west-2/dynamodb/aws4_request", good[3]],
      "the credential scope `20261123/us-west-2/dynamodb/aws4_request` is not one of service dax",
    ],
    [
      "another terminator",
      [good[0], good[1], "20261123/us-west-2/dax/aws4", good[3]],
      "the credential scope `20261123/us-west-2/dax/aws4` is not one of service dax",
    ],
    [
      "more scope",
      [good[0], good[1], "20261123/us-west-2/dax/aws4_request/x", good[3]],
      "the credential scope `20261123/us-west-2/dax/aws4_request/x` is not one of service dax",
    ],
    [
      "a scope of another day",
      [good[0], good[1], "20261122/us-west-2/dax/aws4_request", good[3]],
      "the credential scope is for another day",
    ],
    ["no Region", [good[0], good[1], "20261123//dax/aws4_request", good[3]], "the credential scope has no Region"],
    [
      "the hash of another time",
      [good[0], "20261123T012521Z", good[2], good[3]],
      "the signature is for another request",
    ],
  ])("with %s is no claim", (_, lines, failure) => {
    expect(readAuthorization(signed(lines))).toEqual({ failure });
  });

  it.each(["", "x".repeat(64), "AB".repeat(32), "ab".repeat(31)])(
    "with the signature `%s` is no claim",
    (signature) => {
      expect(readAuthorization(request({ signature }))).toEqual({ failure: "the signature has a wrong form" });
    },
  );

  it("fails with another key, another Region, or a time too far away", () => {
    const claim = claimOf(request());
    expect(verifyAuthorization(claim, Buffer.alloc(32), now)).toBe("the signature does not match");
    expect(verifyAuthorization({ ...claim, signature: "0".repeat(64) }, signingKey, now)).toBe(
      "the signature does not match",
    );
    expect(verifyAuthorization(claim, signingKey, now, { region: "eu-west-1" })).toBe(
      "the signature is for the Region `us-west-2`",
    );
    const minutes = 60_000;
    expect(verifyAuthorization(claim, signingKey, now + 15 * minutes)).toBeUndefined();
    expect(verifyAuthorization(claim, signingKey, now + 15 * minutes + 1)).toBe(
      "the time of signing is 900 s away from ours",
    );
    expect(verifyAuthorization(claim, signingKey, now - 16 * minutes)).toBe(
      "the time of signing is 960 s away from ours",
    );
    expect(verifyAuthorization(claim, signingKey, now + 6 * minutes, { clockSkewMsMax: 5 * minutes })).toBe(
      "the time of signing is 360 s away from ours",
    );
  });

  it("carries the session token and user agent, or null", () => {
    expect(request()).toMatchObject({ sessionToken: null, userAgent: null });
    const frame = encodeAuthorizeRequest({ ...signer, sessionToken: "token", userAgent: "agent" });
    expect(decodeRequest(frame)).toMatchObject({ sessionToken: "token", userAgent: "agent" });
  });
});
