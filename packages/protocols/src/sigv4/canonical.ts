import type { Headers } from "../http/headers.js";

/** Percent-encodes all but the unreserved characters of RFC 3986, in upper-case hexadecimal. */
export function uriEncode(text: string): string {
  // Lone surrogates, which encodeURIComponent throws at, do not survive UTF-8.
  const encodable = /[\ud800-\udfff]/.test(text) ? Buffer.from(text, "utf8").toString("utf8") : text;
  return encodeURIComponent(encodable).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * The canonical path for every service but S3: dot segments resolved, empty ones dropped, and each segment of the path
 * as received (which is encoded once already) encoded again.
 */
export function canonicalPath(path: string): string {
  if (path === "/" || path === "") return "/";
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") segments.pop();
    else segments.push(uriEncode(segment));
  }
  if (segments.length === 0) return "/";
  return `/${segments.join("/")}${path.endsWith("/") ? "/" : ""}`;
}

/** The canonical query of decoded parameters: encoded, sorted by name, then value. */
export function canonicalQuery(parameters: readonly (readonly [name: string, value: string])[]): string {
  return parameters
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** The block of canonical headers; a signed header that is not there counts as empty. */
export function canonicalHeaders(headers: Headers, signedHeaders: readonly string[]): string {
  return new CanonicalLines(signedHeaders).of(headers);
}

/** Makes the blocks of canonical headers of requests that all sign the same ones, most of them with the same values. */
export class CanonicalLines {
  readonly #names: readonly string[];
  readonly #values: string[] = [];
  readonly #lines: string[] = [];

  /** @param signedHeaders in lower case */
  constructor(signedHeaders: readonly string[]) {
    this.#names = signedHeaders;
  }

  of(headers: Headers): string {
    const names = this.#names;
    let block = "";
    for (let i = 0; i < names.length; i++) {
      const value = headers.get(names[i]!) ?? "";
      if (value !== this.#values[i]) {
        this.#values[i] = value;
        this.#lines[i] = canonicalLine(names[i]!, value);
      }
      block += this.#lines[i]!;
    }
    return block;
  }
}

/** One line of the block of canonical headers. */
export function canonicalLine(name: string, value: string): string {
  return `${name}:${value.includes("  ") || value.includes("\t") ? value.replace(/\s+/g, " ") : value}\n`;
}
