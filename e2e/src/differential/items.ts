import type { Json, JsonObject } from "./json.js";

/** A value in the corpus' short form; `raw` puts DynamoDB's own form in, wrong ones too. */
export type Short = null | boolean | number | string | readonly Short[] | ShortMap | ReadonlySet<string | number> | Raw;

/** A map of short values. */
export interface ShortMap {
  readonly [name: string]: Short;
}

/** A value in the form of the API. */
export class Raw {
  readonly json: Json;

  constructor(json: Json) {
    this.json = json;
  }
}

/** The JSON as it stands, where an attribute value belongs. */
export const raw = (json: Json): Raw => new Raw(json);

/** A number by its spelling. */
export const number = (spelling: string): Raw => raw({ N: spelling });

/** Bytes by their base64 text. */
export const bytes = (base64: string): Raw => raw({ B: base64 });

/** A set of bytes by their base64 texts. */
export const byteSet = (...base64: readonly string[]): Raw => raw({ BS: base64 });

/** A set of strings or numbers. */
export const set = (...members: readonly (string | number)[]): ReadonlySet<string | number> => new Set(members);

/** An attribute value in the form of the API. */
export function shortValue(short: Short): Json {
  if (short instanceof Raw) return short.json;
  if (short === null) return { NULL: true };
  if (typeof short === "string") return { S: short };
  if (typeof short === "number") return { N: String(short) };
  if (typeof short === "boolean") return { BOOL: short };
  if (short instanceof Set) {
    const members = [...(short as ReadonlySet<string | number>)];
    return typeof members[0] === "number" ? { NS: members.map(String) } : { SS: members.map(String) };
  }
  if (Array.isArray(short)) return { L: (short as readonly Short[]).map(shortValue) };
  return { M: itemOf(short as ShortMap) };
}

/** An item in the form of the API. */
export function itemOf(short: ShortMap): JsonObject {
  return Object.fromEntries(Object.entries(short).map(([name, value]) => [name, shortValue(value)]));
}
