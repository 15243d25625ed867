import type { RepeatableHead } from "./http/repeatable-head.js";
import type { SignedHead } from "./sigv4/signed-head.js";

/** One HTTP request, body read, as the gateway's server hands it over. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query exactly as received. */
  readonly url: string;
  /** Name, value, name, value … as received, in order and case. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** The body was longer than the server keeps; what there is of it is in `body`. */
  readonly bodyTooLong?: boolean;
  /** The peer's address. */
  readonly remoteAddress: string;
  /** True when the connection is TLS. */
  readonly secure: boolean;
  /** Its head, when the server expects it to come again. */
  readonly head?: RepeatableHead | undefined;
  /** The head that has taken it, which says that its signature is right. */
  readonly signed?: SignedHead | undefined;
}

/** What goes back; the server adds Content-Length and Date. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** All of `headers` as they go out, each with its line's end, where whoever made them knows that nothing in them ends a line. */
  readonly headerLines?: string;
  readonly body: Buffer | string;
}
