import type { DaxRequest } from "@hotkeep/dax-wire";
import { type Node, readTree } from "./cbor-tree.js";

// The rules about responses, checked on the bytes: what breaks one of the recorded clients, and what they take but a
// server has no reason to send. An encoder that keeps to them never gives a finding.

class Flaw extends Error {}

function demand(condition: boolean, flaw: string): asserts condition {
  if (!condition) throw new Flaw(flaw);
}

/**
 * What is wrong with a response to this request, or undefined.
 * @param listNames names of an attribute list, by id
 */
export function flawOf(
  request: DaxRequest,
  response: Buffer,
  listNames: (id: number) => readonly string[],
): string | undefined {
  try {
    check(request, response, listNames);
    return undefined;
  } catch (error) {
    if (error instanceof Flaw) return error.message;
    if (error instanceof RangeError) return `not CBOR: ${error.message}`;
    throw error;
  }
}

function check(request: DaxRequest, response: Buffer, listNames: (id: number) => readonly string[]): void {
  const nodes = readTree(response);
  const [codes, ...values] = nodes;
  demand(codes?.major === 4, "does not start with codes");
  plain(codes);
  if (codes.children.length > 0) {
    checkError(values, listNames);
    return;
  }
  switch (request.method) {
    case "batchGetItem":
      checkBatchGet(request, values, listNames);
      return;
    case "batchWriteItem":
      demand(values.length === 3, "batch write without three values");
      values.forEach(deepPlain);
      return;
    case "transactGetItems":
      checkTransactGet(request, values, listNames);
      return;
    case "transactWriteItems":
      demand(values.length === 1 && values[0]!.children.length === 3, "transaction without three values");
      demand(
        values[0]!.children.every((child) => child.major === 4 || child.major === 5),
        "null for an empty list",
      );
      deepPlain(values[0]!);
      return;
    case "defineKeySchema":
    case "defineAttributeListId":
    case "defineAttributeList":
    case "endpoints":
      demand(values.length === 1, "not one value");
      deepPlain(values[0]!);
      return;
    default:
      demand(values.length === 1, "not one value");
      checkMap(request, values[0]!, listNames);
  }
}

function checkError(values: readonly Node[], listNames: (id: number) => readonly string[]): void {
  demand(values.length === 2, "error without three values");
  const [message, info] = values as [Node, Node];
  demand(message.major === 3, "error without text");
  deepPlain(info);
  const reasons = info.children[3]?.children ?? [];
  for (let i = 2; i < reasons.length; i += 3) if (reasons[i]!.major === 2) checkItem(reasons[i]!, listNames);
}

/** Fields that each method may have. */
const fields: Readonly<Record<string, readonly number[]>> = {
  getItem: [0, 1],
  putItem: [1, 2, 3],
  updateItem: [1, 2, 3],
  deleteItem: [1, 2, 3],
  query: [1, 7, 8, 9, 10],
  scan: [1, 7, 8, 9, 10],
};

function checkMap(request: DaxRequest, map: Node, listNames: (id: number) => readonly string[]): void {
  if (map.major === 7 && map.argument === 22n) return;
  demand(map.major === 5, "the result is no map");
  plain(map);
  const projected = "projection" in request && request.projection !== undefined;
  for (let i = 0; i < map.children.length; i += 2) {
    const key = Number(map.children[i]!.argument);
    const value = map.children[i + 1]!;
    demand(fields[request.method]!.includes(key), "unknown field");
    plain(map.children[i]!);
    if (key === 0) {
      if (projected) checkProjected(value);
      else checkItem(value, listNames);
    } else if (key === 1) {
      checkCapacity(value);
    } else if (key === 2) {
      checkItem(value, listNames, "returnValues" in request && request.returnValues.startsWith("UPDATED"));
    } else if (key === 3) {
      checkMetrics(value);
    } else if (key === 7) {
      plain(value);
      for (const item of value.children) {
        if (projected) {
          checkProjected(item);
          continue;
        }
        plain(item);
        demand(item.major === 4 && item.children.length === 2, "item is not a pair");
        plain(item.children[0]!);
        checkItem(item.children[1]!, listNames);
      }
    } else if (key === 9) {
      plain(value);
      demand(value.major === 2, "last key is no byte string");
      if ("indexName" in request && request.indexName !== undefined) checkCompoundKey(value);
    } else {
      demand(value.major === 0, "a count is no integer");
      plain(value);
    }
  }
}

function checkCompoundKey(value: Node): void {
  const [map] = readTree(value.content);
  demand(map?.major === 5 && map.open, "a compound key of definite length");
  for (let i = 1; i < map.children.length; i += 2) checkValue(map.children[i]!);
}

function checkBatchGet(
  request: DaxRequest & { readonly method: "batchGetItem" },
  values: readonly Node[],
  listNames: (id: number) => readonly string[],
): void {
  // The array header of 2 holds two of the three values.
  const header = values[0];
  demand(header?.major === 4 && header.children.length === 2 && values.length === 2, "batch get without three values");
  const [responses, unprocessed] = header.children as [Node, Node];
  demand(responses.major === 5 && unprocessed.major === 5 && values[1]!.major === 4, "null for an empty list");
  demand(responses.children.length / 2 === request.tables.length, "a table is missing");
  for (let i = 0; i < responses.children.length; i += 2) {
    const table = responses.children[i]!.content.toString();
    const items = responses.children[i + 1]!;
    plain(items);
    const projected = request.tables.find((entry) => entry.table === table)?.projection !== undefined;
    items.children.forEach((item, index) => {
      if (projected) checkProjected(item);
      else if (index % 2 === 1) checkItem(item, listNames);
      else plain(item);
    });
  }
  deepPlain(unprocessed);
  values[1]!.children.forEach(checkCapacity);
}

function checkTransactGet(
  request: DaxRequest & { readonly method: "transactGetItems" },
  values: readonly Node[],
  listNames: (id: number) => readonly string[],
): void {
  demand(values.length === 1 && values[0]!.children.length === 2, "transaction without two values");
  const [items, capacity] = values[0]!.children as [Node, Node];
  demand(items.children.length === request.gets.length, "fewer items than asked for");
  items.children.forEach((item, index) => {
    if (item.major === 7) demand(item.argument === 22n, "not an item");
    else if (request.gets[index]!.projection !== undefined) checkProjected(item);
    else checkItem(item, listNames);
  });
  demand(capacity.major === 4, "null for an empty list");
  deepPlain(capacity);
}

function checkProjected(map: Node): void {
  plain(map);
  demand(map.major === 5, "projected item is no map");
  for (let i = 1; i < map.children.length; i += 2) checkValue(map.children[i]!);
}

function checkItem(item: Node, listNames: (id: number) => readonly string[], updated = false): void {
  plain(item);
  demand(item.major === 2, "item is no byte string");
  const [id, ...values] = readTree(item.content);
  demand(id?.major === 0 && id.argument > 0n, "item without list id");
  plain(id);
  if (updated) {
    demand(values.length === 1 && values[0]!.major === 5, "updated attributes are no map");
    demand(values[0]!.children.length > 0, "empty updated attributes");
    checkProjected(values[0]!);
    return;
  }
  demand(values.length === listNames(Number(id.argument)).length, "not as many values as names");
  values.forEach(checkValue);
}

const int64 = 1n << 63n;

function checkValue(node: Node): void {
  plain(node);
  switch (node.major) {
    case 0:
    case 1:
      demand(node.argument < int64, "integer of more than 64 bits with sign");
      return;
    case 4:
      node.children.forEach(checkValue);
      return;
    case 5:
      node.children.forEach((child, index) => {
        if (index % 2 === 0) plain(child);
        else checkValue(child);
      });
      return;
    case 6:
      checkTagged(node);
      return;
    case 7:
      demand(node.width === 0, "float in an item");
      demand([20n, 21n, 22n].includes(node.argument), "undefined in an item");
      return;
  }
}

function checkTagged(node: Node): void {
  const content = node.children[0]!;
  if (node.argument === 4n) {
    plain(content);
    const [exponent, mantissa] = content.children as [Node, Node];
    checkMantissa(exponent, mantissa);
    return;
  }
  demand(node.argument !== 2n && node.argument !== 3n, "large integer without decimal");
  demand([3321n, 3322n, 3323n].includes(node.argument), "unknown tag");
  plain(content);
  content.children.forEach(checkValue);
}

function checkMantissa(exponent: Node, mantissa: Node): void {
  const scale = exponent.major === 0 ? exponent.argument : -1n - exponent.argument;
  plain(exponent);
  plain(mantissa);
  const big = mantissa.major === 6;
  const magnitude = big ? BigInt(`0x${mantissa.children[0]!.content.toString("hex")}`) : mantissa.argument;
  const negative = big ? mantissa.argument === 3n : mantissa.major === 1;
  const value = negative ? -1n - magnitude : magnitude;
  demand(big ? magnitude >= int64 : magnitude < int64, "mantissa in an unusual form");
  demand(scale === 0n ? big : value % 10n !== 0n, "decimal in an unusual form");
  demand(scale <= 0n || (value < 0n ? -value : value).toString().length + Number(scale) > 38, "integer as decimal");
}

function checkCapacity(node: Node): void {
  plain(node);
  demand(node.major === 2, "capacity is no byte string");
  for (const part of readTree(node.content)) {
    deepPlain(part);
    demand(part.major > 1, "capacity as integer");
    if (part.major !== 5) continue;
    for (const [index, child] of part.children.entries())
      demand(index % 2 === 0 || child.major === 7, "capacity as integer");
  }
}

function checkMetrics(node: Node): void {
  plain(node);
  const [key, ...bounds] = readTree(node.content);
  checkValue(key!);
  demand(bounds.length === 2, "metrics without two bounds");
  for (const bound of bounds) demand(bound.major === 7 && bound.width === 8, "metrics without doubles");
}

function deepPlain(node: Node): void {
  plain(node);
  node.children.forEach(deepPlain);
}

/** Definite, and written as short as possible. */
function plain(node: Node): void {
  demand(!node.open, "indefinite length");
  if (node.major === 7) return;
  demand(node.width < 8 || node.major < 2, "8-byte length");
  const least = [0n, 24n, 1n << 8n, 0n, 1n << 16n, 0n, 0n, 0n, 1n << 32n][node.width]!;
  demand(node.argument >= least, "longer header than needed");
}
