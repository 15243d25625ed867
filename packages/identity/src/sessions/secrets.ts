import { type Random, uniqueId } from "@hotkeep/core";

/** A secret access key: 40 characters of the base64 alphabet, 240 random bits. */
export function newSecretAccessKey(random: Random): string {
  return Buffer.from(random.bytes(30)).toString("base64");
}

/** A session token: opaque, 288 random bytes. */
export function newSessionToken(random: Random): string {
  return Buffer.from(random.bytes(288)).toString("base64");
}

/** `AKIA` and 16 characters. */
export function newAccessKeyId(random: Random): string {
  return uniqueId(random, "AKIA", 16);
}

/** `ASIA` and 16 characters. */
export function newSessionKeyId(random: Random): string {
  return uniqueId(random, "ASIA", 16);
}
