import { CommonAwsError } from "@hotkeep/core";
import { compileShapes } from "../model/compile.js";
import type { ServiceTables, ShapeTable, StructTable } from "../model/tables.js";

/** Turns parsed JSON into a typed value. */
export type JsonReader = (json: unknown) => unknown;

/**
 * Makes the readers of a service's structures. They copy what the model knows and drop the rest, refuse wrong types with
 * AWS's words, read `null` as absent, and leave opaque values as they are.
 */
export function compileJsonReaders(tables: ServiceTables): (index: number) => JsonReader {
  return compileShapes<JsonReader>(tables, (shape, inner) => {
    switch (shape.kind) {
      case "struct":
        return structReader(shape, inner);
      case "list":
        return listReader(tables.shapes[shape.element]!.kind === "opaque" ? undefined : inner(shape.element));
      case "map":
        return mapReader(tables.shapes[shape.value]!.kind === "opaque" ? undefined : inner(shape.value));
      default:
        return scalarReader(shape);
    }
  });
}

function structReader(shape: StructTable, inner: (index: number) => JsonReader): JsonReader {
  const members = shape.members.map((member) => ({ name: member.name, read: inner(member.shape) }));
  return (json) => {
    const from = asObject(json);
    const out: Record<string, unknown> = {};
    for (const { name, read } of members) {
      const value = from[name];
      if (value !== undefined && value !== null) out[name] = read(value);
    }
    return out;
  };
}

/** Changes the parsed list in place: nobody else has it. */
function listReader(read: JsonReader | undefined): JsonReader {
  return (json) => {
    if (!Array.isArray(json)) throw unexpected(json);
    if (read === undefined) return json;
    for (let i = 0; i < json.length; i++) {
      if (json[i] === null) throw serializationError("null is no element of a list");
      json[i] = read(json[i]);
    }
    return json;
  };
}

/** Changes the parsed map in place, so that a key `__proto__` stays an ordinary one, as JSON.parse made it. */
function mapReader(read: JsonReader | undefined): JsonReader {
  return (json) => {
    const map = asObject(json);
    if (read === undefined) return map;
    for (const key of Object.keys(map)) {
      if (map[key] === null) throw serializationError("null is no value of a map");
      map[key] = read(map[key]);
    }
    return map;
  };
}

function scalarReader(shape: ShapeTable): JsonReader {
  switch (shape.kind) {
    case "string":
      return (json) => {
        if (typeof json !== "string") throw cannotConvert(json, "String");
        return json;
      };
    case "bool":
      return (json) => {
        if (typeof json === "boolean") return json;
        throw typeof json === "object"
          ? cannotConvert(json, "Boolean")
          : serializationError("Unexpected token received from parser");
      };
    case "int":
      return wholeNumber("Integer", 2 ** 31);
    case "long":
      return wholeNumber("Long", 2 ** 63);
    case "float":
    case "double":
      return (json) => {
        if (typeof json !== "number") throw cannotConvert(json, shape.kind === "float" ? "Float" : "Double");
        return json;
      };
    case "time":
      return (json) => {
        if (typeof json !== "number") throw cannotConvert(json, "Timestamp");
        const time = new Date(Math.round(json * 1000));
        if (Number.isNaN(time.getTime())) throw serializationError("The number is no time in seconds since 1970");
        return time;
      };
    case "blob":
      return (json) => {
        if (typeof json !== "string") throw cannotConvert(json, "ByteBuffer");
        if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(json)) {
          throw serializationError("Invalid base64");
        }
        return Buffer.from(json, "base64");
      };
    default:
      return (json) => json;
  }
}

function wholeNumber(type: string, limit: number): JsonReader {
  return (json) => {
    if (typeof json !== "number" || !Number.isInteger(json) || json >= limit || json < -limit) {
      throw cannotConvert(json, type);
    }
    return json;
  };
}

function asObject(json: unknown): Record<string, unknown> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw unexpected(json);
  return json as Record<string, unknown>;
}

/** The error for a scalar's place taken by something else (observed). */
function cannotConvert(json: unknown, type: string): CommonAwsError {
  if (typeof json === "object") return unexpected(json);
  const token = typeof json === "boolean" ? `${json}`.toUpperCase() : typeof json === "number" ? "NUMBER" : "STRING";
  return serializationError(`${token}_VALUE cannot be converted to ${type}`);
}

/** The error for a structure's, map's or list's place taken by something else (observed). */
function unexpected(json: unknown): CommonAwsError {
  if (Array.isArray(json)) return serializationError("Start of list found where not expected");
  if (typeof json === "object" && json !== null) {
    return serializationError("Start of structure or map found where not expected");
  }
  return serializationError("Unexpected field type");
}

/** A body that is not what the protocol or the model says. */
export function serializationError(message: string, cause?: unknown): CommonAwsError {
  return new CommonAwsError("Serialization", message, { cause });
}
