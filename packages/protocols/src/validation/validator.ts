import { compileShapes } from "../model/compile.js";
import type { ListTable, MapTable, ServiceTables, StructTable } from "../model/tables.js";
import { lowerFirst, upperFirst } from "../model/words.js";
import type { Failure, Location } from "./report.js";
import { elementRulesOf, type Rule, rulesOf } from "./rules.js";

/** Everything that is wrong with an input of the right types; empty when nothing is. */
export type Validator = (input: unknown) => readonly Failure[];

/** Checks what is inside a value that stands at `here`; the value's own constraints are its holder's to check. */
type Inside = (value: unknown, here: Location | undefined, failures: Failure[]) => void;

const nothing: Inside = () => undefined;
const noFailures: readonly Failure[] = [];

/** Makes the validators of a service's inputs, by the index of the input's shape. */
export function compileValidators(tables: ServiceTables): (index: number) => Validator {
  const inside = compileShapes<Inside>(tables, (shape, inner) => {
    if (shape.kind === "struct") return structInside(tables, shape, inner);
    if (shape.kind === "list") return listInside(tables, shape, inner);
    if (shape.kind === "map") return mapInside(tables, shape, inner);
    return nothing;
  });
  return (index) => {
    const check = inside(index);
    if (check === nothing) return () => noFailures;
    return (input) => {
      const failures: Failure[] = [];
      check(input, undefined, failures);
      return failures;
    };
  };
}

function structInside(tables: ServiceTables, shape: StructTable, inner: (index: number) => Inside): Inside {
  const members = shape.members
    .map((member) => ({
      name: member.name,
      step: lowerFirst(member.name),
      parameter: member.query ?? upperFirst(member.xml ?? member.name),
      required: member.required === true,
      shape: tables.shapes[member.shape]!,
      rules: rulesOf(tables.shapes[member.shape]!),
      inside: inner(member.shape),
    }))
    .filter((member) => member.required || member.rules.length > 0 || member.inside !== nothing);
  if (members.length === 0) return nothing;
  return (value, outer, failures) => {
    const record = value as Readonly<Record<string, unknown>>;
    for (const { name, step, parameter, shape, required, rules, inside } of members) {
      const member = record[name];
      if (member === undefined) {
        if (required) failures.push({ at: { outer, step, parameter }, shape, value: null, constraint: undefined });
        continue;
      }
      for (const rule of rules) {
        if (rule.holds(member)) continue;
        failures.push({ at: { outer, step, parameter }, shape, value: member, constraint: rule.text });
      }
      if (inside !== nothing) inside(member, { outer, step, parameter }, failures);
    }
  };
}

/** Elements that break constraints of their own are reported once, on the list, with all those constraints. */
function listInside(tables: ServiceTables, shape: ListTable, inner: (index: number) => Inside): Inside {
  const element = tables.shapes[shape.element]!;
  const rules = elementRulesOf(element);
  const inside = inner(shape.element);
  if (rules.length === 0 && inside === nothing) return nothing;
  const constraint = `Member must satisfy constraint: ${all(tables, rules)}`;
  return (value, here, failures) => {
    const list = value as readonly unknown[];
    if (list.some((each) => breaksOne(rules, each))) failures.push({ at: here!, shape, value, constraint });
    if (inside === nothing) return;
    list.forEach((each, index) => {
      inside(each, { outer: here, step: `${index + 1}.member`, parameter: `${index + 1}` }, failures);
    });
  };
}

/** Keys and values are reported like a list's elements. */
function mapInside(tables: ServiceTables, shape: MapTable, inner: (index: number) => Inside): Inside {
  const valueShape = tables.shapes[shape.value]!;
  // Maps of opaque values are checked by whoever walks the values, their keys included.
  if (valueShape.kind === "opaque") return nothing;
  const keyRules = elementRulesOf(tables.shapes[shape.key]!);
  const valueRules = elementRulesOf(valueShape);
  const inside = inner(shape.value);
  if (keyRules.length + valueRules.length === 0 && inside === nothing) return nothing;
  const keyConstraint = `Map keys must satisfy constraint: ${all(tables, keyRules)}`;
  const valueConstraint = `Map value must satisfy constraint: ${all(tables, valueRules)}`;
  return (value, here, failures) => {
    const entries = Object.entries(value as object);
    if (entries.some(([key]) => breaksOne(keyRules, key))) {
      failures.push({ at: here!, shape, value, constraint: keyConstraint });
    }
    if (entries.some(([, each]) => breaksOne(valueRules, each))) {
      failures.push({ at: here!, shape, value, constraint: valueConstraint });
    }
    if (inside === nothing) return;
    for (const [key, each] of entries) inside(each, { outer: here, step: `${key}.member`, parameter: key }, failures);
  };
}

function breaksOne(rules: readonly Rule[], value: unknown): boolean {
  return rules.some((rule) => !rule.holds(value));
}

/** IAM and STS add what no decoded element breaks (observed). */
function all(tables: ServiceTables, rules: readonly Rule[]): string {
  const texts = rules.map((rule) => rule.text);
  if (tables.protocol === "query") texts.push("Member must not be null");
  return `[${texts.join(", ")}]`;
}
