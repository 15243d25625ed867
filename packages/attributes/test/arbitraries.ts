import type {
  AttributeMap,
  AttributeValue,
  Comparator,
  Condition,
  DocumentPath,
  Operand,
  SetValue,
  Update,
  UpdateAction,
} from "@hotkeep/attributes";
import { normalizeNumber, readItem } from "@hotkeep/attributes";
import fc from "fast-check";

/** Checks a property with the same examples in every run. */
export function check<T>(property: fc.IProperty<T>, options: { readonly numRuns?: number } = {}): void {
  fc.assert(property, { seed: 20_261_123, ...options });
}

/** A number's text in some spelling, within DynamoDB's bounds. */
export const numberText: fc.Arbitrary<string> = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }).map(String),
  fc.maxSafeInteger().map(String),
  fc
    .record({
      sign: fc.constantFrom("", "-", "+"),
      digits: fc.stringMatching(/^[0-9]{1,38}$/),
      exponent: fc.integer({ min: -90, max: 80 }),
      mark: fc.constantFrom("e", "E"),
    })
    .map(({ sign, digits, exponent, mark }) => `${sign}${digits}${mark}${exponent}`),
  fc
    .record({
      sign: fc.constantFrom("", "-"),
      whole: fc.stringMatching(/^[0-9]{0,19}$/),
      part: fc.stringMatching(/^[0-9]{1,19}$/),
    })
    .map(({ sign, whole, part }) => `${sign}${whole}.${part}`),
);

/** A number as a whole number of 10^-200: the oracle for all arithmetic. */
export function exactOf(text: string): bigint {
  const [, sign, whole, part = "", exponent = "0"] = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text)!;
  const zeros = 200 + Number(exponent) - part.length;
  const magnitude = BigInt(`${whole}${part}${"0".repeat(zeros)}`);
  return sign === "-" ? -magnitude : magnitude;
}

export const canonicalNumber: fc.Arbitrary<string> = numberText.map(normalizeNumber);

const text = fc.oneof(fc.string({ maxLength: 6 }), fc.string({ unit: "binary", maxLength: 6 }));
export const wellFormedText: fc.Arbitrary<string> = text.map((value) => value.toWellFormed());
export const base64: fc.Arbitrary<string> = fc
  .uint8Array({ maxLength: 8 })
  .map((bytes) => Buffer.from(bytes).toString("base64"));

const few = <T>(element: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.uniqueArray(element, { minLength: 1, maxLength: 3 });
const names = fc.oneof(
  fc.constantFrom("a", "b", "c", "d", "status", "x.y", "__proto__", "constructor", "#a", "é"),
  wellFormedText.filter((name) => name !== ""),
);

const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  wellFormedText.map((S) => ({ S })),
  canonicalNumber.map((N) => ({ N })),
  base64.map((B) => ({ B })),
  fc.boolean().map((BOOL) => ({ BOOL })),
  fc.constant<AttributeValue>({ NULL: true }),
);
const set: fc.Arbitrary<AttributeValue> = fc.oneof(
  few(wellFormedText).map((SS) => ({ SS })),
  few(canonicalNumber).map((NS) => ({ NS })),
  few(base64).map((BS) => ({ BS })),
);

function nested(depth: number): fc.Arbitrary<AttributeValue> {
  if (depth === 0) return fc.oneof(scalar, set);
  const inner = nested(depth - 1);
  return fc.oneof(
    { weight: 3, arbitrary: scalar },
    set,
    fc.array(inner, { maxLength: 3 }).map((L) => ({ L })),
    fc.array(fc.tuple(names, inner), { maxLength: 3 }).map((entries) => ({ M: mapOf(entries) })),
  );
}

function mapOf(entries: readonly (readonly [string, AttributeValue])[]): AttributeMap {
  const map: Record<string, AttributeValue> = Object.create(null);
  for (const [name, value] of entries) map[name] = value;
  return map;
}

/** Any value, canonical. */
export const attributeValue: fc.Arbitrary<AttributeValue> = nested(2);
/** Any item, without a key. */
export const item = fc
  .array(fc.tuple(names, attributeValue), { maxLength: 5 })
  .map((entries) => readItem(mapOf(entries)));

export const documentPath: fc.Arbitrary<DocumentPath> = fc
  .tuple(names, fc.array(fc.oneof(names, fc.nat(5)), { maxLength: 2 }))
  .map(([head, rest]) => [head, ...rest]);

const valueOperand: fc.Arbitrary<Operand> = attributeValue.map((value) => ({ kind: "value", value }));
const pathOperand: fc.Arbitrary<Operand> = documentPath.map((path) => ({ kind: "path", path }));
const sizeOperand: fc.Arbitrary<Operand> = pathOperand.map((operand) => ({ kind: "size", operand }));
const operand = fc.oneof(valueOperand, pathOperand, sizeOperand);
const ordered: fc.Arbitrary<Operand> = fc.oneof(
  fc
    .oneof(
      wellFormedText.map((S) => ({ S })),
      canonicalNumber.map((N) => ({ N })),
    )
    .map((value) => ({
      kind: "value" as const,
      value,
    })),
  sizeOperand,
);

const comparison: fc.Arbitrary<Condition> = fc.oneof(
  fc
    .tuple(fc.constantFrom<Comparator>("=", "<>"), fc.oneof(pathOperand, valueOperand), valueOperand)
    .map(([operator, left, right]): Condition => ({ kind: "compare", operator, left, right })),
  fc
    .tuple(fc.constantFrom<Comparator>("<", "<=", ">", ">="), pathOperand, ordered)
    .map(([operator, left, right]): Condition => ({ kind: "compare", operator, left, right })),
  fc
    .tuple(ordered, pathOperand, ordered)
    .map(([of, low, high]): Condition => ({ kind: "between", operand: of, low, high })),
  fc
    .tuple(operand, fc.array(valueOperand, { minLength: 1, maxLength: 3 }))
    .map(([of, list]): Condition => ({ kind: "in", operand: of, list })),
  fc
    .tuple(fc.constantFrom("attribute_exists" as const, "attribute_not_exists" as const), documentPath)
    .map(([kind, path]): Condition => ({ kind, path })),
  fc
    .tuple(documentPath, fc.constantFrom("S", "NS", "NULL", "M"))
    .map(([path, S]): Condition => ({ kind: "attribute_type", path, type: { kind: "value", value: { S } } })),
  fc
    .tuple(pathOperand, wellFormedText)
    .map(([of, S]): Condition => ({ kind: "begins_with", operand: of, argument: { kind: "value", value: { S } } })),
  fc.tuple(pathOperand, valueOperand).map(([of, argument]): Condition => ({ kind: "contains", operand: of, argument })),
);

/** A valid condition. */
export const condition: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    comparison,
    fc
      .tuple(fc.constantFrom("and" as const, "or" as const), tie("node"), tie("node"))
      .map(([kind, left, right]): Condition => ({ kind, left, right })),
    tie("node").map((inner): Condition => ({ kind: "not", condition: inner })),
  ),
})).node;

const listValue: fc.Arbitrary<AttributeValue> = fc.array(scalar, { maxLength: 2 }).map((L) => ({ L }));
const numberValue: fc.Arbitrary<AttributeValue> = canonicalNumber.map((N) => ({ N }));

function setOperand(value: fc.Arbitrary<AttributeValue>): fc.Arbitrary<SetValue> {
  const plain: fc.Arbitrary<SetValue> = fc.oneof(
    value.map((literal): SetValue => ({ kind: "value", value: literal })),
    documentPath.map((path): SetValue => ({ kind: "path", path })),
  );
  return fc.oneof(
    plain,
    fc.tuple(documentPath, plain).map(([path, otherwise]): SetValue => ({ kind: "if_not_exists", path, otherwise })),
  );
}

const setValue: fc.Arbitrary<SetValue> = fc.oneof(
  setOperand(attributeValue),
  fc
    .tuple(fc.constantFrom("+" as const, "-" as const), setOperand(numberValue), setOperand(numberValue))
    .map(([kind, left, right]): SetValue => ({ kind, left, right })),
  fc
    .tuple(setOperand(listValue), setOperand(listValue))
    .map(([left, right]): SetValue => ({ kind: "list_append", left, right })),
);

/** A valid update: no path begins another, actions of one kind together. */
export const update: fc.Arbitrary<Update> = fc
  .uniqueArray(fc.tuple(documentPath, setValue, numberValue, set, fc.nat(3)), {
    selector: ([path]) => path[0],
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) =>
    parts
      .map(([path, value, added, removed, choice]): UpdateAction => {
        if (choice === 0) return { kind: "set", path, value };
        if (choice === 1) return { kind: "remove", path };
        return choice === 2 ? { kind: "add", path, value: added } : { kind: "delete", path, value: removed };
      })
      .sort((a, b) => a.kind.localeCompare(b.kind)),
  );
