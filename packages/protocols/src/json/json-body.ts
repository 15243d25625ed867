import { isUtf8 } from "node:buffer";
import { jsonDepthMax } from "../limits.js";
import { serializationError } from "./json-reader.js";

const quote = 0x22;
const backslash = 0x5c;

/**
 * Parses a request's body.
 *
 * @throws CommonAwsError `Serialization` for what is no JSON object in UTF-8, or nests deeper than jsonDepthMax.
 */
export function parseJsonBody(body: Buffer): unknown {
  if (!isUtf8(body)) throw serializationError("The body is not valid UTF-8");
  // Shorter ones have not so many brackets.
  if (body.length > jsonDepthMax) checkDepth(body);
  let json: unknown;
  try {
    json = JSON.parse(body.toString("utf8"));
  } catch (cause) {
    throw serializationError("The body is not valid JSON", cause);
  }
  return json;
}

/** Counts brackets outside strings: cheap, and before anything is built that is expensive to walk or to free. */
function checkDepth(body: Buffer): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i]!;
    if (inString) {
      if (byte === backslash) i++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    // `[` and `{` differ from each other, and `]` from `}`, in one bit.
    else if ((byte & 0xdf) === 0x5b) {
      if (++depth > jsonDepthMax) throw serializationError(`The body nests deeper than ${jsonDepthMax} levels`);
    } else if ((byte & 0xdf) === 0x5d) depth--;
  }
}
