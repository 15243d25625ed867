import type { Rows } from "./rows.js";
import type { Storage } from "./storage.js";
import type { WriteTransaction } from "./write-transaction.js";

/** Expired tokens that one transaction clears away, so that the rows of past requests do not pile up. */
const clearedPerTransactionMax = 8;
const expiryDigits = 14;

/** A ClientRequestToken of an account and Region. */
export interface RequestToken {
  readonly account: string;
  readonly region: string;
  readonly token: string;
}

/**
 * Remembers ClientRequestTokens and a digest of what was asked with them. A token's row and the transaction it stands
 * for are written in one commit, so a retry after a crash finds both or neither.
 */
export function findToken(storage: Storage, token: RequestToken, now: number): Buffer | undefined {
  const row = storage.tokens.get(tokenKey(token));
  return row === undefined || expiryOf(row) <= now ? undefined : row.subarray(8);
}

/** Remembers a token until `expiresAt` (milliseconds since the epoch) and forgets some that have expired by `now`. */
export function rememberToken(
  storage: Storage,
  transaction: WriteTransaction,
  token: RequestToken,
  digest: Buffer,
  now: number,
  expiresAt: number,
): void {
  let cleared = 0;
  for (const { key, value } of storage.tokens.range({ from: expiryKey(0, ""), to: expiryKey(now, "") })) {
    if (cleared++ === clearedPerTransactionMax) break;
    transaction.remove(storage.tokens, key);
    const row = storage.tokens.get(value);
    if (row !== undefined && expiryOf(row) <= now) transaction.remove(storage.tokens, value);
  }
  const expiry = Buffer.allocUnsafe(8);
  expiry.writeBigUInt64BE(BigInt(expiresAt), 0);
  transaction.put(storage.tokens, tokenKey(token), Buffer.concat([expiry, digest]));
  transaction.put(storage.tokens, expiryKey(expiresAt, nameOf(token)), tokenKey(token));
}

/**
 * Counts the tokens in stored rows and tells those that would never be cleared away: without their row in the order of
 * expiry.
 */
export function tokenFaults(rows: Rows, tell: (fault: string) => void): number {
  let tokens = 0;
  for (const { key, value } of rows.range({ from: Buffer.from("t/"), to: Buffer.from("t0") })) {
    tokens++;
    const name = key.toString("utf8").slice("t/".length);
    const due = rows.get(expiryKey(expiryOf(value), name));
    if (due === undefined || !due.equals(key)) tell(`token ${name} has no time at which it is cleared away`);
  }
  return tokens;
}

function nameOf({ account, region, token }: RequestToken): string {
  return `${account}/${region}/${token}`;
}

function tokenKey(token: RequestToken): Buffer {
  return Buffer.from(`t/${nameOf(token)}`, "utf8");
}

function expiryKey(at: number, name: string): Buffer {
  return Buffer.from(`e/${String(at).padStart(expiryDigits, "0")}/${name}`, "utf8");
}

function expiryOf(row: Buffer): number {
  return Number(row.readBigUInt64BE(0));
}
