import { invalidValue } from "../errors.js";
import { daxQuotas } from "../limits.js";

/**
 * The page that a describing call asks for, of items in the order of their (unique, ascending) marks. The token names
 * the last item told.
 *
 * @throws AwsError `InvalidParameterValueException`
 */
export function pageOf<Item>(
  items: readonly Item[],
  markOf: (item: Item) => string,
  input: { readonly MaxResults?: number; readonly NextToken?: string },
): { readonly items: readonly Item[]; readonly next: { readonly NextToken?: string } } {
  const { pageSizeMin, pageSizeMax } = daxQuotas;
  const size = input.MaxResults ?? pageSizeMax;
  if (size < pageSizeMin || size > pageSizeMax) {
    throw invalidValue(`MaxResults must be between ${pageSizeMin} and ${pageSizeMax}.`);
  }
  const after = input.NextToken === undefined ? "" : readToken(input.NextToken);
  const rest = items.filter((item) => markOf(item) > after);
  if (rest.length <= size) return { items: rest, next: {} };
  const shown = rest.slice(0, size);
  return { items: shown, next: { NextToken: Buffer.from(`after:${markOf(shown.at(-1)!)}`).toString("base64url") } };
}

function readToken(token: string): string {
  const text = Buffer.from(token, "base64url").toString("utf8");
  if (!text.startsWith("after:")) throw invalidValue("The NextToken is not valid.");
  return text.slice("after:".length);
}
