import { serializationError } from "../json/json-reader.js";
import { compileShapes } from "../model/compile.js";
import type { ServiceTables, ShapeTable, StructTable } from "../model/tables.js";

/** Turns a decoded CBOR value (maps as Map, times as Date) into a typed value. */
export type CborReader = (value: unknown) => unknown;

/** Makes the readers of a service's structures: they copy what the model knows, drop the rest and refuse wrong types. */
export function compileCborReaders(tables: ServiceTables): (index: number) => CborReader {
  return compileShapes<CborReader>(tables, (shape, inner) => {
    switch (shape.kind) {
      case "struct":
        return structReader(shape, inner);
      case "list": {
        const read = inner(shape.element);
        return (value) => {
          if (!Array.isArray(value)) throw unexpected("a list");
          return value.map((each: unknown) => read(each));
        };
      }
      case "map": {
        const read = inner(shape.value);
        return (value) => {
          const entries = [...asMap(value)].filter(([, each]) => each !== null && each !== undefined);
          // Made of entries, a key `__proto__` is an ordinary one.
          return Object.fromEntries(entries.map(([key, each]) => [asText(key), read(each)]));
        };
      }
      default:
        return scalarReader(shape);
    }
  });
}

function structReader(shape: StructTable, inner: (index: number) => CborReader): CborReader {
  const members = shape.members.map((member) => ({ name: member.name, read: inner(member.shape) }));
  return (value) => {
    const from = asMap(value);
    const out: Record<string, unknown> = {};
    for (const { name, read } of members) {
      const member = from.get(name);
      if (member !== undefined && member !== null) out[name] = read(member);
    }
    return out;
  };
}

function scalarReader(shape: ShapeTable): CborReader {
  switch (shape.kind) {
    case "string":
      return asText;
    case "bool":
      return (value) => {
        if (typeof value !== "boolean") throw unexpected("a boolean");
        return value;
      };
    case "int":
      return wholeNumber(2 ** 31);
    case "long":
      return wholeNumber(2 ** 53);
    case "float":
    case "double":
      return (value) => {
        const number = typeof value === "bigint" ? Number(value) : value;
        if (typeof number !== "number" || !Number.isFinite(number)) throw unexpected("a number");
        return number;
      };
    case "time":
      return (value) => {
        if (!(value instanceof Date)) throw unexpected("a timestamp");
        return value;
      };
    case "blob":
      return (value) => {
        if (!(value instanceof Uint8Array)) throw unexpected("bytes");
        return value;
      };
    default:
      return (value) => value;
  }
}

function wholeNumber(limit: number): CborReader {
  return (value) => {
    if (typeof value !== "number" || !Number.isInteger(value) || value >= limit || value < -limit) {
      throw unexpected("an integer");
    }
    return value;
  };
}

function asMap(value: unknown): ReadonlyMap<unknown, unknown> {
  if (!(value instanceof Map)) throw unexpected("a map");
  return value;
}

function asText(value: unknown): string {
  if (typeof value !== "string") throw unexpected("text");
  return value;
}

function unexpected(wanted: string): Error {
  return serializationError(`The CBOR body has something else where ${wanted} is expected`);
}
