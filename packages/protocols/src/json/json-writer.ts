import { compileShapes } from "../model/compile.js";
import type { ServiceTables, ShapeTable, StructTable } from "../model/tables.js";

/** Writes a typed value as JSON text. */
export type JsonWriter = (value: unknown) => string;

/** Makes the writers of a service's structures: members that the model does not know stay inside. */
export function compileJsonWriters(tables: ServiceTables): (index: number) => JsonWriter {
  return compileShapes<JsonWriter>(tables, (shape, inner) => {
    switch (shape.kind) {
      case "struct":
        return structWriter(shape, inner);
      case "list": {
        const write = inner(shape.element);
        if (isPlain(tables.shapes[shape.element]!)) return stringify;
        return (value) => `[${(value as readonly unknown[]).map((each) => write(each)).join(",")}]`;
      }
      case "map": {
        const write = inner(shape.value);
        if (isPlain(tables.shapes[shape.value]!)) return stringify;
        return (value) => {
          const entries = Object.entries(value as object).filter(([, each]) => each !== undefined);
          return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${write(each)}`).join(",")}}`;
        };
      }
      case "time":
        // Seconds with milliseconds as a fraction (documented).
        return (value) => String((value as Date).getTime() / 1000);
      case "blob":
        return (value) => `"${asBuffer(value as Uint8Array).toString("base64")}"`;
      default:
        return stringify;
    }
  });
}

function stringify(value: unknown): string {
  return JSON.stringify(value);
}

function structWriter(shape: StructTable, inner: (index: number) => JsonWriter): JsonWriter {
  const members = shape.members.map((member) => ({
    name: member.name,
    label: `${JSON.stringify(member.name)}:`,
    write: inner(member.shape),
  }));
  return (value) => {
    const record = value as Readonly<Record<string, unknown>>;
    let out = "";
    for (const { name, label, write } of members) {
      const member = record[name];
      if (member === undefined || member === null) continue;
      out += out === "" ? label : `,${label}`;
      out += write(member);
    }
    return `{${out}}`;
  };
}

/** JSON.stringify writes it as the protocol does. */
function isPlain({ kind }: ShapeTable): boolean {
  return kind !== "struct" && kind !== "list" && kind !== "map" && kind !== "time" && kind !== "blob";
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
