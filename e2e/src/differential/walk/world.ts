import { definition, index, table } from "../case.js";
import type { Json, JsonObject } from "../json.js";
import type { Chance } from "./random.js";

/** A key attribute and its type. */
export interface KeyPart {
  readonly name: string;
  readonly type: "S" | "N" | "B";
}

/** An index of a table that is walked over. */
export interface WalkedIndex {
  readonly name: string;
  readonly hash: KeyPart;
  readonly range: KeyPart | undefined;
  readonly isGlobal: boolean;
}

/** A table that is walked over. */
export interface WalkedTable {
  readonly name: string;
  readonly hash: KeyPart;
  readonly range: KeyPart | undefined;
  readonly indexes: readonly WalkedIndex[];
  /** CreateTable's input. */
  readonly input: JsonObject;
}

/** The attributes that items have beside their keys, each with the type it has mostly. */
export const attributes: Readonly<Record<string, string>> = {
  t1: "S",
  n1: "N",
  b1: "B",
  txt: "S",
  num: "N",
  lst: "L",
  mp: "M",
  strs: "SS",
  nums: "NS",
  bins: "BS",
  flag: "BOOL",
  nil: "NULL",
};

export const attributeNames = Object.keys(attributes);

/** Attributes that indexes may have for keys. */
const indexable: readonly KeyPart[] = [
  { name: "t1", type: "S" },
  { name: "n1", type: "N" },
  { name: "b1", type: "B" },
];

const texts = ["", "a", "ab", "abc", "b", "B", "é", "中", "😀", "\uffff", "0", "10", "9", "a\u0000b", "true", "x y"];
const numbers = [
  ...[
    "0",
    "1",
    "-1",
    "2",
    "3",
    "9",
    "10",
    "-10",
    "100",
    "0.1",
    "0.5",
    "-0.5",
    "1.50",
    "00012",
    "1e2",
    "1E-2",
    "+5",
    ".5",
  ],
  ...["99999999999999999999999999999999999999", "-1E-130", "9.9E125", "12345678901234567890", "-0"],
];
const bytes = ["", "AA==", "AQ==", "AQI=", "AP8=", "/w==", "gA==", "YWJj"];
const keyTexts = ["a", "ab", "b", "B", "é", "😀", "\uffff"];
const keyNumbers = ["0", "1", "1.0", "-1", "2", "10", "-10", "0.5", "1E20", "-1E-5"];
const keyBytes = ["AA==", "AQ==", "AQI=", "/w==", "gA=="];

/** A value of a key attribute; partitions are few, so that they have several items. */
export function keyValue(chance: Chance, { type }: KeyPart, isHash: boolean): JsonObject {
  const count = isHash ? 2 : 99;
  switch (type) {
    case "S":
      return { S: chance.pick(keyTexts.slice(0, count)) };
    case "N":
      return { N: chance.pick(keyNumbers.slice(0, isHash ? 3 : 99)) };
    case "B":
      return { B: chance.pick(keyBytes.slice(1, 1 + count)) };
  }
}

/** A value of one type. */
export function valueOfType(chance: Chance, type: string, depth = 0): JsonObject {
  switch (type) {
    case "S":
      return { S: chance.pick(texts) };
    case "N":
      return { N: chance.pick(numbers) };
    case "B":
      return { B: chance.pick(bytes) };
    case "BOOL":
      return { BOOL: chance.happens(50) };
    case "NULL":
      return { NULL: true };
    case "SS":
      return { SS: chance.some(texts, 1 + chance.below(3)) };
    case "NS":
      return { NS: chance.some(["0", "1", "-1", "2.50", "1E3", "10"], 1 + chance.below(3)) };
    case "BS":
      return { BS: chance.some(bytes, 1 + chance.below(3)) };
    case "L":
      return { L: chance.many(chance.below(4), () => anyValue(chance, depth + 1)) };
    default:
      return {
        M: Object.fromEntries(
          chance.some(attributeNames, chance.below(4)).map((it) => [it, anyValue(chance, depth + 1)]),
        ),
      };
  }
}

const types = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"];

/** A value of any type, not nested for ever. */
export function anyValue(chance: Chance, depth = 0): JsonObject {
  return valueOfType(chance, chance.pick(depth > 2 ? types.slice(0, 5) : types), depth);
}

/** A table with keys and indexes as they come. */
export function makeTable(chance: Chance, name: string): WalkedTable {
  const hash: KeyPart = { name: "pk", type: chance.pick(["S", "S", "N", "B"] as const) };
  const range: KeyPart | undefined = chance.happens(65)
    ? { name: "sk", type: chance.pick(["S", "N", "N", "B"] as const) }
    : undefined;
  const locals = range === undefined ? [] : chance.some(indexable, chance.below(2));
  const globals = chance.some(indexable, chance.below(3));
  const indexes: readonly WalkedIndex[] = [
    ...locals.map((part, at) => ({ name: `local${at}`, hash, range: part, isGlobal: false })),
    ...globals.map((part, at) => ({
      name: `global${at}`,
      hash: part,
      range: chance.pick([undefined, hash, ...indexable.filter(({ name: other }) => other !== part.name)]),
      isGlobal: true,
    })),
  ];
  return { name, hash, range, indexes, input: tableInput(chance, name, hash, range, indexes) };
}

function tableInput(
  chance: Chance,
  name: string,
  hash: KeyPart,
  range: KeyPart | undefined,
  indexes: readonly WalkedIndex[],
): JsonObject {
  const used = new Map<string, KeyPart>();
  for (const part of indexes.flatMap((it) => [it.hash, it.range])) if (part !== undefined) used.set(part.name, part);
  for (const { name: own } of [hash, range ?? hash]) used.delete(own);
  const described = (isGlobal: boolean): readonly Json[] =>
    indexes
      .filter((it) => it.isGlobal === isGlobal)
      .map((it) =>
        index(
          it.name,
          [it.hash, it.range].filter((part) => part !== undefined).map((part) => part.name),
          chance.pick(["ALL", "ALL", "KEYS_ONLY", ["num", "txt"]]),
        ),
      );
  const [local, global] = [described(false), described(true)];
  return table(name, `pk:${hash.type}`, range && `sk:${range.type}`, {
    AttributeDefinitions: [...used.values()].map((part) => definition(`${part.name}:${part.type}`)),
    ...(local.length === 0 ? {} : { LocalSecondaryIndexes: local }),
    ...(global.length === 0 ? {} : { GlobalSecondaryIndexes: global }),
  });
}
