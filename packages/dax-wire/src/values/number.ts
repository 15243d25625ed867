import { normalizeNumber } from "@hotkeep/attributes";
import type { CborReader } from "../cbor/reader.js";
import type { CborWriter } from "../cbor/writer.js";
import { malformedRequest } from "../errors.js";
import { bignumBytesMax } from "../limits.js";
import { integerDigits, parseDecimal } from "./decimal.js";

const positiveBignum = 2;
const negativeBignum = 3;
const decimalFraction = 4;
const int64Max = 2n ** 63n - 1n;
const int64Min = -(2n ** 63n);

/**
 * Reads a number in any of the encodings that clients use (integer, tag 2 or 3, tag 4, float) and returns its
 * canonical text. A float stands for the shortest decimal that reads back as the same double.
 * @throws AwsError ValidationException, also for numbers outside of DynamoDB's range or with more than 38 digits
 */
export function readNumber(reader: CborReader): string {
  switch (reader.kind()) {
    case "integer":
      return reader.bigInteger("a number").toString();
    case "float": {
      const value = reader.float("a number");
      if (!Number.isFinite(value)) throw malformedRequest("a number is infinite or not a number");
      return normalizeNumber(String(value));
    }
    case "tag":
      return readTaggedNumber(reader, reader.tag("a number"));
    default:
      throw malformedRequest("a number is not encoded as a number");
  }
}

/** Reads what follows tag 2, 3 or 4. */
export function readTaggedNumber(reader: CborReader, tag: number): string {
  if (tag === positiveBignum || tag === negativeBignum) return normalizeNumber(readBignum(reader, tag).toString());
  if (tag !== decimalFraction) throw malformedRequest(`a number has the tag ${tag}`);
  const count = reader.arrayStart("a decimal");
  if (count !== 2) throw malformedRequest("a decimal is not a pair of exponent and mantissa");
  const exponent = reader.integer("a decimal's exponent");
  const mantissa =
    reader.kind() === "tag"
      ? readBignum(reader, reader.tag("a decimal's mantissa"))
      : reader.bigInteger("a decimal's mantissa");
  // Far beyond every number that DynamoDB takes; kept short because the exponent could have 16 digits.
  const bounded = Math.max(-9_999, Math.min(9_999, exponent));
  return normalizeNumber(`${mantissa}e${bounded}`);
}

function readBignum(reader: CborReader, tag: number): bigint {
  if (tag !== positiveBignum && tag !== negativeBignum) throw malformedRequest(`a number has the tag ${tag}`);
  const bytes = reader.bytes("a large integer");
  if (bytes.length > bignumBytesMax) {
    throw malformedRequest(`an integer is longer than ${bignumBytesMax} bytes`);
  }
  const magnitude = bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString("hex")}`);
  return tag === positiveBignum ? magnitude : -1n - magnitude;
}

/**
 * Writes a number so that every client shows it as plainly as it can: a CBOR integer within 64 bits (signed), else tag
 * 4 with as many digits as the number has. Observed: clients differ in what they make of the other encodings.
 */
export function writeNumber(writer: CborWriter, text: string): void {
  if (text.length <= 15) {
    // Up to 15 digits a double is exact, so an integral double means an integral number.
    const value = Number(text);
    if (Number.isSafeInteger(value) && (value !== 0 || text === "0")) {
      writer.integer(value);
      return;
    }
  }
  const decimal = parseDecimal(text);
  const whole = integerDigits(decimal);
  const mantissa = BigInt(`${whole ?? decimal.digits}`) * (decimal.negative ? -1n : 1n);
  const small = mantissa >= int64Min && mantissa <= int64Max;
  if (whole !== undefined && small) {
    writer.integer(mantissa);
    return;
  }
  writer.tag(decimalFraction);
  writer.array(2);
  writer.integer(whole !== undefined ? 0 : decimal.exponent - decimal.digits.length);
  if (small) writer.integer(mantissa);
  else writeBignum(writer, mantissa);
}

function writeBignum(writer: CborWriter, value: bigint): void {
  writer.tag(value < 0n ? negativeBignum : positiveBignum);
  const hex = (value < 0n ? -1n - value : value).toString(16);
  writer.bytes(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex"));
}
