import { AwsError } from "@hotkeep/core";

/** The headers of one request by lower-case name; values are trimmed, repeated headers joined with a comma. */
export interface Headers {
  get(name: string): string | undefined;
  has(name: string): boolean;
}

/** Kept of what clients send: names of headers, in their order. */
const headerNamesMax = 16;

/** Reads headers. Requests of one client have the same ones in the same order, which so is found out once. */
export class HeaderReader {
  /** The last one used is the first. */
  readonly #known: HeaderNames[] = [];

  /** @param rawHeaders name, value, name, value … as received */
  read(rawHeaders: readonly string[]): Headers {
    const names = this.#names(rawHeaders);
    return names.repeated ? joinedHeaders(rawHeaders) : new ReceivedHeaders(names, rawHeaders);
  }

  #names(rawHeaders: readonly string[]): HeaderNames {
    const known = this.#known;
    for (let i = 0; i < known.length; i++) {
      const names = known[i]!;
      if (!names.areOf(rawHeaders)) continue;
      if (i > 0) known[i] = known[0]!;
      known[0] = names;
      return names;
    }
    const names = new HeaderNames(rawHeaders);
    if (known.length === headerNamesMax) known.pop();
    known.unshift(names);
    return names;
  }
}

/** The names of some request's headers, and where each one's value stands. */
class HeaderNames {
  readonly #raw: readonly string[];
  readonly places: ReadonlyMap<string, number>;
  /** A name comes twice. */
  readonly repeated: boolean;

  constructor(rawHeaders: readonly string[]) {
    const raw = rawHeaders.filter((_, i) => i % 2 === 0);
    this.#raw = raw;
    this.places = new Map(raw.map((name, i) => [name.toLowerCase(), 2 * i + 1]));
    this.repeated = this.places.size < raw.length || rawHeaders.length % 2 === 1;
  }

  areOf(rawHeaders: readonly string[]): boolean {
    const raw = this.#raw;
    if (rawHeaders.length !== 2 * raw.length) return false;
    for (let i = 0; i < raw.length; i++) if (rawHeaders[2 * i] !== raw[i]) return false;
    return true;
  }
}

class ReceivedHeaders implements Headers {
  readonly #names: HeaderNames;
  readonly #rawHeaders: readonly string[];

  constructor(names: HeaderNames, rawHeaders: readonly string[]) {
    this.#names = names;
    this.#rawHeaders = rawHeaders;
  }

  get(name: string): string | undefined {
    const place = this.#names.places.get(name);
    return place === undefined ? undefined : trimmed(this.#rawHeaders[place]!);
  }

  has(name: string): boolean {
    return this.#names.places.has(name);
  }
}

const space = 0x20;
const rubout = 0x7f;

/** A header's value without space around it. Looks first: hardly any needs trimming. */
export function trimmed(value: string): string {
  const first = value.charCodeAt(0);
  const last = value.charCodeAt(value.length - 1);
  return first > space && first < rubout && last > space && last < rubout ? value : value.trim();
}

function joinedHeaders(rawHeaders: readonly string[]): Headers {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    const value = rawHeaders[i + 1]!.trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return headers;
}

/** Reads name, value, name, value … as received. */
export function readHeaders(rawHeaders: readonly string[]): Headers {
  return new HeaderReader().read(rawHeaders);
}

/** The path of a request's URL as received, without the query. */
export function pathOf(url: string): string {
  const mark = url.indexOf("?");
  return mark < 0 ? url : url.slice(0, mark);
}

/** The query of a request's URL as received, without the question mark. */
export function queryOf(url: string): string {
  const mark = url.indexOf("?");
  return mark < 0 ? "" : url.slice(mark + 1);
}

/**
 * The parameters of a URL's query in order, percent-decoded. A plus sign stays one: signatures are made over it as
 * such, so reading it as a space would let two different requests share a signature.
 *
 * @throws AwsError `MalformedQueryString` for a broken percent escape.
 */
export function readUrlQuery(query: string): [name: string, value: string][] {
  if (query === "") return [];
  const parameters: [string, string][] = [];
  for (const part of query.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    parameters.push(
      equals < 0
        ? [percentDecode(part), ""]
        : [percentDecode(part.slice(0, equals)), percentDecode(part.slice(equals + 1))],
    );
  }
  return parameters;
}

/** @throws AwsError `MalformedQueryString` for a broken percent escape or one that is not UTF-8. */
export function percentDecode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new AwsError("MalformedQueryString", "The query string contains a syntax error", { status: 404, cause });
  }
}
