import { createPublicKey, type KeyObject } from "node:crypto";
import { invalidInput } from "../errors.js";
import type { TagRecord } from "../records/types.js";

/**
 * Tags of an OpenID Connect provider whose keys begin with this hold its public keys (ours: nothing is fetched from the
 * network). After it comes a label of one's choice. The value is `ES256.X.Y` or `RS256.N.E` with the members of the
 * published JWK as they are; a value of more than 256 characters goes on in tags `LABEL:2`, `LABEL:3` and so on.
 */
export const inlineKeyPrefix = "hotkeep:jwk:";

/** The signature algorithms that tokens may have. */
export type TokenAlgorithm = "RS256" | "ES256";

/** A provider's key and what it may sign with: a key is never used with an algorithm it was not given for. */
export interface ProviderKey {
  readonly algorithm: TokenAlgorithm;
  readonly key: KeyObject;
}

/** 2048 bits: shorter ones can be broken. */
const rsaBitsMin = 2048;
const rsaBitsMax = 8192;
const BASE64URL = /^[A-Za-z0-9_-]+$/;

function parseKey(label: string, value: string): ProviderKey {
  const [algorithm, first = "", second = "", ...more] = value.split(".");
  const wrong = (why: string, cause?: unknown) => {
    const error = invalidInput(`The tag ${inlineKeyPrefix}${label} does not hold a public key: ${why}.`);
    if (cause !== undefined) error.cause = cause;
    return error;
  };
  if (algorithm !== "RS256" && algorithm !== "ES256") throw wrong("it begins with neither RS256 nor ES256");
  if (more.length > 0 || !BASE64URL.test(first) || !BASE64URL.test(second)) {
    throw wrong("after the algorithm come two base64url texts with a dot between them");
  }
  const jwk =
    algorithm === "RS256" ? { kty: "RSA", n: first, e: second } : { kty: "EC", crv: "P-256", x: first, y: second };
  try {
    const key = createPublicKey({ key: jwk, format: "jwk" });
    const bits = key.asymmetricKeyDetails?.modulusLength ?? rsaBitsMin;
    if (bits < rsaBitsMin || bits > rsaBitsMax) throw new Error(`an RSA key of ${bits} bits`);
    return { algorithm, key };
  } catch (cause) {
    throw wrong(`it is no usable ${algorithm === "RS256" ? "RSA" : "P-256"} key`, cause);
  }
}

/**
 * The public keys in a provider's tags.
 *
 * @throws AwsError `InvalidInputException` for a tag that holds none, so that it is refused before it is stored
 */
export function inlineKeys(tags: readonly TagRecord[]): readonly ProviderKey[] {
  const parts = new Map(
    tags
      .filter(({ Key }) => Key.startsWith(inlineKeyPrefix))
      .map(({ Key, Value }) => [Key.slice(inlineKeyPrefix.length), Value]),
  );
  const keys: ProviderKey[] = [];
  const used = new Set<string>();
  for (const [label, start] of parts) {
    if (/:\d+$/.test(label)) continue;
    let value = start;
    used.add(label);
    for (let part = 2; parts.has(`${label}:${part}`); part++) {
      value += parts.get(`${label}:${part}`);
      used.add(`${label}:${part}`);
    }
    keys.push(parseKey(label, value));
  }
  for (const label of parts.keys()) {
    if (!used.has(label)) throw invalidInput(`The tag ${inlineKeyPrefix}${label} continues nothing.`);
  }
  return keys;
}

/** Whether a tag says which keys are trusted. */
export function isInlineKey(tagKey: string): boolean {
  return tagKey.toLowerCase().startsWith(inlineKeyPrefix);
}
