import { CborReader } from "./cbor/reader.js";
import { ValueScanner } from "./cbor/value-scanner.js";
import { WireError } from "./errors.js";
import { preambleBytesMax } from "./limits.js";

/** The text `J7yne5G` as clients send it. Observed with all clients. */
export const preambleMagic: Buffer = Buffer.from("674a37796e653547", "hex");

/** Magic, layering, session, headers, client mode. */
const preambleValues = 5;

/** What a client says once, straight after connecting; it gets no answer. */
export interface Preamble {
  /** Offset behind the preamble. */
  readonly end: number;
  /** Bytes, text or null, depending on the client; has no meaning that a server must act on. */
  readonly session: Buffer | string | null;
  readonly headers: ReadonlyMap<string, string>;
  /** The header `UserAgent`. */
  readonly userAgent: string | null;
}

// The preamble is short and read in one go, so one scanner serves all connections.
const scanner = new ValueScanner();

/**
 * Reads the connection preamble that starts at `start`; undefined when it is not complete at `end`.
 * @throws WireError as soon as the bytes cannot be a preamble; then the connection has to be closed
 */
export function readPreamble(buffer: Buffer, start: number, end: number): Preamble | undefined {
  const compared = Math.min(preambleMagic.length, end - start);
  if (buffer.compare(preambleMagic, 0, compared, start, start + compared) !== 0) {
    throw new WireError("malformed", "This is not a DAX connection: the preamble does not start with the magic text");
  }
  scanner.begin(preambleValues, 0);
  const preambleEnd = scanner.scan(buffer, start, end);
  if ((preambleEnd < 0 ? end : preambleEnd) - start > preambleBytesMax) {
    throw new WireError("too-large", `The preamble is longer than ${preambleBytesMax} bytes`);
  }
  if (preambleEnd < 0) return undefined;
  try {
    return decodePreamble(new CborReader(buffer, start + preambleMagic.length, preambleEnd));
  } catch (cause) {
    if (cause instanceof WireError) throw cause;
    throw new WireError("malformed", `The preamble is wrong: ${(cause as Error).message}`);
  }
}

function decodePreamble(reader: CborReader): Preamble {
  const layering = reader.integer("the layering");
  if (layering !== 0) throw new WireError("malformed", `There is no layering ${layering}`);
  let session: Buffer | string | null = null;
  if (reader.kind() === "bytes") session = Buffer.from(reader.bytes("the session"));
  else if (!reader.nullIfThere()) session = reader.text("the session");
  const headers = new Map<string, string>();
  const count = reader.mapStart("the headers");
  for (let done = 0; reader.more(count, done); done++) {
    const name = reader.text("a header's name");
    headers.set(name, reader.text("a header's value"));
  }
  const mode = reader.integer("the client mode");
  if (mode !== 0) throw new WireError("malformed", `There is no client mode ${mode}`);
  return { end: reader.position, session, headers, userAgent: headers.get("UserAgent") ?? null };
}
