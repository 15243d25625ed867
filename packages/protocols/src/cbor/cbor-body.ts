import { decode, encode, Tagged, Token, Type } from "cborg";
import { serializationError } from "../json/json-reader.js";

/** Epoch seconds (RFC 8949). */
const timeTag = 1;

/** A number that goes out as a float although it may be whole: clients with types look for one. */
class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Marks a number to be written as a 64-bit float. */
export function cborFloat(value: number): unknown {
  return new Float(value);
}

/** Seconds since 1970 with the tag for times. */
export function cborTime(value: Date): unknown {
  return new Tagged(timeTag, new Float(value.getTime() / 1000));
}

/**
 * Parses a request's body: maps as Map, times as Date.
 *
 * @throws CommonAwsError `Serialization` for what is no CBOR in the form of Smithy's RPC v2 protocol
 */
export function parseCborBody(body: Buffer): unknown {
  if (body.length === 0) return new Map();
  try {
    return decode(body, {
      useMaps: true,
      rejectDuplicateMapKeys: true,
      tags: { [timeTag]: (inner) => timeOf(inner()) },
    });
  } catch (cause) {
    throw serializationError("The body is not valid CBOR", cause);
  }
}

/** The bytes of a value made of plain objects, lists and scalars. */
export function printCborBody(value: unknown): Buffer {
  const bytes = encode(value, {
    float64: true,
    ignoreUndefinedProperties: true,
    typeEncoders: { Object: (each: unknown) => (each instanceof Float ? [new Token(Type.float, each.value)] : null) },
  });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function timeOf(seconds: unknown): Date {
  const time = new Date(Math.round(Number(seconds) * 1000));
  if (typeof seconds !== "number" || Number.isNaN(time.getTime())) throw new Error("the tagged value is no time");
  return time;
}
