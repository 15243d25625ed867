import { CommonAwsError } from "@hotkeep/core";
import type { ServiceTables, ShapeTable } from "./tables.js";

const depthMax = 64;

/**
 * Checks that a value made in this process has the types of a shape, as a decoded one has by construction.
 *
 * @throws CommonAwsError `Serialization` naming the first place that differs.
 */
export function assertTypes(tables: ServiceTables, index: number, value: unknown, at: string, depth = 0): void {
  const shape = tables.shapes[index]!;
  if (shape.kind === "opaque") return;
  if (depth > depthMax || !fits(shape, value)) {
    throw new CommonAwsError("Serialization", `The value at '${at}' is no ${nouns[shape.kind]}`);
  }
  if (shape.kind === "struct") {
    for (const member of shape.members) {
      const inner = (value as Readonly<Record<string, unknown>>)[member.name];
      if (inner !== undefined) assertTypes(tables, member.shape, inner, join(at, member.name), depth + 1);
    }
  } else if (shape.kind === "list") {
    (value as readonly unknown[]).forEach((each, position) => {
      assertTypes(tables, shape.element, each, `${at}[${position}]`, depth + 1);
    });
  } else if (shape.kind === "map") {
    for (const [key, each] of Object.entries(value as object)) {
      assertTypes(tables, shape.value, each, join(at, key), depth + 1);
    }
  }
}

const nouns: Readonly<Record<ShapeTable["kind"], string>> = {
  struct: "structure",
  list: "list",
  map: "map",
  string: "string",
  int: "integer",
  long: "integer",
  float: "number",
  double: "number",
  bool: "boolean",
  time: "Date",
  blob: "Uint8Array",
  opaque: "value",
};

function fits(shape: ShapeTable, value: unknown): boolean {
  switch (shape.kind) {
    case "string":
      return typeof value === "string";
    case "int":
    case "long":
      return Number.isInteger(value);
    case "float":
    case "double":
      return Number.isFinite(value);
    case "bool":
      return typeof value === "boolean";
    case "time":
      return value instanceof Date && !Number.isNaN(value.getTime());
    case "blob":
      return value instanceof Uint8Array;
    case "list":
      return Array.isArray(value);
    case "struct":
    case "map":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "opaque":
      return true;
  }
}

function join(at: string, name: string): string {
  return at === "" ? name : `${at}.${name}`;
}
