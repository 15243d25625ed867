import { createHash } from "node:crypto";
import { nextDigit, signature } from "../alter.js";
import { type Forgery, mismatch } from "./forgery.js";

const bad = { refusal: "bad signature", words: mismatch } as const;
const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Signatures that are no signature of the request, and bodies that are not the signed one. */
export const signatureForgeries: readonly Forgery[] = [
  {
    ...bad,
    title: "a signature with its first digit changed",
    forge: (b) => signature(b.valid(), (s) => nextDigit(s[0]!) + s.slice(1)),
  },
  {
    ...bad,
    title: "a signature with its last digit changed",
    forge: (b) => signature(b.valid(), (s) => s.slice(0, -1) + nextDigit(s.at(-1)!)),
  },
  { ...bad, title: "a signature of zeros", forge: (b) => signature(b.valid(), () => "0".repeat(64)) },
  { ...bad, title: "a signature that is one digit short", forge: (b) => signature(b.valid(), (s) => s.slice(0, -1)) },
  { ...bad, title: "a signature of one byte", forge: (b) => signature(b.valid(), (s) => s.slice(0, 2)) },
  { ...bad, title: "a signature with two digits more", forge: (b) => signature(b.valid(), (s) => `${s}00`) },
  { ...bad, title: "a signature that is not hexadecimal", forge: (b) => signature(b.valid(), () => "g".repeat(64)) },
  {
    ...bad,
    title: "a signature with its end not hexadecimal",
    forge: (b) => signature(b.valid(), (s) => `${s.slice(0, 62)}zz`),
  },
  { ...bad, title: "the signature twice over", forge: (b) => signature(b.valid(), (s) => s + s) },
  {
    ...bad,
    title: "the signature of another request of the same key",
    forge: (b) => {
      const other = b.valid({ body: `${b.dialect.body} ` });
      const taken = /Signature=(.*)$/.exec(other.headers.find(([name]) => name === "authorization")![1])![1]!;
      return signature(b.valid(), () => taken);
    },
  },
  {
    ...bad,
    title: "the signature of another key's secret",
    forge: (b) => b.valid({ keys: { ...b.keys.root, secretAccessKey: b.keys.other.secretAccessKey } }),
  },
  {
    ...bad,
    title: "the signature of an empty secret",
    forge: (b) => b.valid({ keys: { ...b.keys.root, secretAccessKey: "" } }),
  },
  {
    ...bad,
    title: "the signature of a secret with a space behind it",
    forge: (b) => b.valid({ keys: { ...b.keys.root, secretAccessKey: `${b.keys.root.secretAccessKey} ` } }),
  },
  {
    ...bad,
    title: "a body with one byte changed",
    forge: (b) => ({ ...b.valid(), body: b.dialect.body.replace(/0/, "1") }),
  },
  { ...bad, title: "a body with a space behind it", forge: (b) => ({ ...b.valid(), body: `${b.dialect.body} ` }) },
  {
    ...bad,
    title: "a body with a line end behind it",
    forge: (b) => ({ ...b.valid(), body: `${b.dialect.body}\r\n` }),
  },
  { ...bad, title: "a body that was taken away", forge: (b) => ({ ...b.valid(), body: "" }) },
  {
    ...bad,
    title: "a body put in where none was signed",
    forge: (b) => ({ ...b.valid({ body: "" }), body: b.dialect.body }),
  },
  {
    ...bad,
    title: "a body that is not covered: UNSIGNED-PAYLOAD",
    forge: (b) =>
      b.signWith({ payloadHash: "UNSIGNED-PAYLOAD", headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } }),
  },
  {
    ...bad,
    title: "a body that is not covered: UNSIGNED-PAYLOAD, not even announced",
    forge: (b) => b.signWith({ payloadHash: "UNSIGNED-PAYLOAD" }),
  },
  {
    ...bad,
    title: "a body said to be signed in pieces",
    forge: (b) => {
      const streaming = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
      return b.signWith({ payloadHash: streaming, headers: { "x-amz-content-sha256": streaming } });
    },
  },
  {
    ...bad,
    title: "a body said to be unsigned with a trailer",
    forge: (b) => {
      const trailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
      return b.signWith({ payloadHash: trailer, headers: { "x-amz-content-sha256": trailer } });
    },
  },
  {
    ...bad,
    title: "a body swapped under a signed hash of the first one",
    forge: (b) => {
      const hash = hashOf(b.dialect.body);
      return { ...b.valid({ headers: { "x-amz-content-sha256": hash } }), body: `${b.dialect.body} ` };
    },
  },
  {
    ...bad,
    title: "a signature over the hash of an empty body",
    forge: (b) => b.signWith({ payloadHash: hashOf("") }),
  },
  {
    refusal: "bad signature",
    title: "a right signature with a wrong hash of the body in its header",
    words: "The value of the 'X-Amz-Content-SHA256' header does not match the computed hash of the payload.",
    forge: (b) => b.valid({ headers: { "x-amz-content-sha256": hashOf("another body") } }),
  },
  {
    refusal: "bad signature",
    title: "a right signature with UNSIGNED-PAYLOAD in its header",
    words: "The value of the 'X-Amz-Content-SHA256' header does not match the computed hash of the payload.",
    forge: (b) => b.valid({ headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } }),
  },
];
