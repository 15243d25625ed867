import { AwsError } from "@hotkeep/core";

/** The headers of one request by lower-case name; values are trimmed, repeated headers joined with a comma. */
export type Headers = ReadonlyMap<string, string>;

/** Reads name, value, name, value … as received. */
export function readHeaders(rawHeaders: readonly string[]): Headers {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    const value = rawHeaders[i + 1]!.trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return headers;
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
