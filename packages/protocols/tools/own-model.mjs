/**
 * Tables and types of a service of our own from its model in botocore's format, which is also what the AWS CLI takes with
 * `aws configure add-model`.
 */
import { readFileSync } from "node:fs";

const scalars = { boolean: "bool", integer: "int", long: "long", float: "float", double: "double", timestamp: "time" };

/** The model of an own service; `name` is its folder in ../models. */
export function readOwnModel(name, version) {
  return JSON.parse(readFileSync(new URL(`../models/${name}/${version}/service-2.json`, import.meta.url), "utf8"));
}

/** What ServiceTables has of it: operations, errors, shapes. */
export function ownTables(model, opaque = []) {
  const shapes = [];
  const byName = new Map();
  const shapeOf = (name) => {
    if (byName.has(name)) return byName.get(name);
    const index = shapes.push(null) - 1;
    byName.set(name, index);
    shapes[index] = recordOf(name, model.shapes[name], opaque, shapeOf);
    return index;
  };
  const operations = {};
  for (const [name, { input, output }] of Object.entries(model.operations).sort(([a], [b]) => (a < b ? -1 : 1))) {
    operations[name] = { input: input && shapeOf(input.shape), output: output && shapeOf(output.shape) };
  }
  const errors = {};
  for (const [name, shape] of Object.entries(model.shapes)) {
    if (shape.exception) errors[name] = { status: shape.error.httpStatusCode, shape: shapeOf(name) };
  }
  return { operations, errors, shapes };
}

function recordOf(name, shape, opaque, shapeOf) {
  const { min, max, pattern } = shape;
  if (opaque.includes(name)) return { kind: "opaque", name };
  if (shape.type === "structure") {
    const required = new Set(shape.required);
    const members = Object.entries(shape.members).map(([member, ref]) => ({
      name: member,
      shape: shapeOf(ref.shape),
      required: required.has(member) || undefined,
    }));
    return { kind: "struct", name, members };
  }
  if (shape.type === "list") return { kind: "list", element: shapeOf(shape.member.shape), min, max };
  if (shape.type === "map") {
    return { kind: "map", key: shapeOf(shape.key.shape), value: shapeOf(shape.value.shape), min, max };
  }
  if (shape.type === "string") {
    return { kind: "string", min, max, pattern, enum: shape.enum, secret: shape.sensitive || undefined };
  }
  if (shape.type === "blob") return { kind: "blob", min, max };
  return { kind: scalars[shape.type], min, max };
}

/** TypeScript interfaces for the structures that the operations use, and the map from operations to them. */
export function ownTypes(model, typesName, opaque = []) {
  const types = { string: "string", boolean: "boolean", timestamp: "Date", blob: "Uint8Array" };
  const typeOf = (name) => {
    const shape = model.shapes[name];
    if (opaque.includes(name)) return "OpaqueValue";
    if (shape.type === "structure") return name;
    if (shape.type === "list") return `readonly ${typeOf(shape.member.shape)}[]`;
    if (shape.type === "map") return `Readonly<Record<string, ${typeOf(shape.value.shape)}>>`;
    if (shape.enum !== undefined) return shape.enum.map((value) => JSON.stringify(value)).join(" | ");
    return types[shape.type] ?? "number";
  };
  const used = new Set();
  const use = (name) => {
    const shape = model.shapes[name];
    if (opaque.includes(name) || used.has(name)) return;
    if (shape.type === "structure") used.add(name);
    for (const ref of [...Object.values(shape.members ?? {}), shape.member, shape.value]) if (ref) use(ref.shape);
  };
  for (const { input, output } of Object.values(model.operations)) for (const end of [input, output]) use(end.shape);
  const interfaces = [...used].sort().map((name) => {
    const { members, required = [], documentation } = model.shapes[name];
    const lines = Object.entries(members).map(([member, ref]) => {
      const comment = ref.documentation === undefined ? "" : `  /** ${ref.documentation} */\n`;
      return `${comment}  readonly ${member}${required.includes(member) ? "" : "?"}: ${typeOf(ref.shape)};`;
    });
    const comment = `/** ${documentation ?? `${name} of the model.`} */\n`;
    if (lines.length === 0) return `${comment}export type ${name} = Readonly<Record<string, never>>;\n`;
    return `${comment}export interface ${name} {\n${lines.join("\n")}\n}\n`;
  });
  const rows = Object.entries(model.operations).map(
    ([name, { input, output, documentation }]) =>
      `  /** ${documentation} */\n  ${name}: { readonly input: ${input.shape}; readonly output: ${output.shape} };`,
  );
  return `// Written by tools/generate-models.mjs from models/hotkeep.
import type { OpaqueValue } from "./data-plane-typed.js";

${interfaces.join("\n")}
/** The operations of ${model.metadata.serviceFullName} with the types of their inputs and outputs, for \`operationsOf\`. */
export type ${typesName} = {
${rows.join("\n")}
};
`;
}
