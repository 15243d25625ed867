import { STATUS_CODES } from "node:http";
import type { HttpResponse } from "@hotkeep/protocols";

/** What a connection adds to an answer. */
export interface Envelope {
  /** The `Date` header's value. */
  readonly date: string;
  /** How long the connection stays open for a next request; undefined: it is closed. */
  readonly keepAliveSeconds: number | undefined;
}

// Control characters end a header's line; none of our answers has them, and none ever may.
const unsafeInHeader = /[^\t\x20-\x7e\x80-\xff]/;

/** The head of an answer, to be sent as latin1. @throws Error for a header that would break out of its line. */
export function answerHead(response: HttpResponse, bodyBytes: number, envelope: Envelope): string {
  const { status, headerLines } = response;
  const statusLine =
    status === 200 ? "HTTP/1.1 200 OK\r\n" : `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "unknown"}\r\n`;
  const lines = headerLines ?? linesOf(response.headers);
  if (hasNoBody(status)) return statusLine + lines + headEnd(envelope);
  return `${statusLine}${lines}content-length: ${bodyBytes}\r\n${headEnd(envelope)}`;
}

function linesOf(headers: HttpResponse["headers"]): string {
  let lines = "";
  for (const name in headers) {
    const value = headers[name]!;
    if (unsafeInHeader.test(value))
      throw new Error(`the answer's header \`${name}\` has characters that no header can have`);
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

/** The same for a second's answers. */
let lastEnd: Envelope & { readonly text: string } = { date: "", keepAliveSeconds: undefined, text: "" };

function headEnd({ date, keepAliveSeconds }: Envelope): string {
  if (date === lastEnd.date && keepAliveSeconds === lastEnd.keepAliveSeconds) return lastEnd.text;
  const connection = keepAliveSeconds === undefined ? "close" : `keep-alive\r\nKeep-Alive: timeout=${keepAliveSeconds}`;
  lastEnd = { date, keepAliveSeconds, text: `Date: ${date}\r\nConnection: ${connection}\r\n\r\n` };
  return lastEnd.text;
}

/** Statuses whose answers end with their headers (RFC 9110). */
export function hasNoBody(status: number): boolean {
  return status === 204 || status === 304 || status < 200;
}
