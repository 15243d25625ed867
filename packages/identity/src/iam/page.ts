import { validation } from "../errors.js";

const pageDefault = 100;

/** Which part of a list is wanted. */
export interface PageInput {
  readonly Marker?: string;
  readonly MaxItems?: number;
}

/** One page, with what the answer says about there being more. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly rest: { readonly IsTruncated: boolean; readonly Marker?: string };
}

/**
 * Cuts a page out of a list. The marker holds the last item's sort key, so that it stays good when items come and go.
 *
 * @param keyOf gives each item a different key; letter case does not count
 */
export function paginate<T>(all: Iterable<T>, keyOf: (item: T) => string, input: PageInput): Page<T> {
  const after = input.Marker === undefined ? undefined : readMarker(input.Marker);
  const keyed = [...all].map((item) => ({ item, key: keyOf(item).toLowerCase() }));
  return cut(
    keyed
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
      .filter(({ key }) => after === undefined || key > after),
    input,
  );
}

/** As {@link paginate} for lists that have their order already; `keyOf` must grow along the list. */
function cut<T>(left: readonly { readonly item: T; readonly key: string }[], input: PageInput): Page<T> {
  const page = left.slice(0, input.MaxItems ?? pageDefault);
  const items = page.map(({ item }) => item);
  if (page.length === left.length) return { items, rest: { IsTruncated: false } };
  const marker = Buffer.from(JSON.stringify([page.at(-1)!.key])).toString("base64url");
  return { items, rest: { IsTruncated: true, Marker: marker } };
}

/** As {@link paginate} for lists in an order of their own: the place in the list is the key. */
export function paginateInOrder<T>(all: readonly T[], input: PageInput): Page<T> {
  const places = all.map((item, at) => ({ item, at }));
  const page = paginate(places, ({ at }) => String(at).padStart(8, "0"), input);
  return { items: page.items.map(({ item }) => item), rest: page.rest };
}

function readMarker(marker: string): string {
  try {
    const parts: unknown = JSON.parse(Buffer.from(marker, "base64url").toString("utf8"));
    if (Array.isArray(parts) && parts.length === 1 && typeof parts[0] === "string") return parts[0];
  } catch {
    // Falls through to the refusal.
  }
  throw validation("Invalid Marker.");
}
