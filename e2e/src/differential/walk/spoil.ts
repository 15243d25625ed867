import type { Step } from "../case.js";
import { isList, isObject, type Json, type JsonObject } from "../json.js";
import type { Chance } from "./random.js";

const wrongValues: readonly Json[] = [
  ...[{}, { S: "a", N: "1" }, { N: "x" }, { N: "1E200" }, { SS: [] }, { SS: ["a", "a"] }, { NS: ["1", "1.0"] }],
  ...[{ B: "!" }, { NULL: false }, { N: "123456789012345678901234567890123456789" }, { BS: ["AQ==", "AQ=="] }],
];
const words = [
  "AND",
  "(",
  ")",
  "=",
  ",",
  ":none",
  "#none",
  "SET",
  "5",
  "''",
  "<",
  "BETWEEN",
  "x[",

  "$",
  "status",
];

/** A request with one thing wrong: a piece of an expression, or a value. */
export function spoil(chance: Chance, step: Step): Step {
  const texts = placesIn(step.input, (name, value) => name.endsWith("Expression") && typeof value === "string");
  const values = placesIn(step.input, (name, value) => /^:v\d+$/.test(name) && isObject(value));
  if (texts.length > 0 && (values.length === 0 || chance.happens(60))) {
    return withChanged(step, chance.pick(texts), (text) => changedText(chance, String(text)));
  }
  if (values.length === 0) return step;
  return withChanged(step, chance.pick(values), () => chance.pick(wrongValues));
}

function changedText(chance: Chance, text: string): string {
  const pieces = text.split(" ");
  const at = chance.below(pieces.length);
  switch (chance.below(3)) {
    case 0:
      return pieces.filter((_, index) => index !== at).join(" ");
    case 1:
      return pieces.toSpliced(at, 0, chance.pick(words)).join(" ");
    default:
      return pieces.with(at, chance.pick(words)).join(" ");
  }
}

type Place = readonly (string | number)[];

function placesIn(value: Json, wanted: (name: string, value: Json) => boolean, at: Place = []): readonly Place[] {
  if (!isObject(value) && !isList(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(wanted(name, inner) ? [[...at, name]] : []),
    ...placesIn(inner, wanted, [...at, name]),
  ]);
}

function withChanged(step: Step, place: Place, change: (value: Json) => Json): Step {
  return { ...step, input: changedAt(step.input, place, change) };
}

function changedAt(value: Json, [first, ...rest]: Place, change: (value: Json) => Json): Json {
  if (first === undefined) return change(value);
  if (isList(value))
    return value.map((inner, at) => (String(at) === String(first) ? changedAt(inner, rest, change) : inner));
  const object = value as JsonObject;
  return { ...object, [first]: changedAt(object[first]!, rest, change) };
}
