import { unreadable } from "../errors.js";

const alphabet = /^[A-Za-z0-9+/]*={0,2}$/;
/** The last letters whose unused low bits are zero, before one and before two pad characters. */
const lastBeforeOne = "AEIMQUYcgkosw048";
const lastBeforeTwo = "AQgw";

/**
 * Checks that parsed JSON is the canonical base64 text of some bytes (standard alphabet, padded) and returns it.
 * Nothing is decoded.
 * @throws AwsError SerializationException
 */
export function checkBase64(json: unknown): string {
  if (typeof json !== "string") {
    if (Array.isArray(json)) throw unreadable("Unrecognized collection type class java.nio.ByteBuffer");
    if (typeof json === "object") throw unreadable("Start of structure or map found where not expected");
    throw unreadable("only base-64-encoded strings are convertible to bytes");
  }
  if (json.length % 4 !== 0) {
    throw unreadable(`Base64 encoded length is expected a multiple of 4 bytes but found: ${json.length}`);
  }
  // The service's own spelling.
  if (!alphabet.test(json) || !endsClean(json)) {
    throw unreadable("Invalid last non-pad Base64 character dectected");
  }
  return json;
}

function endsClean(text: string): boolean {
  if (!text.endsWith("=")) return true;
  return text.endsWith("==") ? lastBeforeTwo.includes(text.at(-3)!) : lastBeforeOne.includes(text.at(-2)!);
}

/** How many bytes canonical base64 text stands for. */
export function base64Bytes(text: string): number {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return (text.length / 4) * 3 - padding;
}
