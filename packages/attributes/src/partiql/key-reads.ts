import { invalid, invalidParameter } from "../errors.js";
import type { Condition, Operand } from "../expression.js";
import type { KeyCondition, KeyRangeCondition } from "../expressions/key-condition.js";
import { type ByteRange, keyRange } from "../keys/byte-range.js";
import { checkKeyValue } from "../keys/check-key.js";
import { partiqlReadsMax } from "../limits.js";
import type { AttributeValue, KeyAttribute, KeySchema } from "../value.js";
import { typeOf } from "../values/attribute-type.js";
import { equalValues } from "../values/compare.js";

/** One of the reads that a WHERE clause comes down to: a range of one partition. */
export interface KeyedRead {
  readonly hash: AttributeValue;
  /** Where the keys of the items stand; empty when the clause contradicts itself. */
  readonly range: ByteRange;
  /** What the keys do not decide. */
  readonly filter: Condition | undefined;
  /** The sort key's value when only one will do. */
  readonly rangeValue: AttributeValue | undefined;
}

/** Comparisons read from the other side. */
const mirrored = { "=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

/**
 * Splits a WHERE clause into reads of partitions, when every way to fulfil it fixes the partition key by `=` or IN
 * (documented); undefined when the whole source must be read.
 *
 * @throws AwsError ValidationException for key values of the wrong type, reads that overlap, and more than 50 reads
 */
export function planReads(where: Condition | undefined, schema: KeySchema): readonly KeyedRead[] | undefined {
  if (where === undefined || !fixesHash(where, schema)) return undefined;
  const reads = new Branches(schema).of(where).map((conjuncts) => readOf(conjuncts, schema));
  checkDisjoint(reads);
  return reads;
}

/** Whether every branch of a condition says which partition key it wants. */
function fixesHash(condition: Condition, schema: KeySchema): boolean {
  switch (condition.kind) {
    case "and":
      return fixesHash(condition.left, schema) || fixesHash(condition.right, schema);
    case "or":
      return fixesHash(condition.left, schema) && fixesHash(condition.right, schema);
    default:
      return equalities(condition).some(({ name }) => name === schema.hash.name);
  }
}

/** The partition key values that a WHERE clause asks for, without judging them; undefined when it asks for any. */
export function hashValues(where: Condition | undefined, schema: KeySchema): readonly AttributeValue[] | undefined {
  if (where === undefined || !fixesHash(where, schema)) return undefined;
  const values: AttributeValue[] = [];
  collectHashValues(where, schema, values);
  return values;
}

function collectHashValues(condition: Condition, schema: KeySchema, into: AttributeValue[]): void {
  if (condition.kind === "and" || condition.kind === "or") {
    collectHashValues(condition.left, schema, into);
    collectHashValues(condition.right, schema, into);
    return;
  }
  for (const { name, value } of equalities(condition)) if (name === schema.hash.name) into.push(value);
}

/** Whether all values that a WHERE clause gives key attributes by `=` or IN are of the schema's types. */
export function keyTypesFit(where: Condition | undefined, schema: KeySchema): boolean {
  if (where === undefined) return true;
  if (where.kind === "and" || where.kind === "or") {
    return keyTypesFit(where.left, schema) && keyTypesFit(where.right, schema);
  }
  return equalities(where).every(({ name, value }) => {
    const attribute = [schema.hash, schema.range].find((each) => each?.name === name);
    return attribute === undefined || typeOf(value) === attribute.type;
  });
}

interface Equality {
  readonly name: string;
  readonly value: AttributeValue;
}

/** The values that `=` or IN give an attribute. */
export function equalities(condition: Condition): readonly Equality[] {
  if (condition.kind === "compare" && condition.operator === "=") {
    const { left, right } = condition;
    return equality(left, right) ?? equality(right, left) ?? [];
  }
  if (condition.kind !== "in") return [];
  const all = condition.list.map((operand) => equality(condition.operand, operand));
  return all.every((each) => each !== undefined) ? all.flat() : [];
}

function equality(path: Operand, value: Operand): readonly [Equality] | undefined {
  const name = attributeOf(path);
  return name === undefined || value.kind !== "value" ? undefined : [{ name, value: value.value }];
}

function attributeOf(operand: Operand): string | undefined {
  return operand.kind === "path" && operand.path.length === 1 ? operand.path[0] : undefined;
}

type Conjuncts = readonly Condition[];

/** Takes ORs and INs apart, as far as they have to do with keys. */
class Branches {
  readonly #schema: KeySchema;

  constructor(schema: KeySchema) {
    this.#schema = schema;
  }

  of(condition: Condition): readonly Conjuncts[] {
    switch (condition.kind) {
      case "and": {
        const rights = this.of(condition.right);
        return checkCount(this.of(condition.left).flatMap((left) => rights.map((right) => [...left, ...right])));
      }
      case "or":
        if (!this.#speaksOfKeys(condition)) return [[condition]];
        return checkCount([...this.of(condition.left), ...this.of(condition.right)]);
      case "in":
        if (!this.#isKey(attributeOf(condition.operand)) || equalities(condition).length === 0) return [[condition]];
        return checkCount(
          condition.list.map((value) => [
            { kind: "compare", operator: "=", left: condition.operand, right: value } as const,
          ]),
        );
      default:
        return [[condition]];
    }
  }

  #speaksOfKeys(condition: Condition): boolean {
    if (condition.kind === "and" || condition.kind === "or") {
      return this.#speaksOfKeys(condition.left) || this.#speaksOfKeys(condition.right);
    }
    return (
      equalities(condition).some(({ name }) => this.#isKey(name)) || rangeOf(condition, this.#schema) !== undefined
    );
  }

  #isKey(name: string | undefined): boolean {
    return name !== undefined && (name === this.#schema.hash.name || name === this.#schema.range?.name);
  }
}

function checkCount(branches: readonly Conjuncts[]): readonly Conjuncts[] {
  if (branches.length > partiqlReadsMax) {
    throw invalid("Too many decomposed read operations for a given query.");
  }
  return branches;
}

/** Fits the conditions of one branch to the schema. */
function readOf(conjuncts: Conjuncts, schema: KeySchema): KeyedRead {
  const ranges: KeyRangeCondition[] = [];
  const rest: Condition[] = [];
  const contradictions: Condition[] = [];
  let hash: AttributeValue | undefined;
  for (const conjunct of conjuncts) {
    const [equal] = conjunct.kind === "compare" ? equalities(conjunct) : [];
    if (equal?.name === schema.hash.name) {
      checkKeyType(equal.value, schema.hash);
      checkKeyValue(equal.value, schema.hash, true);
      // Two partitions at once: a condition that fails, and nothing to read.
      if (hash !== undefined && !equalValues(hash, equal.value)) contradictions.push(conjunct);
      else hash = equal.value;
      continue;
    }
    const range = rangeOf(conjunct, schema);
    if (range === undefined) rest.push(conjunct);
    else ranges.push(range);
  }
  const bytes = ranges.map((range) => keyRange({ hash: hash!, range }, schema));
  const [first = keyRange({ hash: hash! } satisfies KeyCondition, schema), ...more] = bytes;
  const exact = ranges.find((range) => range.operator === "=") as { readonly value: AttributeValue } | undefined;
  return {
    hash: hash!,
    range: contradictions.length > 0 ? { from: first.from, to: first.from } : more.reduce(intersection, first),
    filter: allOf([...contradictions, ...rest]),
    rangeValue: exact?.value,
  };
}

/** @throws AwsError ValidationException in the words for `=` and IN */
export function checkKeyType(value: AttributeValue, attribute: KeyAttribute): void {
  if (typeOf(value) === attribute.type) return;
  throw invalid(`Key attribute's data type should match its data type in table's schema: Key ${attribute.name}`);
}

/** What a condition says of the sort key, if it is one that a range of keys can answer. */
function rangeOf(condition: Condition, schema: KeySchema): KeyRangeCondition | undefined {
  const { range: key } = schema;
  if (key === undefined) return undefined;
  switch (condition.kind) {
    case "compare": {
      const { operator, left, right } = condition;
      if (operator === "<>") return undefined;
      if (attributeOf(left) === key.name && right.kind === "value")
        return checked({ operator, value: right.value }, key);
      if (attributeOf(right) !== key.name || left.kind !== "value") return undefined;
      return checked({ operator: mirrored[operator], value: left.value }, key);
    }
    case "between": {
      const { operand, low, high } = condition;
      if (attributeOf(operand) !== key.name || low.kind !== "value" || high.kind !== "value") return undefined;
      return checked({ operator: "between", low: low.value, high: high.value }, key);
    }
    case "begins_with": {
      const { operand, argument } = condition;
      if (attributeOf(operand) !== key.name || argument.kind !== "value") return undefined;
      return checked({ operator: "begins_with", value: argument.value }, key);
    }
    default:
      return undefined;
  }
}

function checked(range: KeyRangeCondition, key: KeyAttribute): KeyRangeCondition {
  const values = range.operator === "between" ? [range.low, range.high] : [range.value];
  for (const value of values) {
    if (range.operator === "=") checkKeyType(value, key);
    if (typeOf(value) !== key.type) {
      throw invalidParameter("Condition parameter type does not match schema type");
    }
    checkKeyValue(value, key, false);
  }
  return range;
}

function intersection(a: ByteRange, b: ByteRange): ByteRange {
  const from = Buffer.compare(a.from, b.from) >= 0 ? a.from : b.from;
  if (a.to === undefined || b.to === undefined) return { from, to: a.to ?? b.to };
  return { from, to: Buffer.compare(a.to, b.to) <= 0 ? a.to : b.to };
}

function isEmpty({ from, to }: ByteRange): boolean {
  return to !== undefined && Buffer.compare(from, to) >= 0;
}

/** Overlapping reads would show items twice. */
function checkDisjoint(reads: readonly KeyedRead[]): void {
  const inOrder = reads
    .map(({ range }) => range)
    .filter((range) => !isEmpty(range))
    .toSorted((a, b) => Buffer.compare(a.from, b.from));
  inOrder.forEach((range, index) => {
    const after = inOrder[index + 1];
    if (after === undefined || isEmpty(intersection(range, after))) return;
    throw invalid("Overlapping conditions with range keys are not supported in where clause");
  });
}

/** All of some conditions; undefined for none. */
export function allOf(conditions: readonly Condition[]): Condition | undefined {
  return conditions.length === 0 ? undefined : conditions.reduce((left, right) => ({ kind: "and", left, right }));
}
