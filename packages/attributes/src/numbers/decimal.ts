import { invalid } from "../errors.js";
import { numberDigitsMax, numberExponentMax, numberExponentMin } from "../limits.js";

/**
 * A number as sign, significant digits and the place of the point: ±0.DIGITS × 10^point. No leading or trailing zeros;
 * zero has no digits, point 0 and no sign.
 */
export interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly point: number;
}

const zero: Decimal = { negative: false, digits: "", point: 0 };
/** Exponents beyond this are no numbers, as for the service's own decimal type. */
const writtenExponentMax = 2_147_483_647;
const code0 = 48;
const code9 = 57;

/** Reads decimal text in any spelling; undefined when it is not a number. Ignores limits. */
export function parseDecimal(text: string): Decimal | undefined {
  let at = 0;
  const sign = text.charCodeAt(0);
  if (sign === 43 /* + */ || sign === 45 /* - */) at = 1;
  const start = at;
  while (isDigit(text.charCodeAt(at))) at++;
  let digits = text.slice(start, at);
  let point = digits.length;
  if (text.charCodeAt(at) === 46 /* . */) {
    const fraction = ++at;
    while (isDigit(text.charCodeAt(at))) at++;
    digits += text.slice(fraction, at);
  }
  if (digits === "") return undefined;
  if (at < text.length) {
    const exponent = parseExponent(text, at);
    if (exponent === undefined) return undefined;
    point += exponent;
  }
  return decimal(sign === 45, digits, point);
}

function isDigit(code: number): boolean {
  return code >= code0 && code <= code9;
}

function parseExponent(text: string, at: number): number | undefined {
  if ((text.charCodeAt(at) | 32) !== 101 /* e */) return undefined;
  let next = at + 1;
  const sign = text.charCodeAt(next);
  if (sign === 43 || sign === 45) next++;
  if (next === text.length) return undefined;
  let value = 0;
  for (; next < text.length; next++) {
    const code = text.charCodeAt(next);
    if (!isDigit(code)) return undefined;
    value = value * 10 + (code - code0);
    if (value > writtenExponentMax) return undefined;
  }
  return sign === 45 ? -value : value;
}

/** Strips needless zeros of ±0.DIGITS × 10^point. */
export function decimal(negative: boolean, digits: string, point: number): Decimal {
  let start = 0;
  let end = digits.length;
  while (start < end && digits.charCodeAt(start) === code0) start++;
  while (end > start && digits.charCodeAt(end - 1) === code0) end--;
  if (start === end) return zero;
  return { negative, digits: digits.slice(start, end), point: point - start };
}

/**
 * Checks a number against DynamoDB's range and precision.
 * @throws AwsError ValidationException with the service's words for overflow, underflow and too many digits
 */
export function checkDecimal(value: Decimal): Decimal {
  if (value.digits === "") return value;
  if (value.point - 1 > numberExponentMax) {
    throw invalid("Number overflow. Attempting to store a number with magnitude larger than supported range");
  }
  if (value.point - 1 < numberExponentMin) {
    throw invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range");
  }
  if (value.digits.length > numberDigitsMax) {
    throw invalid(`Attempting to store more than ${numberDigitsMax} significant digits in a Number`);
  }
  return value;
}

/** The canonical text: no exponent, no plus sign, no needless zeros, a digit before the point. */
export function formatDecimal({ negative, digits, point }: Decimal): string {
  if (digits === "") return "0";
  const sign = negative ? "-" : "";
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${"0".repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
