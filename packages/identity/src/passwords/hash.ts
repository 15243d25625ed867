import { type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import type { Random } from "@hotkeep/core";

const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** log2 of scrypt's cost: 32 MiB and some tens of milliseconds a password. */
const costBits = 15;
const BLOCK_SIZE = 8;
const scryptBytesMax = 64 * 1024 * 1024;

function derive(password: string, salt: Uint8Array, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // Accents can be typed in two ways; they are one password.
    scrypt(password.normalize("NFKC"), salt, HASH_BYTES, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

function optionsFor(bits: number): ScryptOptions {
  return { N: 2 ** bits, r: BLOCK_SIZE, p: 1, maxmem: scryptBytesMax };
}

/** `scrypt.COST.SALT.HASH`: the cost is kept, so that raising it leaves older passwords good. */
export async function hashPassword(password: string, random: Random): Promise<string> {
  const salt = Buffer.from(random.bytes(SALT_BYTES));
  const hash = await derive(password, salt, optionsFor(costBits));
  return `scrypt.${costBits}.${salt.toString("base64url")}.${hash.toString("base64url")}`;
}

/** Whether a password is the one that was hashed; takes the same time whatever differs. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [scheme, bits = "", salt = "", hash = ""] = stored.split(".");
  if (scheme !== "scrypt") return false;
  const expected = Buffer.from(hash, "base64url");
  const found = await derive(password, Buffer.from(salt, "base64url"), optionsFor(Number(bits)));
  return expected.length === found.length && timingSafeEqual(expected, found);
}
