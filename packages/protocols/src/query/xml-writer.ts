import { compileShapes } from "../model/compile.js";
import type { ServiceTables, ShapeTable, StructTable } from "../model/tables.js";
import { xmlText } from "./xml-text.js";

/** Writes the content of a value's element. */
export type XmlWriter = (value: unknown) => string;

/** Makes the writers of a service's structures: members that the model does not know stay inside. */
export function compileXmlWriters(tables: ServiceTables): (index: number) => XmlWriter {
  const ec2 = tables.protocol === "ec2";
  return compileShapes<XmlWriter>(tables, (shape, inner) => {
    switch (shape.kind) {
      case "struct":
        return structWriter(tables, shape, inner);
      case "list": {
        const write = inner(shape.element);
        const name = shape.xml ?? "member";
        return (value) => {
          let out = "";
          for (const each of value as readonly unknown[]) out += element(name, write(each));
          return out;
        };
      }
      case "map": {
        const write = inner(shape.value);
        return (value) => {
          let out = "";
          for (const [key, each] of Object.entries(value as object)) {
            if (each === undefined) continue;
            out += element("entry", element("key", xmlText(key)) + element("value", write(each)));
          }
          return out;
        };
      }
      default:
        return scalarWriter(shape, ec2);
    }
  });
}

function structWriter(tables: ServiceTables, shape: StructTable, inner: (index: number) => XmlWriter): XmlWriter {
  const members = shape.members.map((member) => {
    const inside = tables.shapes[member.shape]!;
    return {
      name: member.name,
      element: member.xml ?? member.name,
      // A flat list repeats the member's own element.
      each: member.flat && inside.kind === "list" ? inner(inside.element) : undefined,
      write: inner(member.shape),
    };
  });
  return (value) => {
    const record = value as Readonly<Record<string, unknown>>;
    let out = "";
    for (const { name, element: tag, each, write } of members) {
      const member = record[name];
      if (member === undefined || member === null) continue;
      if (each === undefined) out += element(tag, write(member));
      else for (const item of member as readonly unknown[]) out += element(tag, each(item));
    }
    return out;
  };
}

function scalarWriter(shape: ShapeTable, ec2: boolean): XmlWriter {
  switch (shape.kind) {
    case "time":
      // IAM and STS write whole seconds (documented), EC2 milliseconds.
      return (value) => {
        const iso = (value as Date).toISOString();
        return ec2 ? iso : `${iso.slice(0, 19)}Z`;
      };
    case "blob":
      return (value) => Buffer.from(value as Uint8Array).toString("base64");
    case "string":
      return (value) => xmlText(value as string);
    default:
      return (value) => String(value);
  }
}

/** One element with its content. */
export function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}
