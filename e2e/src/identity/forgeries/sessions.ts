import { added, changed, without } from "../alter.js";
import { type Forgery, mismatch, unknownKey } from "./forgery.js";

const unknown = { refusal: "unknown key", words: unknownKey } as const;
const withToken = (keys: { readonly accessKeyId: string; readonly secretAccessKey: string }, sessionToken: string) => ({
  accessKeyId: keys.accessKeyId,
  secretAccessKey: keys.secretAccessKey,
  sessionToken,
});

/** Session tokens that do not belong to the key, each in a request that is otherwise signed rightly. */
export const sessionForgeries: readonly Forgery[] = [
  {
    ...unknown,
    title: "a session's key without its token",
    forge: (b) => b.valid({ keys: { ...b.keys.session, sessionToken: undefined } as never }),
  },
  {
    ...unknown,
    title: "the token of another session of the role",
    forge: (b) => b.valid({ keys: withToken(b.keys.session, b.keys.otherSession.sessionToken!) }),
  },
  {
    ...unknown,
    title: "a token that was cut short",
    forge: (b) => b.valid({ keys: withToken(b.keys.session, b.keys.session.sessionToken!.slice(0, -1)) }),
  },
  {
    ...unknown,
    title: "the first half of a token",
    forge: (b) => b.valid({ keys: withToken(b.keys.session, b.keys.session.sessionToken!.slice(0, 60)) }),
  },
  {
    ...unknown,
    title: "a token with something behind it",
    forge: (b) => b.valid({ keys: withToken(b.keys.session, `${b.keys.session.sessionToken}A`) }),
  },
  {
    ...unknown,
    title: "a token with one character changed",
    forge: (b) =>
      b.valid({
        keys: withToken(
          b.keys.session,
          b.keys.session.sessionToken!.replace(/^./, (c) => (c === "x" ? "y" : "x")),
        ),
      }),
  },
  {
    ...unknown,
    title: "a token in small letters",
    forge: (b) => b.valid({ keys: withToken(b.keys.session, b.keys.session.sessionToken!.toLowerCase()) }),
  },
  { ...unknown, title: "an empty token", forge: (b) => b.valid({ keys: withToken(b.keys.session, "") }) },
  { ...unknown, title: "the token `null`", forge: (b) => b.valid({ keys: withToken(b.keys.session, "null") }) },
  {
    ...unknown,
    title: "a long-term key with a session's token",
    forge: (b) => b.valid({ keys: withToken(b.keys.root, b.keys.session.sessionToken!) }),
  },
  {
    ...unknown,
    title: "a long-term key with an empty token",
    forge: (b) => b.valid({ keys: withToken(b.keys.root, "") }),
  },
  {
    ...unknown,
    title: "a token added to a long-term key's request, not signed",
    forge: (b) => added(b.valid(), "x-amz-security-token", b.keys.session.sessionToken!),
  },
  {
    ...unknown,
    title: "a token that is not signed and is another session's",
    forge: (b) => {
      const request = b.valid({ keys: { ...b.keys.session, sessionToken: undefined } as never });
      return added(request, "x-amz-security-token", b.keys.otherSession.sessionToken!);
    },
  },
  {
    refusal: "bad signature",
    words: mismatch,
    title: "a signed token swapped for another session's",
    forge: (b) =>
      changed(b.valid({ keys: b.keys.session }), "x-amz-security-token", () => b.keys.otherSession.sessionToken!),
  },
  {
    refusal: "bad signature",
    words: mismatch,
    title: "a signed token taken away",
    forge: (b) => without(b.valid({ keys: b.keys.session }), "x-amz-security-token"),
  },
  {
    refusal: "bad signature",
    words: mismatch,
    title: "a signed token that is there twice",
    forge: (b) => added(b.valid({ keys: b.keys.session }), "x-amz-security-token", b.keys.session.sessionToken!),
  },
  {
    refusal: "bad signature",
    words: mismatch,
    title: "one session's key and token with another's secret",
    forge: (b) => b.valid({ keys: { ...b.keys.session, secretAccessKey: b.keys.otherSession.secretAccessKey } }),
  },
  {
    refusal: "bad signature",
    words: mismatch,
    title: "a session's key and token with a long-term secret",
    forge: (b) => b.valid({ keys: { ...b.keys.session, secretAccessKey: b.keys.root.secretAccessKey } }),
  },
  { ...unknown, title: "a key that was made inactive", forge: (b) => b.valid({ keys: b.keys.inactive }) },
  { ...unknown, title: "a key that was deleted", forge: (b) => b.valid({ keys: b.keys.deleted }) },
  { ...unknown, title: "a key of a deleted user", forge: (b) => b.valid({ keys: b.keys.ofDeletedUser }) },
  { ...unknown, title: "a session of a deleted user", forge: (b) => b.valid({ keys: b.keys.sessionOfDeletedUser }) },
  {
    ...unknown,
    title: "a federation token that a deleted user asked for",
    forge: (b) => b.valid({ keys: b.keys.federatedByDeletedUser }),
  },
  { ...unknown, title: "a session of a deleted role", forge: (b) => b.valid({ keys: b.keys.sessionOfDeletedRole }) },
  {
    ...unknown,
    title: "a session of a role that was deleted and made again",
    forge: (b) => b.valid({ keys: b.keys.sessionOfRecreatedRole }),
  },
  { ...unknown, title: "a key of another account", forge: (b) => b.valid({ keys: b.keys.foreign }) },
  {
    ...unknown,
    title: "a key that never was",
    forge: (b) => b.valid({ keys: { ...b.keys.root, accessKeyId: "AKIAIOSFODNN7EXAMPLE" } }),
  },
  {
    ...unknown,
    title: "a key id in small letters",
    forge: (b) => b.valid({ keys: { ...b.keys.root, accessKeyId: b.keys.root.accessKeyId.toLowerCase() } }),
  },
  {
    ...unknown,
    title: "a key id of `__proto__`",
    forge: (b) => b.valid({ keys: { ...b.keys.root, accessKeyId: "__proto__" } }),
  },
  {
    ...unknown,
    title: "a key id that is cut short",
    forge: (b) => b.valid({ keys: { ...b.keys.root, accessKeyId: b.keys.root.accessKeyId.slice(0, -1) } }),
  },
  {
    refusal: "bad signature",
    words: mismatch,
    title: "another user's key id under one's own signature",
    forge: (b) => b.valid({ keys: { ...b.keys.root, accessKeyId: b.keys.other.accessKeyId } }),
  },
];
