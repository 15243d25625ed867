import { type Decimal, decimal, formatDecimal, parseDecimal } from "../numbers/decimal.js";

// Layout: one byte for the sign, one for the place of the point, a byte for each pair of digits, an end mark. A
// negative number is its magnitude with every byte turned over, so that larger magnitudes come first.
const negativeByte = 0x01;
const zeroByte = 0x02;
const positiveByte = 0x03;
/** Added to the point (-129..126 over DynamoDB's range) to make a byte. */
const pointBias = 129;
const endByte = 0x00;

/** Longest encoding of a number. */
export const numberBytesMax = 22;

/** Encodes a canonical number so that unsigned byte order is numeric order; no encoding begins another. */
export function encodeNumber(text: string): Buffer {
  const { negative, digits, point } = parseDecimal(text)!;
  if (digits === "") return Buffer.from([zeroByte]);
  const pairs = Math.ceil(digits.length / 2);
  const bytes = Buffer.allocUnsafe(pairs + 3);
  bytes[0] = negative ? negativeByte : positiveByte;
  bytes[1] = point + pointBias;
  for (let i = 0; i < pairs; i++) {
    const tens = digits.charCodeAt(2 * i) - 48;
    const ones = 2 * i + 1 < digits.length ? digits.charCodeAt(2 * i + 1) - 48 : 0;
    bytes[i + 2] = tens * 10 + ones + 1;
  }
  bytes[pairs + 2] = endByte;
  if (negative) for (let i = 1; i < bytes.length; i++) bytes[i] = 0xff - bytes[i]!;
  return bytes;
}

/** The canonical text of {@link encodeNumber}'s bytes. */
export function decodeNumber(bytes: Uint8Array): string {
  return formatDecimal(toDecimal(bytes));
}

function toDecimal(bytes: Uint8Array): Decimal {
  const sign = bytes[0];
  if (sign === zeroByte && bytes.length === 1) return decimal(false, "", 0);
  if ((sign !== negativeByte && sign !== positiveByte) || bytes.length < 4) {
    throw new RangeError("these bytes are no encoded number");
  }
  const turn = sign === negativeByte ? 0xff : 0;
  let digits = "";
  for (let i = 2; i < bytes.length - 1; i++) digits += String((bytes[i]! ^ turn) - 1).padStart(2, "0");
  return decimal(sign === negativeByte, digits, (bytes[1]! ^ turn) - pointBias);
}
