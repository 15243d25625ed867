import type { AttributeMap, AttributeValue, Item } from "../value.js";
import { type AttributeType, typeOf } from "./attribute-type.js";

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;

/** Texts up to this many characters are written here: calling out of the engine costs more. */
const writtenCharactersMax = 32;
/** What JSON writes in another way than as it is, and, for the rare lone ones, all surrogates. */
const escaped = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/**
 * Writes an item's JSON text, as JSON.stringify makes it, as UTF-8 into `target`; for small items that takes half its
 * time. Returns where the text ends: behind the target's end if it does not fit, and then not all of it is there.
 */
export function writeItemJson(item: Item, target: Buffer, at: number): number {
  return writeMap(item, target, at);
}

function writeMap(map: AttributeMap, target: Buffer, start: number): number {
  let at = start;
  target[at++] = 0x7b;
  let separated = true;
  for (const name in map) {
    if (!separated) target[at++] = comma;
    separated = false;
    at = writeText(name, target, at);
    target[at++] = colon;
    at = writeValue(map[name]!, target, at);
  }
  target[at++] = 0x7d;
  return at;
}

function writeValue(value: AttributeValue, target: Buffer, start: number): number {
  let at = start;
  target[at++] = 0x7b;
  const tag = typeOf(value);
  at = writeText(tag, target, at);
  target[at++] = colon;
  at = writeContent((value as Readonly<Record<string, unknown>>)[tag], tag, target, at);
  target[at++] = 0x7d;
  return at;
}

function writeContent(content: unknown, tag: AttributeType, target: Buffer, at: number): number {
  switch (tag) {
    case "M":
      return writeMap(content as AttributeMap, target, at);
    case "L":
      return writeList(content as readonly AttributeValue[], target, at);
    case "SS":
    case "NS":
    case "BS":
      return writeSet(content as readonly string[], target, at);
    case "BOOL":
    case "NULL":
      return writePlain(content === true ? "true" : "false", target, at);
    default:
      return writeText(content as string, target, at);
  }
}

function writeList(list: readonly AttributeValue[], target: Buffer, start: number): number {
  let at = start;
  target[at++] = 0x5b;
  for (let i = 0; i < list.length; i++) {
    if (i > 0) target[at++] = comma;
    at = writeValue(list[i]!, target, at);
  }
  target[at++] = 0x5d;
  return at;
}

function writeSet(set: readonly string[], target: Buffer, start: number): number {
  let at = start;
  target[at++] = 0x5b;
  for (let i = 0; i < set.length; i++) {
    if (i > 0) target[at++] = comma;
    at = writeText(set[i]!, target, at);
  }
  target[at++] = 0x5d;
  return at;
}

function writePlain(text: string, target: Buffer, at: number): number {
  for (let i = 0; i < text.length; i++) target[at + i] = text.charCodeAt(i);
  return at + text.length;
}

function writeText(text: string, target: Buffer, start: number): number {
  const { length } = text;
  let at = start;
  target[at++] = quote;
  if (length <= writtenCharactersMax) {
    let i = 0;
    for (; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code < 0x20 || code > 0x7e || code === quote || code === backslash) break;
      target[at + i] = code;
    }
    if (i === length) {
      target[at + i] = quote;
      return at + i + 1;
    }
  }
  const inside = escaped.test(text) ? JSON.stringify(text).slice(1, -1) : text;
  // A UTF-16 unit takes at most three bytes.
  if (at + 3 * inside.length >= target.length) return target.length + 1;
  at += target.write(inside, at, "utf8");
  target[at++] = quote;
  return at;
}
