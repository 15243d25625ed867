import type { ShapeTable } from "../model/tables.js";
import { javaPattern } from "./java-pattern.js";

/** One constraint of a value: its text, and whether a value keeps it. */
export interface Rule {
  /** `Member must …` */
  readonly text: string;
  readonly holds: (value: unknown) => boolean;
}

/** A shape's own constraints, in the order in which AWS lists them: longest, shortest, pattern, enumeration. */
export function rulesOf(shape: ShapeTable): readonly Rule[] {
  const rules: Rule[] = [];
  if (shape.kind === "struct" || shape.kind === "bool" || shape.kind === "time" || shape.kind === "opaque")
    return rules;
  const { kind, min, max } = shape;
  if (kind === "int" || kind === "long" || kind === "float" || kind === "double") {
    if (max !== undefined) {
      rules.push({
        text: `Member must have value less than or equal to ${max}`,
        holds: (value) => (value as number) <= max,
      });
    }
    if (min !== undefined) {
      rules.push({
        text: `Member must have value greater than or equal to ${min}`,
        holds: (value) => (value as number) >= min,
      });
    }
    return rules;
  }
  const length = kind === "string" ? textLength : kind === "list" || kind === "blob" ? arrayLength : mapSize;
  if (max !== undefined) {
    rules.push({
      text: `Member must have length less than or equal to ${max}`,
      holds: (value) => length(value, max) <= max,
    });
  }
  // No value is shorter than nothing, and AWS does not say so either.
  if (min !== undefined && min > 0) {
    rules.push({
      text: `Member must have length greater than or equal to ${min}`,
      holds: (value) => length(value, min) >= min,
    });
  }
  if (shape.kind !== "string") return rules;
  if (shape.pattern !== undefined) rules.push(patternRule(shape.pattern, shape.unlessPattern));
  if (shape.enum !== undefined) {
    const allowed = new Set(shape.enum);
    rules.push({
      text: `Member must satisfy enum value set: [${shape.enum.join(", ")}]`,
      holds: (value) => allowed.has(value as string),
    });
  }
  return rules;
}

function patternRule(pattern: string, unlessPattern: string | undefined): Rule {
  const expression = javaPattern(pattern);
  const exception = unlessPattern === undefined ? undefined : javaPattern(unlessPattern);
  return {
    text: `Member must satisfy regular expression pattern: ${pattern}`,
    holds: (value) => expression.test(value as string) || (exception?.test(value as string) ?? false),
  };
}

/** Code points in a string; UTF-16 units where the difference cannot matter for a limit. */
function textLength(value: unknown, limit: number): number {
  const text = value as string;
  if (text.length <= limit ? text.length * 2 < limit : text.length > limit * 2) return text.length;
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
