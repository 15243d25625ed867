import { compileShapes } from "../model/compile.js";
import type { ServiceTables } from "../model/tables.js";
import { cborFloat, cborTime } from "./cbor-body.js";

/** Turns a typed value into what `printCborBody` takes. */
export type CborWriter = (value: unknown) => unknown;

/** Makes the writers of a service's structures: members that the model does not know stay inside. */
export function compileCborWriters(tables: ServiceTables): (index: number) => CborWriter {
  return compileShapes<CborWriter>(tables, (shape, inner) => {
    switch (shape.kind) {
      case "struct": {
        const members = shape.members.map((member) => ({ name: member.name, write: inner(member.shape) }));
        return (value) => {
          const from = value as Readonly<Record<string, unknown>>;
          const out: Record<string, unknown> = {};
          for (const { name, write } of members) {
            const member = from[name];
            if (member !== undefined && member !== null) out[name] = write(member);
          }
          return out;
        };
      }
      case "list": {
        const write = inner(shape.element);
        return (value) => (value as readonly unknown[]).map((each) => write(each));
      }
      case "map": {
        const write = inner(shape.value);
        return (value) => {
          const entries = Object.entries(value as object).filter(([, each]) => each !== undefined);
          return new Map(entries.map(([key, each]) => [key, write(each)]));
        };
      }
      case "time":
        return (value) => cborTime(value as Date);
      case "float":
      case "double":
        return (value) => cborFloat(value as number);
      default:
        return (value) => value;
    }
  });
}
