import type { Suspects } from "../bench.js";
import { type Claim, type ClaimWish, claim } from "../dax-connection.js";

/** What a forger of connections has at hand. */
export interface DaxBench {
  readonly region: string;
  readonly keys: Suspects;
}

/** One way to claim an identity that is not one's own. */
export interface ClaimForgery {
  readonly title: string;
  forge(bench: DaxBench): Claim;
}

const signed = ({ region, keys }: DaxBench, wish: Partial<ClaimWish> = {}): Claim =>
  claim({ region, keys: keys.root, ...wish });

const edited = (title: string, edit: (text: string) => string): ClaimForgery => ({
  title,
  forge: (b) => signed(b, { edit }),
});

const line = (index: number, change: (text: string) => string) => (text: string) =>
  text
    .split("\n")
    .map((part, at) => (at === index ? change(part) : part))
    .join("\n");

/** Claims that no node may believe. Documented nowhere: the refusals are what clients understand (observed). */
export const claimForgeries: readonly ClaimForgery[] = [
  {
    title: "a signature with a digit changed",
    forge: (b) => {
      const honest = signed(b);
      return { ...honest, signature: honest.signature.replace(/^./, (digit) => (digit === "0" ? "1" : "0")) };
    },
  },
  { title: "a signature of zeros", forge: (b) => ({ ...signed(b), signature: "0".repeat(64) }) },
  { title: "an empty signature", forge: (b) => ({ ...signed(b), signature: "" }) },
  {
    title: "a signature that is cut short",
    forge: (b) => ({ ...signed(b), signature: signed(b).signature.slice(0, 62) }),
  },
  { title: "a signature with more behind it", forge: (b) => ({ ...signed(b), signature: `${signed(b).signature}00` }) },
  { title: "a signature in capitals", forge: (b) => ({ ...signed(b), signature: signed(b).signature.toUpperCase() }) },
  { title: "a signature that is not hexadecimal", forge: (b) => ({ ...signed(b), signature: "g".repeat(64) }) },
  {
    title: "another user's signature",
    forge: (b) => ({ ...signed(b, { keys: b.keys.other }), accessKeyId: b.keys.root.accessKeyId }),
  },
  {
    title: "one's own signature under another user's key id",
    forge: (b) => ({ ...signed(b), accessKeyId: b.keys.other.accessKeyId }),
  },
  {
    title: "a signature of an empty secret",
    forge: (b) => signed(b, { keys: { ...b.keys.root, secretAccessKey: "" } }),
  },
  {
    title: "a string to sign with another time than the signed one",
    forge: (b) => {
      const honest = signed(b, { aheadSeconds: -60 });
      return { ...honest, stringToSign: signed(b).stringToSign };
    },
  },
  { title: "an empty string to sign", forge: (b) => ({ ...signed(b), stringToSign: "" }) },
  edited("an empty string, signed", () => ""),
  edited("a signed string without its last line", (text) => text.split("\n").slice(0, 3).join("\n")),
  edited("a signed string with a line more", (text) => `${text}\nmore`),
  edited("a signed string with a line end behind it", (text) => `${text}\n`),
  edited("a signed string with other line ends", (text) => text.replaceAll("\n", "\r\n")),
  edited(
    "another algorithm, signed",
    line(0, () => "AWS4-HMAC-SHA1"),
  ),
  edited(
    "a time in another format, signed",
    line(1, (time) => time.replace(/^(\d{4})(\d\d)(\d\d)/, "$1-$2-$3")),
  ),
  edited(
    "no time, signed",
    line(1, () => ""),
  ),
  edited(
    "a time without its zone, signed",
    line(1, (time) => time.slice(0, -1)),
  ),
  edited(
    "a scope of another day, signed",
    line(2, (scope) => scope.replace(/^\d{8}/, "20200101")),
  ),
  edited(
    "a scope without its terminator, signed",
    line(2, (scope) => scope.replace("/aws4_request", "")),
  ),
  edited(
    "a scope with another terminator, signed",
    line(2, (scope) => scope.replace("aws4_request", "aws5_request")),
  ),
  edited(
    "a scope with a part more, signed",
    line(2, (scope) => `${scope}/more`),
  ),
  edited(
    "a scope with a Region that is not the signing key's",
    line(2, (scope) => scope.replace("us-west-2", "eu-west-1")),
  ),
  edited(
    "another request's hash, signed",
    line(3, (hash) => hash.replace(/^./, (digit) => (digit === "0" ? "1" : "0"))),
  ),
  edited(
    "a hash in capitals, signed",
    line(3, (hash) => hash.toUpperCase()),
  ),
  edited(
    "no hash, signed",
    line(3, () => ""),
  ),
  { title: "a request for another host", forge: (b) => signed(b, { host: "dynamodb.us-west-2.amazonaws.com" }) },
  { title: "a request for the node's own address", forge: (b) => signed(b, { host: "127.0.0.1:8111" }) },
  { title: "a GET", forge: (b) => signed(b, { method: "GET" }) },
  { title: "a request on another path", forge: (b) => signed(b, { path: "/other" }) },
  { title: "a request with a body", forge: (b) => signed(b, { payload: "{}" }) },
  {
    title: "a request with an unsigned body",
    forge: (b) => signed(b, { edit: (text) => text, payload: "UNSIGNED-PAYLOAD" }),
  },
  { title: "a signature for DynamoDB", forge: (b) => signed(b, { service: "dynamodb" }) },
  { title: "a signature for STS", forge: (b) => signed(b, { service: "sts" }) },
  { title: "a signature for another Region", forge: (b) => signed(b, { region: "eu-west-1" }) },
  { title: "a signature for no Region", forge: (b) => signed(b, { region: "" }) },
  { title: "a replay just past the window", forge: (b) => signed(b, { aheadSeconds: -302 }) },
  { title: "a replay an hour old", forge: (b) => signed(b, { aheadSeconds: -3600 }) },
  { title: "a replay a day old", forge: (b) => signed(b, { aheadSeconds: -86_400 }) },
  { title: "a time just beyond the window ahead", forge: (b) => signed(b, { aheadSeconds: 330 }) },
  { title: "a time of tomorrow", forge: (b) => signed(b, { aheadSeconds: 86_400 }) },
  {
    title: "a session's key without its token",
    forge: (b) => ({ ...signed(b, { keys: b.keys.session }), sessionToken: null }),
  },
  {
    title: "a session's key with an empty token",
    forge: (b) => ({ ...signed(b, { keys: b.keys.session }), sessionToken: "" }),
  },
  {
    title: "the token of another session of the role",
    forge: (b) => ({ ...signed(b, { keys: b.keys.session }), sessionToken: b.keys.otherSession.sessionToken! }),
  },
  {
    title: "a token that is cut short",
    forge: (b) => ({ ...signed(b, { keys: b.keys.session }), sessionToken: b.keys.session.sessionToken!.slice(0, -1) }),
  },
  {
    title: "a token with something behind it",
    forge: (b) => ({ ...signed(b, { keys: b.keys.session }), sessionToken: `${b.keys.session.sessionToken}A` }),
  },
  {
    title: "a token in small letters",
    forge: (b) => ({
      ...signed(b, { keys: b.keys.session }),
      sessionToken: b.keys.session.sessionToken!.toLowerCase(),
    }),
  },
  {
    title: "a long-term key with a session's token",
    forge: (b) => ({ ...signed(b), sessionToken: b.keys.session.sessionToken! }),
  },
  { title: "a long-term key with an empty token", forge: (b) => ({ ...signed(b), sessionToken: "" }) },
  {
    title: "a session's token with another session's key",
    forge: (b) => ({ ...signed(b, { keys: b.keys.otherSession }), sessionToken: b.keys.session.sessionToken! }),
  },
  { title: "a key that was made inactive", forge: (b) => signed(b, { keys: b.keys.inactive }) },
  { title: "a key that was deleted", forge: (b) => signed(b, { keys: b.keys.deleted }) },
  { title: "a key of a deleted user", forge: (b) => signed(b, { keys: b.keys.ofDeletedUser }) },
  { title: "a session of a deleted user", forge: (b) => signed(b, { keys: b.keys.sessionOfDeletedUser }) },
  {
    title: "a federation token that a deleted user asked for",
    forge: (b) => signed(b, { keys: b.keys.federatedByDeletedUser }),
  },
  { title: "a session of a deleted role", forge: (b) => signed(b, { keys: b.keys.sessionOfDeletedRole }) },
  {
    title: "a session of a role that was deleted and made again",
    forge: (b) => signed(b, { keys: b.keys.sessionOfRecreatedRole }),
  },
  { title: "a key of another account", forge: (b) => signed(b, { keys: b.keys.foreign }) },
  {
    title: "a key that never was",
    forge: (b) => signed(b, { keys: { ...b.keys.root, accessKeyId: "AKIAIOSFODNN7EXAMPLE" } }),
  },
  { title: "a key id of `__proto__`", forge: (b) => signed(b, { keys: { ...b.keys.root, accessKeyId: "__proto__" } }) },
  { title: "an empty key id", forge: (b) => signed(b, { keys: { ...b.keys.root, accessKeyId: "" } }) },
  {
    title: "a key id in small letters",
    forge: (b) => signed(b, { keys: { ...b.keys.root, accessKeyId: b.keys.root.accessKeyId.toLowerCase() } }),
  },
];
