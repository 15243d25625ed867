import type { ShapeTable, StringTable } from "../model/tables.js";
import { javaPattern } from "./java-pattern.js";

/** One constraint of a value: its text, and whether a value keeps it. */
export interface Rule {
  /** `Member must …` */
  readonly text: string;
  readonly holds: (value: unknown) => boolean;
}

/** A shape's own constraints in the order in which a broken member is reported: pattern first (observed). */
export function rulesOf(shape: ShapeTable): readonly Rule[] {
  const { lengths, pattern, enumeration } = parts(shape);
  return [...pattern, ...lengths, ...enumeration];
}

/** The same constraints in the order in which a list or map tells those of its elements: lengths first (observed). */
export function elementRulesOf(shape: ShapeTable): readonly Rule[] {
  const { lengths, pattern, enumeration } = parts(shape);
  return [...lengths, ...pattern, ...enumeration];
}

interface Parts {
  readonly lengths: readonly Rule[];
  readonly pattern: readonly Rule[];
  readonly enumeration: readonly Rule[];
}

const none: readonly Rule[] = [];

function parts(shape: ShapeTable): Parts {
  switch (shape.kind) {
    case "int":
    case "long":
    case "float":
    case "double":
      return { lengths: bounds(shape, "value", (value) => value as number), pattern: none, enumeration: none };
    case "blob":
    case "list":
      return { lengths: bounds(shape, "length", arrayLength), pattern: none, enumeration: none };
    case "map":
      return { lengths: bounds(shape, "length", mapSize), pattern: none, enumeration: none };
    case "string":
      return stringParts(shape);
    default:
      return { lengths: none, pattern: none, enumeration: none };
  }
}

function bounds(
  { min, max }: { readonly min?: number; readonly max?: number },
  what: "length" | "value",
  measure: (value: unknown) => number,
): readonly Rule[] {
  return [
    ...(max === undefined
      ? none
      : [
          {
            text: `Member must have ${what} less than or equal to ${max}`,
            holds: (value: unknown) => measure(value) <= max,
          },
        ]),
    ...(min === undefined
      ? none
      : [
          {
            text: `Member must have ${what} greater than or equal to ${min}`,
            holds: (value: unknown) => measure(value) >= min,
          },
        ]),
  ];
}

function stringParts(shape: StringTable): Parts {
  const excused = shape.excused === undefined ? undefined : javaPattern(shape.excused);
  const excuse = (rule: Rule): Rule =>
    excused === undefined
      ? rule
      : { text: rule.text, holds: (value) => rule.holds(value) || excused.test(value as string) };
  const { min, max } = shape;
  // A code point is one UTF-16 unit or two, so that most lengths need no counting.
  const fits = (value: unknown) => (value as string).length <= max!;
  const reaches = (value: unknown) => (value as string).length >= 2 * min!;
  const longest = max === undefined ? none : bounds({ max }, "length", textLength).map(quick(fits)).map(excuse);
  const shortest = min === undefined ? none : bounds({ min }, "length", textLength).map(quick(reaches));
  const { pattern, enum: names } = shape;
  const expression = pattern === undefined ? undefined : javaPattern(pattern);
  const longestTried = max === undefined ? Number.POSITIVE_INFINITY : 2 * max;
  const allowed = names === undefined ? undefined : new Set<unknown>(names);
  return {
    lengths: [...longest, ...shortest],
    pattern:
      expression === undefined
        ? none
        : [
            excuse({
              text: `Member must satisfy regular expression pattern: ${pattern}`,
              // Some patterns take quadratic time. Text far beyond its length is refused for that alone.
              holds: (value) => (value as string).length > longestTried || expression.test(value as string),
            }),
          ],
    enumeration:
      allowed === undefined
        ? none
        : [
            {
              text: `Member must satisfy enum value set: [${names?.join(", ")}]`,
              holds: (value) => allowed.has(value),
            },
          ],
  };
}

/** Makes a rule that first asks whether it surely holds. */
function quick(surely: (value: unknown) => boolean): (rule: Rule) => Rule {
  return ({ text, holds }) => ({ text, holds: (value) => surely(value) || holds(value) });
}

/** Code points, which is what the models count (documented by Smithy). */
function textLength(value: unknown): number {
  const text = value as string;
  // Only surrogates make a difference, and they are rare.
  if (!/[\ud800-\udfff]/.test(text)) return text.length;
  let length = 0;
  for (const _ of text) length++;
  return length;
}

function arrayLength(value: unknown): number {
  return (value as { readonly length: number }).length;
}

function mapSize(value: unknown): number {
  return Object.keys(value as object).length;
}
