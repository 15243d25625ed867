import { HotkeepError } from "@hotkeep/core";
import { keyBytesMax, valueBytesMax } from "./limits.js";
import type { Json } from "./store.js";

/** A key's bytes. @throws HotkeepError `StateKey` when it is empty, too long or not well-formed Unicode. */
export function keyBytes(key: string): Buffer {
  const bytes = Buffer.from(key, "utf8");
  if (bytes.length === 0) throw new HotkeepError("StateKey", "A state key must not be empty.");
  if (bytes.length > keyBytesMax) {
    throw new HotkeepError("StateKey", `A state key of ${bytes.length} bytes is longer than ${keyBytesMax}.`);
  }
  // A lone surrogate would come back as another key.
  if (bytes.toString("utf8") !== key) throw new HotkeepError("StateKey", "A state key must be well-formed Unicode.");
  return bytes;
}

/** A value's text. @throws HotkeepError `StateValue` when it is not JSON or too long. */
export function valueText(key: string, value: Json): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new HotkeepError("StateValue", `The value of \`${key}\` is not JSON.`);
  const bytes = Buffer.byteLength(text);
  if (bytes > valueBytesMax) {
    throw new HotkeepError("StateValue", `The value of \`${key}\` has ${bytes} bytes, more than ${valueBytesMax}.`);
  }
  return text;
}

/** UTF-8 byte order of two well-formed strings. */
export function compareKeys(a: string, b: string): number {
  // UTF-16 order differs from UTF-8 order only where surrogates meet U+E000 and above; bytes settle it.
  return a === b ? 0 : Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
}
