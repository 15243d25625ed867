/** A decimal number taken apart: 0.digits × 10^exponent. */
export interface Decimal {
  readonly negative: boolean;
  /** Without leading and trailing zeros; empty for zero. */
  readonly digits: string;
  /** Count of digits in front of the decimal point: 1.5 has 1, 100 has 3, 0.001 has -2. Zero has 0. */
  readonly exponent: number;
}

const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/;

/** Takes decimal text apart, with or without exponent. @throws RangeError when it is not a number */
export function parseDecimal(text: string): Decimal {
  const match = form.exec(text);
  const whole = match?.[2] ?? "";
  const fraction = match?.[3] ?? "";
  if (match === null || whole.length + fraction.length === 0) throw new RangeError(`Not a number: \`${text}\``);
  const all = whole + fraction;
  let first = 0;
  while (first < all.length && all[first] === "0") first++;
  let last = all.length;
  while (last > first && all[last - 1] === "0") last--;
  if (first === last) return { negative: false, digits: "", exponent: 0 };
  return {
    negative: match[1] === "-",
    digits: all.slice(first, last),
    exponent: whole.length - first + Number(match[4] ?? 0),
  };
}

/** Digits of an integer that has at most 38 of them, written out with its zeros; undefined for every other number. */
export function integerDigits(decimal: Decimal): string | undefined {
  const { digits, exponent } = decimal;
  if (digits.length === 0) return "0";
  return exponent >= digits.length && exponent <= 38 ? digits.padEnd(exponent, "0") : undefined;
}
