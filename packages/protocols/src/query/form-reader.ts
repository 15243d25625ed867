import { CommonAwsError } from "@hotkeep/core";
import { compileShapes } from "../model/compile.js";
import type { ListTable, MapTable, ServiceTables, ShapeTable, StructTable } from "../model/tables.js";
import { upperFirst } from "../model/words.js";
import type { FormNode } from "./form.js";

/** Turns a parameter and what is below it into a typed value; `name` is for messages. */
export type FormReader = (node: FormNode, name: string) => unknown;

/** Makes the readers of a service's structures from query or EC2 parameters. */
export function compileFormReaders(tables: ServiceTables): (index: number) => FormReader {
  const ec2 = tables.protocol === "ec2";
  return compileShapes<FormReader>(tables, (shape, inner) => {
    if (shape.kind === "struct") return structReader(tables, shape, inner);
    if (shape.kind === "list") return listReader(shape, inner, ec2);
    if (shape.kind === "map") return mapReader(shape, inner);
    return scalarReader(shape);
  });
}

/** The name under which a member is sent. */
export function parameterName(
  ec2: boolean,
  member: { readonly name: string; readonly xml?: string; readonly query?: string },
): string {
  return ec2 ? (member.query ?? upperFirst(member.xml ?? member.name)) : (member.xml ?? member.name);
}

function structReader(tables: ServiceTables, shape: StructTable, inner: (index: number) => FormReader): FormReader {
  const ec2 = tables.protocol === "ec2";
  const members = shape.members.map((member) => ({
    name: member.name,
    sent: parameterName(ec2, member),
    flat: member.flat === true,
    read: inner(member.shape),
  }));
  return (node, name) => {
    const out: Record<string, unknown> = {};
    const { children } = node;
    if (children === undefined) return out;
    for (const member of members) {
      const child = children.get(member.sent);
      if (child !== undefined)
        out[member.name] = member.read(child, name === "" ? member.sent : `${name}.${member.sent}`);
    }
    return out;
  };
}

function listReader(shape: ListTable, inner: (index: number) => FormReader, ec2: boolean): FormReader {
  const read = inner(shape.element);
  const element = shape.xml ?? "member";
  return (node, name) => {
    // A list sent as nothing but its name (`Tags=`) is an empty one.
    const children = ec2 ? node.children : node.children?.get(element)?.children;
    return inOrder(children, name).map(([index, child]) => read(child, `${name}.${ec2 ? "" : `${element}.`}${index}`));
  };
}

function mapReader(shape: MapTable, inner: (index: number) => FormReader): FormReader {
  const key = inner(shape.key);
  const value = inner(shape.value);
  return (node, name) => {
    const out: Record<string, unknown> = Object.create(null);
    for (const [index, entry] of inOrder(node.children?.get("entry")?.children, name)) {
      const at = `${name}.entry.${index}`;
      out[key(entry.children?.get("key") ?? {}, `${at}.key`) as string] = value(
        entry.children?.get("value") ?? {},
        `${at}.value`,
      );
    }
    return out;
  };
}

/** Entries in the order of their numbers, which may have gaps. */
function inOrder(children: Map<string, FormNode> | undefined, name: string): [index: number, node: FormNode][] {
  if (children === undefined) return [];
  const entries: [number, FormNode][] = [];
  for (const [key, child] of children) {
    if (!/^\d{1,9}$/.test(key)) throw malformed(name, key, "a list's element number");
    entries.push([Number(key), child]);
  }
  return entries.sort((a, b) => a[0] - b[0]);
}

function scalarReader(shape: ShapeTable): FormReader {
  switch (shape.kind) {
    case "bool":
      return (node, name) => {
        const text = scalar(node, name).toLowerCase();
        if (text !== "true" && text !== "false") throw malformed(name, text, "a boolean: true or false");
        return text === "true";
      };
    case "int":
      return wholeNumber("an integer", 2 ** 31);
    case "long":
      return wholeNumber("a long integer", 2 ** 63);
    case "float":
    case "double":
      return (node, name) => {
        const text = scalar(node, name).trim();
        const number = Number(text);
        if (text === "" || !Number.isFinite(number)) throw malformed(name, text, "a number");
        return number;
      };
    case "time":
      return (node, name) => {
        const text = scalar(node, name);
        const time = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text)
          ? new Date(/[Z+]|T.*-/.test(text) || text.length === 10 ? text : `${text}Z`)
          : /^\d{1,12}(\.\d{1,9})?$/.test(text)
            ? new Date(Number(text) * 1000)
            : new Date(Number.NaN);
        if (Number.isNaN(time.getTime())) throw malformed(name, text, "a time in ISO 8601");
        return time;
      };
    case "blob":
      return (node, name) => {
        const text = scalar(node, name);
        if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) throw malformed(name, "", "base64");
        return Buffer.from(text, "base64");
      };
    default:
      return scalar;
  }
}

function wholeNumber(type: string, limit: number): FormReader {
  return (node, name) => {
    const text = scalar(node, name).trim();
    const number = Number(text);
    if (!/^[+-]?\d+$/.test(text) || number >= limit || number < -limit) throw malformed(name, text, type);
    return number;
  };
}

function scalar(node: FormNode, name: string): string {
  if (node.value === undefined || node.children !== undefined) {
    throw new CommonAwsError("Serialization", `Unexpected structure in parameter ${name}`);
  }
  return node.value;
}

/** The words are ours: no recorded answer is known. */
function malformed(name: string, text: string, expected: string): CommonAwsError {
  return new CommonAwsError("Serialization", `Value '${text.slice(0, 100)}' of parameter ${name} is not ${expected}`);
}
