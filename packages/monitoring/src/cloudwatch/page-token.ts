import { AwsError } from "@hotkeep/core";

/** A page of a list, and where the next one begins. @throws AwsError `InvalidNextToken` */
export function pageAfter<T>(
  all: readonly T[],
  token: string | undefined,
  itemsMax: number,
): { readonly items: readonly T[]; readonly next: string | undefined } {
  const from = token === undefined ? 0 : readToken(token);
  const to = from + itemsMax;
  return { items: all.slice(from, to), next: to < all.length ? writeToken(to) : undefined };
}

/** A place in a list as a token. */
export function writeToken(place: number): string {
  return Buffer.from(`${place}`).toString("base64url");
}

/** @throws AwsError `InvalidNextToken` for what is not one of ours */
export function readToken(token: string): number {
  const text = Buffer.from(token, "base64url").toString();
  if (!/^\d{1,9}$/.test(text)) throw new AwsError("InvalidNextToken", "The next token specified is invalid.");
  return Number(text);
}
