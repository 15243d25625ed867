import { normalizeNumber } from "@hotkeep/attributes";
import { malformedRequest } from "../errors.js";
import { integerDigits, parseDecimal } from "./decimal.js";

// Numbers in range keys: bytes whose unsigned order is the numbers' order. One header byte holds sign and exponent
// (the outermost values say that four more bytes follow), then come 10-bit units of three digits each and a last unit
// that says how many digits of the last group count. Observed with all clients.

const zero = 0x80;
const shortExponentMin = -62;
const shortExponentMax = 61;
/** Digits a key may have, trailing zeros included; ours. */
const digitsMax = 256;

/** Encodes a number given as text, integers of up to 38 digits with all their digits (clients show what is written). */
export function encodeLexicographicDecimal(text: string): Buffer {
  const decimal = parseDecimal(text);
  const digits = integerDigits(decimal) ?? decimal.digits;
  if (decimal.digits.length === 0) return Buffer.of(zero);
  const { negative, exponent } = decimal;
  const short = exponent >= shortExponentMin && exponent <= shortExponentMax;
  const groups = Math.ceil(digits.length / 3);
  const result = Buffer.alloc((short ? 1 : 5) + Math.ceil(((groups + 1) * 10) / 8));
  let at = 1;
  if (short) {
    result[0] = negative ? 0x3f - exponent : 0xc0 + exponent;
  } else {
    result[0] = exponent > 0 ? (negative ? 0x01 : 0xfe) : negative ? 0x7e : 0x81;
    at = result.writeUInt32BE((exponent ^ (negative ? 0x7fffffff : 0x80000000)) >>> 0, 1);
  }
  const padded = digits.padEnd(groups * 3, "0");
  let bits = 0;
  let bitCount = 0;
  const put = (unit: number): void => {
    bits = (bits << 10) | unit;
    bitCount += 10;
    while (bitCount >= 8) {
      bitCount -= 8;
      result[at++] = (bits >> bitCount) & 0xff;
    }
    bits &= (1 << bitCount) - 1;
  };
  for (let i = 0; i < padded.length; i += 3) {
    const group = Number(padded.slice(i, i + 3));
    put(negative ? 1011 - group : 12 + group);
  }
  const terminator = (digits.length + 2) % 3;
  put(negative ? 1023 - terminator : terminator);
  if (bitCount > 0) result[at] = (bits << (8 - bitCount)) & 0xff;
  return result;
}

/** Decodes to canonical number text; the number has to fill `start` to `end`. @throws AwsError ValidationException */
export function decodeLexicographicDecimal(buffer: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length === 1 && buffer[start] === zero) return "0";
  const exponent = exponentAt(buffer, start, end);
  if (exponent === undefined) throw malformedRequest("a number in a key does not begin as one");
  const negative = buffer[start]! < 0x80;
  const unitsStart = start + headerBytes(buffer[start]!);
  let digits = "";
  for (let index = 0; digits.length <= digitsMax; index++) {
    const raw = unitAt(buffer, unitsStart, end, index);
    const unit = raw < 0 || !negative ? raw : 1023 - raw;
    if (unit < 0) break;
    if (unit <= 2) {
      const counted = digits.length - 2 + unit;
      const rest = digits.slice(counted);
      const usedBytes = Math.ceil(((index + 1) * 10) / 8);
      if (digits === "" || rest !== "0".repeat(rest.length) || unitsStart + usedBytes !== end) break;
      // Far beyond every number that DynamoDB takes; kept short because the exponent could have ten digits.
      const bounded = Math.max(-9_999, Math.min(9_999, exponent));
      return normalizeNumber(`${negative ? "-" : ""}0.${digits.slice(0, counted)}e${bounded}`);
    }
    if (unit < 12 || unit > 1011) break;
    digits += String(unit - 12).padStart(3, "0");
  }
  throw malformedRequest("a number in a key is damaged");
}

/**
 * Whether the bytes are what {@link encodeLexicographicDecimal} makes of their number. Allocates nothing; meant for
 * bytes that {@link decodeLexicographicDecimal} accepts.
 */
export function isCanonicalLexicographicDecimal(buffer: Buffer, start: number, end: number): boolean {
  if (end - start === 1) return buffer[start] === zero;
  const exponent = exponentAt(buffer, start, end);
  if (exponent === undefined) return false;
  const header = headerBytes(buffer[start]!);
  if (header === 5 && exponent >= shortExponentMin && exponent <= shortExponentMax) return false;
  const negative = buffer[start]! < 0x80;
  const unitsStart = start + header;
  let group = -1;
  for (let index = 0; index <= digitsMax / 3; index++) {
    const raw = unitAt(buffer, unitsStart, end, index);
    if (raw < 0) return false;
    const unit = negative ? 1023 - raw : raw;
    if (unit > 2) {
      group = unit - 12;
      if (group < 0 || group > 999 || (index === 0 && group < 100)) return false;
      continue;
    }
    const lastDigits = unit === 0 ? 100 : unit === 1 ? 10 : 1;
    const usedBits = (index + 1) * 10;
    if (group < 0 || group % lastDigits !== 0 || unitsStart + Math.ceil(usedBits / 8) !== end) return false;
    if ((buffer[end - 1]! & ((1 << ((8 - (usedBits % 8)) % 8)) - 1)) !== 0) return false;
    const count = index * 3 - (2 - unit);
    if (exponent > 0 && exponent <= 38 && count <= exponent) return count === exponent;
    return (group / lastDigits) % 10 !== 0;
  }
  return false;
}

function headerBytes(header: number): number {
  return header === 0x01 || header === 0x7e || header === 0x81 || header === 0xfe ? 5 : 1;
}

function exponentAt(buffer: Buffer, start: number, end: number): number | undefined {
  if (end - start < 2) return undefined;
  const header = buffer[start]!;
  if (headerBytes(header) === 5) {
    if (end - start < 6) return undefined;
    const exponent = (buffer.readUInt32BE(start + 1) ^ (header < 0x80 ? 0x7fffffff : 0x80000000)) | 0;
    const large = header === 0x01 || header === 0xfe;
    return large === exponent > 0 ? exponent : undefined;
  }
  if (header >= 0x82 && header <= 0xfd) return header - 0xc0;
  if (header >= 0x02 && header <= 0x7d) return 0x3f - header;
  return undefined;
}

/** The 10-bit unit with this index, or -1 when it is not there. */
function unitAt(buffer: Buffer, unitsStart: number, end: number, index: number): number {
  const bit = index * 10;
  const at = unitsStart + (bit >> 3);
  if (at + 1 >= end) return -1;
  return (((buffer[at]! << 8) | buffer[at + 1]!) >> (6 - (bit & 7))) & 0x3ff;
}
