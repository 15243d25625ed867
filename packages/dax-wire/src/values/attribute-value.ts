import { type AttributeMap, type AttributeValue, nestingMax } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import { CborReader } from "../cbor/reader.js";
import { type CborWriter, encode } from "../cbor/writer.js";
import { malformedRequest } from "../errors.js";
import { readNumber, readTaggedNumber, writeNumber } from "./number.js";

const stringSet = 3321;
const numberSet = 3322;
const binarySet = 3323;

/**
 * Reads one attribute value. Numbers come out canonical; whether sets have duplicates and the like is the table's to
 * check.
 * @throws AwsError ValidationException
 */
export function readValue(reader: CborReader, depth = 0): AttributeValue {
  reader.countValue();
  switch (reader.kind()) {
    case "text":
      return { S: reader.text("a string") };
    case "integer":
    case "float":
      return { N: readNumber(reader) };
    case "bytes":
      return { B: reader.bytes("a binary").toString("base64") };
    case "boolean":
      return { BOOL: reader.boolean("a boolean") };
    case "null":
      reader.nullIfThere();
      return { NULL: true };
    case "array":
      return { L: readList(reader, deeper(depth)) };
    case "map":
      return { M: readMap(reader, deeper(depth)) };
    case "tag":
      return readTagged(reader);
    default:
      throw malformedRequest("an attribute value is of no known type");
  }
}

function deeper(depth: number): number {
  if (depth >= nestingMax) {
    throw new AwsError(
      "ValidationException",
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
    );
  }
  return depth + 1;
}

function readList(reader: CborReader, depth: number): AttributeValue[] {
  const list: AttributeValue[] = [];
  const count = reader.arrayStart("a list");
  while (reader.more(count, list.length)) list.push(readValue(reader, depth));
  return list;
}

/** Reads a map from names (text) to attribute values, open-ended or not. */
export function readMap(reader: CborReader, depth: number): AttributeMap {
  const map: Record<string, AttributeValue> = Object.create(null);
  const count = reader.mapStart("a map");
  for (let done = 0; reader.more(count, done); done++) {
    const name = reader.text("a map's key");
    if (name in map) throw malformedRequest(`the map key \`${name}\` is there twice`);
    map[name] = readValue(reader, depth);
  }
  return map;
}

function readTagged(reader: CborReader): AttributeValue {
  const tag = reader.tag("a value");
  switch (tag) {
    case stringSet:
      return { SS: readSet(reader, () => reader.text("a string")) };
    case numberSet:
      return { NS: readSet(reader, () => readNumber(reader)) };
    case binarySet:
      return { BS: readSet(reader, () => reader.bytes("a binary").toString("base64")) };
    default:
      return { N: readTaggedNumber(reader, tag) };
  }
}

function readSet(reader: CborReader, read: () => string): string[] {
  const set: string[] = [];
  const count = reader.arrayStart("a set");
  while (reader.more(count, set.length)) {
    reader.countValue();
    set.push(read());
  }
  return set;
}

/** Writes one attribute value. */
export function writeValue(writer: CborWriter, value: AttributeValue): void {
  if ("S" in value) writer.text(value.S);
  else if ("N" in value) writeNumber(writer, value.N);
  else if ("B" in value) writer.bytes(Buffer.from(value.B, "base64"));
  else if ("BOOL" in value) writer.boolean(value.BOOL);
  else if ("NULL" in value) writer.null();
  else if ("SS" in value) writeSet(writer, stringSet, value.SS, (element) => writer.text(element));
  else if ("NS" in value) writeSet(writer, numberSet, value.NS, (element) => writeNumber(writer, element));
  else if ("BS" in value) writeSet(writer, binarySet, value.BS, (e) => writer.bytes(Buffer.from(e, "base64")));
  else if ("L" in value) {
    writer.array(value.L.length);
    for (const element of value.L) writeValue(writer, element);
  } else {
    const names = Object.keys(value.M);
    writer.map(names.length);
    for (const name of names) {
      writer.text(name);
      writeValue(writer, value.M[name]!);
    }
  }
}

function writeSet(writer: CborWriter, tag: number, set: readonly string[], write: (element: string) => void): void {
  writer.tag(tag);
  writer.array(set.length);
  for (const element of set) write(element);
}

/** One attribute value as CBOR. */
export function encodeValue(value: AttributeValue): Buffer {
  return encode((writer) => writeValue(writer, value));
}

/** The attribute value that fills `bytes`. @throws AwsError ValidationException */
export function decodeValue(bytes: Buffer): AttributeValue {
  const reader = new CborReader(bytes);
  const value = readValue(reader);
  if (!reader.atEnd) throw malformedRequest("there is something behind an attribute value");
  return value;
}
