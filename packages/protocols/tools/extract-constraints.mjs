#!/usr/bin/env node
/**
 * Reduces botocore's service models (Apache-2.0, see ../NOTICE) to what the tables need and the SDK's schemas lack:
 * declared member order, which members are required, lengths, ranges, patterns, enumerations, number kinds.
 *
 *   node extract-constraints.mjs <botocore>/data
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { services } from "./services.mjs";

const data = process.argv[2];
if (data === undefined) {
  console.error("usage: extract-constraints.mjs <botocore>/data");
  process.exit(2);
}

/** The parts of a shape that matter, with members and elements as shape names. */
function reduceShape(shape) {
  const out = { type: shape.type };
  for (const key of ["min", "max", "pattern", "enum", "required"]) if (shape[key] !== undefined) out[key] = shape[key];
  if (shape.members !== undefined) {
    out.members = Object.fromEntries(Object.entries(shape.members).map(([name, member]) => [name, member.shape]));
  }
  for (const key of ["member", "key", "value"]) if (shape[key] !== undefined) out[key] = shape[key].shape;
  return out;
}

function reduceModel(model, service) {
  const operations = {};
  const shapes = {};
  const keep = (name) => {
    if (name === undefined || shapes[name] !== undefined) return;
    const shape = reduceShape(model.shapes[name]);
    shapes[name] = shape;
    for (const inner of Object.values(shape.members ?? {})) keep(inner);
    for (const inner of [shape.member, shape.key, shape.value]) keep(inner);
  };
  for (const name of service.operations ?? Object.keys(model.operations)) {
    const operation = model.operations[name];
    if (operation === undefined) throw new Error(`${service.name} has no operation ${name}`);
    operations[name] = { input: operation.input?.shape, output: operation.output?.shape };
    keep(operation.input?.shape);
    keep(operation.output?.shape);
  }
  for (const [name, shape] of Object.entries(model.shapes)) if (shape.exception && !service.operations) keep(name);
  return { operations, shapes };
}

/** One shape a line, sorted, so that a newer model shows up as a readable difference. */
function print({ metadata, sha256, operations, shapes }) {
  const lines = (record) =>
    Object.keys(record)
      .sort()
      .map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify(record[name])}`)
      .join(",\n");
  const { apiVersion, protocol, jsonVersion, targetPrefix, xmlNamespace } = metadata;
  const kept = { apiVersion, protocol, jsonVersion, targetPrefix, xmlNamespace };
  return `{"metadata": ${JSON.stringify(kept)},\n"sha256": "${sha256}",\n"operations": {\n${lines(operations)}\n},\n"shapes": {\n${lines(shapes)}\n}}\n`;
}

for (const service of services) {
  const versions = readdirSync(join(data, service.model ?? service.name)).sort();
  const text = gunzipSync(
    readFileSync(join(data, service.model ?? service.name, versions.at(-1), "service-2.json.gz")),
  );
  const model = JSON.parse(text.toString("utf8"));
  const sha256 = createHash("sha256").update(text).digest("hex");
  const file = new URL(`./constraints/${service.name}.json`, import.meta.url);
  writeFileSync(file, print({ metadata: model.metadata, sha256, ...reduceModel(model, service) }));
  console.log(`${service.name} ${versions.at(-1)} ${sha256.slice(0, 8)}`);
}
