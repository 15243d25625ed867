import { gunzipSync } from "node:zlib";
import { CommonAwsError } from "@hotkeep/core";
import { serializationError } from "./json-reader.js";

/**
 * A request's body as it was before its Content-Encoding (documented: SDKs may zip requests). It was signed as it came.
 *
 * @throws CommonAwsError `RequestTooLarge` when it becomes longer than `bytesMax`, `Serialization` for what is no gzip
 */
export function plainBody(body: Buffer, encoding: string, bytesMax: number): Buffer {
  const name = encoding.trim().toLowerCase();
  if (name === "identity" || name === "") return body;
  if (name !== "gzip") throw serializationError(`The content encoding ${encoding} is not supported`);
  try {
    return gunzipSync(body, { maxOutputLength: bytesMax });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      throw new CommonAwsError("RequestTooLarge", `The request must not be longer than ${bytesMax} bytes`);
    }
    throw serializationError("The body is not what its content encoding says");
  }
}
