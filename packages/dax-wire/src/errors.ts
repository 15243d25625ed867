import { AwsError } from "@hotkeep/core";

/**
 * Why a byte stream cannot go on: `malformed` (not CBOR, or a wrong preamble), `too-large`, `too-deep`, `unknown-method`, `wrong-service`.
 */
export type WireErrorKind = "malformed" | "too-large" | "too-deep" | "unknown-method" | "wrong-service";

/**
 * The stream is unreadable from here on: there is no way to find the next frame, so the connection has to be closed.
 * `closingResponse` tells whether an answer goes out first.
 */
export class WireError extends Error {
  readonly kind: WireErrorKind;

  constructor(kind: WireErrorKind, message: string) {
    super(message);
    this.name = "WireError";
    this.kind = kind;
  }
}

/**
 * A complete frame whose content has the wrong shape; the connection stays usable.
 * @param detail what is wrong, as a clause: `the key is not a byte string`
 */
export function malformedRequest(detail: string): AwsError {
  return new AwsError("ValidationException", `Malformed request: ${detail}`);
}
