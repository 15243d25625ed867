import { ec2Error, invalidValue } from "../errors.js";
import { networkLimits } from "../limits.js";

interface PageInput {
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** A part of a long answer. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
}

/**
 * The page of `items` (ordered by id) that a describing call asks for. The token names the last item told, so changes
 * between two pages neither repeat nor skip an item that stays.
 *
 * @throws AwsError `InvalidParameterValue`, `InvalidParameterCombination`
 */
export function pageOf<Item>(
  items: readonly Item[],
  idOf: (item: Item) => string,
  input: PageInput,
  ids: readonly string[] | undefined,
): Page<Item> {
  const { MaxResults: max, NextToken: token } = input;
  const { pageSizeMin, pageSizeMax } = networkLimits;
  if (max !== undefined) {
    if (ids !== undefined && ids.length > 0) {
      throw ec2Error(
        "InvalidParameterCombination",
        "The parameter MaxResults cannot be used together with a list of ids in the request",
      );
    }
    if (max < pageSizeMin || max > pageSizeMax) {
      throw invalidValue(
        `Value ( ${max} ) for parameter maxResults is invalid. Expecting a value between ${pageSizeMin} and ${pageSizeMax}.`,
      );
    }
  }
  const after = token === undefined ? "" : readToken(token);
  const rest = items.filter((item) => idOf(item) > after);
  const size = max ?? pageSizeMax;
  if (rest.length <= size) return { items: rest };
  const shown = rest.slice(0, size);
  return { items: shown, nextToken: Buffer.from(`after:${idOf(shown.at(-1)!)}`).toString("base64url") };
}

function readToken(token: string): string {
  const text = Buffer.from(token, "base64url").toString("utf8");
  if (!text.startsWith("after:")) throw invalidValue("Invalid value for parameter nextToken");
  return text.slice("after:".length);
}

/** NextToken as a member to spread: absent when there is no next page. */
export function nextTokenOf(page: Page<unknown>): { readonly NextToken?: string } {
  return page.nextToken === undefined ? {} : { NextToken: page.nextToken };
}
