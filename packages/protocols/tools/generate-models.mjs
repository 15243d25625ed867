#!/usr/bin/env node
/**
 * Writes src/model/<service>.tables.json and <service>.operations.ts from two published sources walked side by side:
 * the schemas inside the AWS SDK v3 clients (names on the wire, error codes; the newer of the two) and the constraints
 * extracted from botocore (see extract-constraints.mjs). A member that only the SDK knows gets no constraints.
 *
 *   node packages/protocols/tools/generate-models.mjs && npm run fix
 */
import { readFileSync, writeFileSync } from "node:fs";
import { ownTables, ownTypes, readOwnModel } from "./own-model.mjs";
import { ownServices, services } from "./services.mjs";

/** The SDK packs boolean traits into bits, in this order. */
const TRAIT_BITS = ["httpLabel", "idempotent", "idempotencyToken", "sensitive"];
const STRING = 0;
const NUMBER = 1;
const BOOLEAN = 2;
const LIST_BIT = 64;
const MAP_BIT = 128;
const BLOBS = new Set([21, 42]);
const TIMES = new Map([
  [4, undefined],
  [5, "date-time"],
  [6, "http-date"],
  [7, "epoch-seconds"],
]);

function traitsOf(indicator) {
  if (typeof indicator === "object") return indicator;
  return Object.fromEntries(TRAIT_BITS.filter((_, bit) => (indicator >> bit) & 1).map((name) => [name, 1]));
}

/** Follows references and member wrappers to a schema and the traits met on the way, the outermost winning. */
function resolve(ref) {
  let traits = {};
  let schema = ref;
  for (;;) {
    if (typeof schema === "function") schema = schema();
    else if (Array.isArray(schema) && schema.length === 2) {
      traits = { ...traitsOf(schema[1]), ...traits };
      schema = schema[0];
    } else if (Array.isArray(schema) && schema[0] === 0) {
      traits = { ...traitsOf(schema[3]), ...traits };
      schema = schema[4];
    } else return { schema, traits };
  }
}

class TableWriter {
  constructor(service, constraints) {
    this.service = service;
    this.constraints = constraints;
    this.shapes = [];
    this.byKey = new Map();
    this.unpaired = [];
  }

  #intern(key, make) {
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const index = this.shapes.length;
    this.byKey.set(key, index);
    this.shapes.push(null);
    this.shapes[index] = make();
    return index;
  }

  #scalar(record) {
    return this.#intern(JSON.stringify(record), () => record);
  }

  /** The index of the shape for an SDK schema and its botocore twin's name (undefined if the SDK is ahead). */
  shape(ref, twinName, where) {
    const { schema, traits } = resolve(ref);
    const twin = this.constraints.shapes[twinName];
    if (schema === "unit") return undefined;
    if (typeof schema === "number" && schema < LIST_BIT)
      return this.#scalar(this.#scalarRecord(schema, traits, twin, where));
    if (typeof schema === "number") {
      const isList = schema < MAP_BIT;
      const element = schema & (LIST_BIT - 1);
      return isList
        ? this.#list(`list:${schema}:${twinName}`, element, {}, twin, where)
        : this.#map(`map:${schema}:${twinName}`, STRING, element, twin, where);
    }
    const [kind, , name] = schema;
    const key = `${name}:${twinName}`;
    if (this.service.opaque?.includes(name)) return this.#scalar({ kind: "opaque", name });
    if (kind === 1) return this.#list(key, schema[4], traits, twin, where);
    if (kind === 2) return this.#map(key, schema[4], schema[5], twin, where);
    return this.#intern(key, () => this.#struct(schema, twin, where));
  }

  #scalarRecord(schema, traits, twin, where) {
    const secret = traits.sensitive ? true : undefined;
    if (BLOBS.has(schema)) return { kind: "blob", min: twin?.min, max: twin?.max, secret };
    if (TIMES.has(schema)) return { kind: "time", format: traits.timestampFormat ?? TIMES.get(schema) };
    if (schema === BOOLEAN) return { kind: "bool" };
    if (schema === NUMBER) {
      if (twin === undefined) this.unpaired.push(where);
      return { kind: twin?.type === "integer" ? "int" : (twin?.type ?? "double"), min: twin?.min, max: twin?.max };
    }
    if (schema !== STRING) throw new Error(`${where}: no such simple schema: ${schema}`);
    return { kind: "string", min: twin?.min, max: twin?.max, pattern: twin?.pattern, enum: twin?.enum, secret };
  }

  #list(key, element, _traits, twin, where) {
    return this.#intern(key, () => {
      const { traits } = resolve(element);
      const shape = this.shape(element, twin?.member, `${where}[]`);
      return { kind: "list", element: shape, xml: traits.xmlName, min: twin?.min, max: twin?.max };
    });
  }

  #map(key, keyRef, valueRef, twin, where) {
    return this.#intern(key, () => ({
      kind: "map",
      key: this.shape(keyRef, twin?.key, `${where}.key`),
      value: this.shape(valueRef, twin?.value, `${where}.value`),
      min: twin?.min,
      max: twin?.max,
    }));
  }

  #struct([, , name, , names, refs, requiredCount = 0], twin, where) {
    const required = new Set(twin === undefined ? names.slice(0, requiredCount) : twin.required);
    // Several broken constraints are reported in declared order; the SDK moves required members to the front.
    const declared = Object.keys(twin?.members ?? {}).filter((member) => names.includes(member));
    const members = [...declared, ...names.filter((member) => !declared.includes(member))].map((member) => {
      const ref = refs[names.indexOf(member)];
      const { traits } = resolve(ref);
      return {
        name: member,
        shape: this.shape(ref, twin?.members[member], `${where}.${member}`),
        required: required.has(member) || undefined,
        xml: traits.xmlName,
        query: traits.ec2QueryName,
        flat: traits.xmlFlattened ? true : undefined,
        token: traits.idempotencyToken ? true : undefined,
      };
    });
    return { kind: "struct", name, members };
  }
}

/** One operation, error and shape a line, so that an SDK update shows up as a readable difference. */
function print(head, operations, errors, shapes) {
  const lines = (record) =>
    Object.entries(record).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  const top = Object.entries(head)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{${top.join(",\n")},
"operations": {\n${lines(operations).join(",\n")}\n},
"errors": {\n${lines(errors).join(",\n")}\n},
"shapes": [\n${shapes.map((shape) => `  ${JSON.stringify(shape)}`).join(",\n")}\n]}\n`;
}

function errorsOf(client, writer, { json, query }) {
  const errors = {};
  for (const schema of Object.values(client)) {
    if (!Array.isArray(schema) || schema[0] !== -3 || schema[1].startsWith("smithy.")) continue;
    const [, , name, traits] = schema;
    const [code, status] = traits.awsQueryError ?? [];
    errors[name] = {
      // A JSON service sends the shape's name even where its model also has a code for the query protocol.
      code: (json && !query) || code === name ? undefined : code,
      status: status ?? traits.httpError ?? (traits.error === "server" ? 500 : 400),
      shape: json ? writer.shape(schema, name, name) : undefined,
    };
  }
  return Object.fromEntries(Object.entries(errors).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function printOperations(service, names) {
  const kind = service.dataPlane ? "DataPlaneTyped" : "Typed";
  const rows = names.map((name) => `  ${name}: ${kind}<sdk.${name}CommandInput, sdk.${name}CommandOutput>;`);
  return `// Written by tools/generate-models.mjs.
import type * as sdk from "${service.client}";
import type { ${kind} } from "./${service.dataPlane ? "data-plane-typed" : "typed"}.js";

/** The operations of ${service.name} with the types of their inputs and outputs, for \`operationsOf\`. */
export type ${service.types} = {
${rows.join("\n")}
};
`;
}

const folder = new URL("../src/model/", import.meta.url);

for (const service of services) {
  const constraints = JSON.parse(readFileSync(new URL(`./constraints/${service.name}.json`, import.meta.url), "utf8"));
  const client = await import(service.client);
  const { metadata } = constraints;
  const [protocol, ...otherProtocols] = service.protocols ?? [metadata.protocol];
  const spoken = { json: protocol === "json", query: otherProtocols.includes("query") };
  const writer = new TableWriter(service, constraints);
  const operations = {};
  const names = Object.values(client)
    .filter((schema) => Array.isArray(schema) && schema[0] === 9)
    .map((schema) => schema[2])
    .filter((name) => service.operations?.includes(name) ?? true)
    .sort();
  for (const name of names) {
    const [, , , , input, output] = client[`${name}$`];
    const twin = constraints.operations[name];
    operations[name] = {
      input: writer.shape(input, twin?.input, name),
      output: writer.shape(output, twin?.output, name),
    };
  }
  const errors = errorsOf(client, writer, spoken);
  const head = {
    service: service.name,
    signing: service.signing,
    protocol,
    namespace: service.namespace,
    otherProtocols: otherProtocols.length === 0 ? undefined : otherProtocols,
    version: metadata.apiVersion,
    xmlNamespace: service.xmlNamespace ?? metadata.xmlNamespace,
    target: metadata.targetPrefix,
    jsonVersion: metadata.jsonVersion,
  };
  writeFileSync(new URL(`${service.name}.tables.json`, folder), print(head, operations, errors, writer.shapes));
  writeFileSync(new URL(`${service.name}.operations.ts`, folder), printOperations(service, names));
  const ahead = names.filter((name) => constraints.operations[name] === undefined);
  console.log(
    `${service.name}: ${names.length} operations, ${writer.shapes.length} shapes, ${Object.keys(errors).length} errors`,
  );
  if (ahead.length > 0) console.log(`  only in the SDK: ${ahead.join(" ")}`);
  if (writer.unpaired.length > 0) console.log(`  numbers of unknown kind: ${writer.unpaired.join(" ")}`);
}

for (const { name, version, types, opaque } of ownServices) {
  const model = readOwnModel(name, version);
  const { operations, errors, shapes } = ownTables(model, opaque);
  const { protocol, apiVersion, targetPrefix: target, jsonVersion } = model.metadata;
  const head = { service: name, protocol, version: apiVersion, target, jsonVersion };
  writeFileSync(new URL(`${name}.tables.json`, folder), print(head, operations, errors, shapes));
  writeFileSync(new URL(`${name}.operations.ts`, folder), ownTypes(model, types, opaque));
  console.log(`${name}: ${Object.keys(operations).length} operations, ${shapes.length} shapes`);
}
