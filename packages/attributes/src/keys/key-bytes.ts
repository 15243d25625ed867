import type { AttributeValue, KeyType } from "../value.js";
import { contentOf } from "../values/attribute-type.js";
import { decodeNumber, encodeNumber, numberBytesMax } from "./number-bytes.js";

/**
 * A key attribute's value as bytes whose unsigned order is DynamoDB's order: UTF-8 for S, the bytes themselves for B,
 * at most 22 bytes for N. The value must be of that type, its number canonical.
 */
export function encodeKeyBytes(value: AttributeValue, type: KeyType): Buffer {
  const text = contentOf(value) as string;
  switch (type) {
    case "S":
      return Buffer.from(text, "utf8");
    case "B":
      return Buffer.from(text, "base64");
    case "N":
      return encodeNumber(text);
  }
}

/** More bytes than {@link encodeKeyBytes} makes of a value have: a UTF-16 unit takes at most three. */
export function keyBytesMax(value: AttributeValue): number {
  return (contentOf(value) as string).length * 3 + numberBytesMax;
}

/** Writes what {@link encodeKeyBytes} makes of a value, where there is room for it. Returns how many bytes that are. */
export function writeKeyBytes(value: AttributeValue, type: KeyType, target: Buffer, at: number): number {
  const text = contentOf(value) as string;
  switch (type) {
    case "S":
      return writeText(text, target, at);
    case "B":
      return target.write(text, at, "base64");
    case "N":
      return encodeNumber(text).copy(target, at);
  }
}

/** Texts up to this many characters are written here: calling out of the engine costs more. */
const writtenCharactersMax = 48;

function writeText(text: string, target: Buffer, at: number): number {
  if (text.length > writtenCharactersMax) return target.write(text, at, "utf8");
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return target.write(text, at, "utf8");
    target[at + i] = code;
  }
  return text.length;
}

/** The value that {@link encodeKeyBytes} made `bytes` of. */
export function decodeKeyBytes(bytes: Uint8Array, type: KeyType): AttributeValue {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case "S":
      return { S: view.toString("utf8") };
    case "B":
      return { B: view.toString("base64") };
    case "N":
      return { N: decodeNumber(bytes) };
  }
}
