const EPOCH = /^\d{1,19}$/;
const epochSecondsMax = 9_223_372_036_854_775_807n;

const ISO =
  /^(-?\d{1,9})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:t(?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?(?:(z)|([+-])(\d{2})(?::?(\d{2}))?)?)?)?$/i;

const yearMin = -292_275_054;
const yearMax = 292_278_993;

/** Days from 1970-01-01 in the Gregorian calendar carried on in both directions. */
function dayNumber(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

/**
 * Reads a date as condition operators do and gives seconds since 1970: digits alone are seconds since 1970 (so a bare
 * year is not a year), everything else is ISO 8601 from the year down to nanoseconds, in UTC unless an offset says
 * otherwise. Undefined when it is neither.
 *
 * Source: documented for W3C's ISO 8601 profile; the limits and one-digit fields are observed.
 */
export function parseDate(text: string): number | undefined {
  if (EPOCH.test(text)) return BigInt(text) <= epochSecondsMax ? Number(text) : undefined;
  const found = ISO.exec(text);
  if (found === null) return undefined;
  const field = (place: number, absent: number) => (found[place] === undefined ? absent : Number(found[place]));
  const [year, month, day] = [field(1, 0), field(2, 1), field(3, 1)];
  const [hour, minute, second] = [field(4, 0), field(5, 0), field(6, 0)];
  const [offsetHours, offsetMinutes] = [field(10, 0), field(11, 0)];
  if (year < yearMin || year > yearMax || month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59) return undefined;
  const fraction = found[7] === undefined ? 0 : Number(`0.${found[7]}`);
  const offset = (found[9] === "-" ? -1 : 1) * (offsetHours * 3600 + offsetMinutes * 60);
  return dayNumber(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second + fraction - offset;
}
