/** What a pattern consists of: text units that stand for themselves, and two that do not. */
type Unit = string | typeof anyUnit | typeof anyText;

const anyUnit = Symbol("?");
const anyText = Symbol("*");

/**
 * Whether a value matches a filter's pattern: `*` stands for any text, `?` for any one character, and a backslash takes
 * their meaning away. Time grows with the product of both lengths at most, whatever the pattern: a regular expression
 * would go through all ways in which many stars can share a text.
 */
export function wildcard(pattern: string): (value: string) => boolean {
  const units = unitsOf(pattern);
  const shortest = units.reduce((count, unit) => count + (unit === anyText ? 0 : 1), 0);
  return (value) => value.length >= shortest && matches(units, value);
}

function unitsOf(pattern: string): readonly Unit[] {
  const units: Unit[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === "\\" && i + 1 < pattern.length) units.push(pattern[++i]!);
    else if (char === "*") units.push(anyText);
    else units.push(char === "?" ? anyUnit : char);
  }
  return units;
}

/** Only the last star seen can have to take more: what stands before it has found the earliest place there is. */
function matches(units: readonly Unit[], value: string): boolean {
  let at = 0;
  let unit = 0;
  let afterStar = -1;
  let starEnd = 0;
  while (at < value.length) {
    if (units[unit] === anyText) {
      afterStar = ++unit;
      starEnd = at;
    } else if (unit < units.length && (units[unit] === anyUnit || units[unit] === value[at])) {
      unit++;
      at++;
    } else if (afterStar >= 0) {
      unit = afterStar;
      at = ++starEnd;
    } else {
      return false;
    }
  }
  while (units[unit] === anyText) unit++;
  return unit === units.length;
}
