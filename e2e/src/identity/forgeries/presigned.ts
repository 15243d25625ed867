import { added, changed, nextDigit, url } from "../alter.js";
import { type Forgery, jsonServices, mismatch, unknownKey } from "./forgery.js";

const bad = { refusal: "bad signature", words: mismatch } as const;
const incomplete = { refusal: "incomplete" } as const;
const expiresRule = "X-Amz-Expires must be a whole number of seconds from 1 to 604800.";
const parameters = [
  "X-Amz-Credential",
  "X-Amz-Date",
  "X-Amz-Expires",
  "X-Amz-SignedHeaders",
  "X-Amz-Signature",
] as const;
const drop = (text: string, name: string): string =>
  text.replace(new RegExp(`[?&]${name}=[^&]*`), (m) => (m[0] === "?" ? "?" : ""));

/** Requests signed in their URL. */
export const presignedForgeries: readonly Forgery[] = [
  {
    ...incomplete,
    title: "a presigned URL for a second more than seven days",
    words: expiresRule,
    forge: (b) => b.presigned({ expires: "604801" }),
  },
  {
    ...incomplete,
    title: "a presigned URL for ever",
    words: expiresRule,
    forge: (b) => b.presigned({ expires: "99999999999999999999" }),
  },
  {
    ...incomplete,
    title: "a presigned URL for no time",
    words: expiresRule,
    forge: (b) => b.presigned({ expires: "0" }),
  },
  {
    ...incomplete,
    title: "a presigned URL for less than no time",
    words: expiresRule,
    forge: (b) => b.presigned({ expires: "-1" }),
  },
  {
    ...incomplete,
    title: "a presigned URL for a fraction of a second",
    words: expiresRule,
    forge: (b) => b.presigned({ expires: "1.5" }),
  },
  {
    ...incomplete,
    title: "a presigned URL for a number in another notation",
    words: expiresRule,
    forge: (b) => b.presigned({ expires: "1e3" }),
  },
  {
    ...incomplete,
    title: "a presigned URL for no number",
    words: expiresRule,
    forge: (b) => b.presigned({ expires: "long" }),
  },
  {
    refusal: "stale",
    words: "Signature expired: ",
    title: "a presigned URL past its time",
    forge: (b) => b.presigned({ aheadSeconds: -62, expires: "60" }),
  },
  {
    refusal: "stale",
    words: "Signature expired: ",
    title: "a presigned URL of a week ago",
    forge: (b) => b.presigned({ aheadSeconds: -604_802, expires: "604800" }),
  },
  {
    refusal: "stale",
    words: "Signature not yet current: ",
    title: "a presigned URL of tomorrow",
    forge: (b) => b.presigned({ aheadSeconds: 86_400 }),
  },
  {
    ...bad,
    title: "a presigned URL with its time prolonged",
    forge: (b) => url(b.presigned({ expires: "60" }), (u) => u.replace("X-Amz-Expires=60", "X-Amz-Expires=600")),
  },
  {
    ...bad,
    title: "a presigned URL with a parameter added",
    forge: (b) => url(b.presigned(), (u) => `${u}&Action=DeleteUser`),
  },
  {
    ...bad,
    title: "a presigned URL with a parameter changed",
    forge: (b) => url(b.presigned({ parameters: { a: "1" } }), (u) => u.replace("a=1", "a=2")),
  },
  {
    ...bad,
    title: "a presigned URL with its signature changed",
    forge: (b) => url(b.presigned(), (u) => u.slice(0, -1) + nextDigit(u.at(-1)!)),
  },
  {
    ...bad,
    title: "a presigned URL with its signature cut short",
    forge: (b) => url(b.presigned(), (u) => u.slice(0, -2)),
  },
  {
    ...bad,
    title: "a presigned URL with another key's id",
    forge: (b) => url(b.presigned(), (u) => u.replace(b.keys.root.accessKeyId, b.keys.other.accessKeyId)),
  },
  {
    ...bad,
    title: "a presigned URL for another body",
    forge: (b) => ({ ...b.presigned(), body: `${b.dialect.body} ` }),
  },
  {
    ...bad,
    title: "a presigned URL that covers no body",
    forge: (b) => b.presigned({ payloadHash: "UNSIGNED-PAYLOAD" }),
  },
  {
    ...bad,
    title: "a presigned GET used for a POST",
    forge: (b) => ({ ...b.presigned({ method: "GET" }), method: "POST" }),
  },
  {
    ...bad,
    title: "a presigned URL on another path",
    forge: (b) => url(b.presigned(), (u) => u.replace("/?", "/other?")),
  },
  {
    ...bad,
    title: "a presigned URL for another host",
    forge: (b) => changed(b.presigned(), "host", () => "iam.amazonaws.com"),
  },
  {
    refusal: "bad signature",
    title: "a presigned URL for any host",
    words: "'Host' must be a 'SignedHeader' in the AWS Authorization.",
    forge: (b) => b.presigned({ unsigned: ["host"] }),
  },
  {
    ...bad,
    title: "a presigned URL with its session token taken away",
    forge: (b) => url(b.presigned({ keys: b.keys.session }), (u) => drop(u, "X-Amz-Security-Token")),
  },
  {
    ...bad,
    title: "a presigned URL with another session's token",
    forge: (b) =>
      url(b.presigned({ keys: b.keys.session }), (u) =>
        u.replace(
          encodeURIComponent(b.keys.session.sessionToken!),
          encodeURIComponent(b.keys.otherSession.sessionToken!),
        ),
      ),
  },
  {
    refusal: "unknown key",
    words: unknownKey,
    title: "a presigned URL signed without the session's token",
    forge: (b) => b.presigned({ keys: { ...b.keys.session, sessionToken: undefined } as never }),
  },
  {
    refusal: "unknown key",
    words: unknownKey,
    title: "a presigned URL whose session token comes in a header",
    forge: (b) =>
      added(
        b.presigned({ keys: { ...b.keys.session, sessionToken: undefined } as never }),
        "x-amz-security-token",
        b.keys.session.sessionToken!,
      ),
  },
  {
    refusal: "unknown key",
    words: unknownKey,
    title: "a presigned URL of an inactive key",
    forge: (b) => b.presigned({ keys: b.keys.inactive }),
  },
  {
    refusal: "unknown key",
    words: unknownKey,
    title: "a presigned URL of a deleted user",
    forge: (b) => b.presigned({ keys: b.keys.ofDeletedUser }),
  },
  {
    ...incomplete,
    title: "a presigned URL with another algorithm",
    words: "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'",
    forge: (b) => b.presigned({ algorithm: "AWS4-HMAC-SHA1" }),
  },
  {
    refusal: "missing",
    words: "Request is missing Authentication Token",
    title: "a presigned URL without its algorithm",
    forge: (b) => url(b.presigned(), (u) => drop(u, "X-Amz-Algorithm")),
  },
  ...parameters.map(
    (name): Forgery => ({
      refusal: "incomplete",
      title: `a presigned URL without ${name}`,
      words: `AWS query-string parameters must include '${name}'.`,
      forge: (b) => url(b.presigned(), (u) => drop(u, name)),
    }),
  ),
  ...parameters.map(
    (name): Forgery => ({
      refusal: "incomplete",
      title: `a presigned URL with two of ${name}`,
      words: `Duplicate '${name}' query-string parameter.`,
      forge: (b) => url(b.presigned(), (u) => `${u}&${new RegExp(`${name}=[^&]*`).exec(u)![0]}`),
    }),
  ),
  {
    refusal: "bad signature",
    title: "a presigned URL for any target",
    only: jsonServices,
    words: "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.",
    forge: (b) => b.presigned({ unsigned: ["x-amz-target"] }),
  },
  {
    refusal: "bad signature",
    title: "both an Authorization and a presigned URL",
    words: "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    forge: (b) => {
      const request = b.presigned();
      const value = b.valid({ url: request.url }).headers.find(([name]) => name === "authorization")![1];
      return added(request, "authorization", value);
    },
  },
  {
    refusal: "bad signature",
    title: "a presigned URL beside an Authorization that is none",
    words: "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    forge: (b) => added(b.presigned(), "authorization", "Basic cm9vdA=="),
  },
];
