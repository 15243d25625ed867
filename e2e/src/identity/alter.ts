import type { WireRequest } from "./wire.js";

/** The value of a request's header. @throws Error when there is none: the case would test nothing */
export function header(request: WireRequest, name: string): string {
  const found = request.headers.find(([known]) => known === name);
  if (found === undefined) throw new Error(`the request has no header \`${name}\``);
  return found[1];
}

/** With another value in a header that is there. */
export function changed(request: WireRequest, name: string, change: (value: string) => string): WireRequest {
  const before = header(request, name);
  const after = change(before);
  if (after === before) throw new Error(`the header \`${name}\` was not changed`);
  return { ...request, headers: request.headers.map((line) => (line[0] === name ? [name, after] : line)) };
}

/** With one header line more, at the end. */
export function added(request: WireRequest, name: string, value: string): WireRequest {
  return { ...request, headers: [...request.headers, [name, value]] };
}

/** Without a header that is there. */
export function without(request: WireRequest, name: string): WireRequest {
  header(request, name);
  return { ...request, headers: request.headers.filter(([known]) => known !== name) };
}

/** With another `Authorization`. */
export const authorization = (request: WireRequest, change: (value: string) => string): WireRequest =>
  changed(request, "authorization", change);

/** With another signature in its `Authorization`. */
export const signature = (request: WireRequest, change: (value: string) => string): WireRequest =>
  authorization(request, (value) => value.replace(/(?<=Signature=).*$/, change));

/** With another credential in its `Authorization`; `change` gets key id, date, Region, service and terminator. */
export const credential = (request: WireRequest, change: (parts: string[]) => readonly string[]): WireRequest =>
  authorization(request, (value) =>
    value.replace(/(?<=Credential=)[^,]*/, (text) => change(text.split("/")).join("/")),
  );

/** With another URL. */
export function url(request: WireRequest, change: (url: string) => string): WireRequest {
  const after = change(request.url);
  if (after === request.url) throw new Error("the URL was not changed");
  return { ...request, url: after };
}

/** The digit, or letter, after the one given, in hexadecimal. */
export const nextDigit = (digit: string): string => ((Number.parseInt(digit, 16) + 1) % 16).toString(16);
