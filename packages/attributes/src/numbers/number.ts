import { invalid } from "../errors.js";
import { checkDecimal, type Decimal, decimal, formatDecimal, parseDecimal } from "./decimal.js";

/** Digits of an integer that a double holds, and that a sum of two such integers still fits. */
const exactDigitsMax = 15;

/**
 * DynamoDB's canonical text of a number in any spelling (`1e2` -> `100`, `+.50` -> `0.5`, `-0` -> `0`).
 * @throws AwsError ValidationException when it is no number, has more than 38 significant digits, or is out of range
 */
export function normalizeNumber(text: string): string {
  if (isShortInteger(text)) return text;
  const value = parseDecimal(text);
  if (value === undefined) {
    const shown = text === "" ? "" : `: ${text}`;
    throw invalid(`The parameter cannot be converted to a numeric value${shown}`);
  }
  return formatDecimal(checkDecimal(value));
}

/** Whether the text is a canonical integer of at most 15 digits: by far the most frequent numbers. */
function isShortInteger(text: string): boolean {
  const length = text.length;
  let at = 0;
  if (text.charCodeAt(0) === 45) {
    if (length === 1 || text.charCodeAt(1) === 48) return false;
    at = 1;
  }
  if (length === 0 || length - at > exactDigitsMax) return false;
  if (text.charCodeAt(at) === 48 && length > 1) return false;
  for (; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** Orders two canonical numbers: negative, 0 or positive. */
export function compareNumbers(a: string, b: string): number {
  if (a === b) return 0;
  const negative = a.charCodeAt(0) === 45;
  if (negative !== (b.charCodeAt(0) === 45)) return negative ? -1 : 1;
  return negative ? compareMagnitudes(b, a, 1) : compareMagnitudes(a, b, 0);
}

/** Canonical texts of one sign: the longer integer part is larger, and equally long ones compare as text. */
function compareMagnitudes(a: string, b: string, skip: number): number {
  const difference = integerLength(a) - integerLength(b);
  if (difference !== 0) return difference;
  return a.slice(skip) < b.slice(skip) ? -1 : 1;
}

function integerLength(text: string): number {
  const point = text.indexOf(".");
  return point < 0 ? text.length : point;
}

/**
 * The exact sum of two canonical numbers, canonical.
 * @throws AwsError ValidationException when it needs more than 38 digits or is out of range
 */
export function addNumbers(a: string, b: string): string {
  if (isShortInteger(a) && isShortInteger(b)) return String(Number(a) + Number(b));
  return sum(parseDecimal(a)!, parseDecimal(b)!);
}

/** The exact difference a - b; see {@link addNumbers}. */
export function subtractNumbers(a: string, b: string): string {
  if (isShortInteger(a) && isShortInteger(b)) return String(Number(a) - Number(b));
  const subtrahend = parseDecimal(b)!;
  return sum(parseDecimal(a)!, { ...subtrahend, negative: !subtrahend.negative });
}

function sum(a: Decimal, b: Decimal): string {
  if (a.digits === "") return formatDecimal(checkDecimal(decimal(b.negative, b.digits, b.point)));
  if (b.digits === "") return formatDecimal(checkDecimal(a));
  // The power of ten of each last digit; both are written as whole numbers of the smaller one.
  const scale = Math.min(a.point - a.digits.length, b.point - b.digits.length);
  const total = scaled(a, scale) + scaled(b, scale);
  const digits = String(total < 0n ? -total : total);
  return formatDecimal(checkDecimal(decimal(total < 0n, digits, digits.length + scale)));
}

function scaled({ negative, digits, point }: Decimal, scale: number): bigint {
  const magnitude = BigInt(digits + "0".repeat(point - digits.length - scale));
  return negative ? -magnitude : magnitude;
}
