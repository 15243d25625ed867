import { createHmac } from "node:crypto";
import { stringToSign } from "./authorization.js";
import { type CborWriter, encode } from "./cbor/writer.js";
import { comparators, expressionVersion, functionNumber } from "./expressions/functions.js";
import { type MethodName, methodIds } from "./methods.js";
import { preambleMagic } from "./preamble.js";

// Frames as clients send them, for benchmarks and tests.

function frame(method: MethodName, write: (writer: CborWriter) => void): Buffer {
  return encode((writer) => {
    writer.integer(1);
    writer.integer(methodIds[method]);
    write(writer);
  });
}

function emptyOptions(writer: CborWriter): void {
  writer.openMap();
  writer.endOpen();
}

/** What a client sends first. */
export function encodePreamble(userAgent: string, session: Buffer | string | null): Buffer {
  return encode((writer) => {
    writer.raw(preambleMagic);
    writer.integer(0);
    if (session === null) writer.null();
    else if (typeof session === "string") writer.text(session);
    else writer.bytes(session);
    writer.map(1);
    writer.text("UserAgent");
    writer.text(userAgent);
    writer.integer(0);
  });
}

/** An authorizeConnection frame signed at `now` (milliseconds since the epoch). */
export function encodeAuthorizeRequest(options: {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
  readonly now: number;
  readonly userAgent?: string;
}): Buffer {
  const timestamp = new Date(options.now).toISOString().replace(/[-:]|\.\d+/g, "");
  const toSign = stringToSign(timestamp, options.region);
  const scope = [timestamp.slice(0, 8), options.region, "dax", "aws4_request"];
  const signingKey = scope.reduce<Buffer | string>(
    (key, part) => createHmac("sha256", key).update(part).digest(),
    `AWS4${options.secretAccessKey}`,
  );
  return frame("authorizeConnection", (writer) => {
    writer.text(options.accessKeyId);
    writer.text(createHmac("sha256", signingKey).update(toSign).digest("hex"));
    writer.bytes(Buffer.from(toSign, "utf8"));
    if (options.sessionToken === undefined) writer.null();
    else writer.text(options.sessionToken);
    if (options.userAgent === undefined) writer.null();
    else writer.text(options.userAgent);
  });
}

/** An endpoints frame. */
export function encodeEndpointsRequest(): Buffer {
  return frame("endpoints", () => undefined);
}

/** A defineKeySchema frame. */
export function encodeDefineKeySchemaRequest(table: string): Buffer {
  return frame("defineKeySchema", (writer) => writer.bytes(Buffer.from(table, "utf8")));
}

/**
 * A defineAttributeListId frame.
 * @param names in the order that the list is to have; the real clients sort them
 */
export function encodeDefineAttributeListIdRequest(names: readonly string[]): Buffer {
  return frame("defineAttributeListId", (writer) => {
    writer.array(names.length);
    for (const name of names) writer.text(name);
  });
}

/** A defineAttributeList frame. */
export function encodeDefineAttributeListRequest(id: number): Buffer {
  return frame("defineAttributeList", (writer) => writer.integer(id));
}

/**
 * A getItem frame without options.
 * @param key as `encodeKey` makes it
 */
export function encodeGetItemRequest(table: string, key: Buffer): Buffer {
  return frame("getItem", (writer) => {
    writer.bytes(Buffer.from(table, "utf8"));
    writer.bytes(key);
    emptyOptions(writer);
  });
}

/**
 * A putItem frame without options.
 * @param item as `encodeItem` makes it
 */
export function encodePutItemRequest(table: string, key: Buffer, item: Buffer): Buffer {
  return frame("putItem", (writer) => {
    writer.bytes(Buffer.from(table, "utf8"));
    writer.bytes(key);
    writer.bytes(item);
    emptyOptions(writer);
  });
}

/** A deleteItem frame without options. */
export function encodeDeleteItemRequest(table: string, key: Buffer): Buffer {
  return frame("deleteItem", (writer) => {
    writer.bytes(Buffer.from(table, "utf8"));
    writer.bytes(key);
    emptyOptions(writer);
  });
}

/** A batchGetItem frame for keys of one table. */
export function encodeBatchGetItemRequest(table: string, keys: readonly Buffer[]): Buffer {
  return frame("batchGetItem", (writer) => {
    writer.map(1);
    writer.text(table);
    writer.array(3);
    writer.boolean(false);
    writer.null();
    writer.array(keys.length);
    for (const key of keys) writer.bytes(key);
    emptyOptions(writer);
  });
}

/** A query frame for all items of one partition whose hash key is text. */
export function encodeQueryRequest(table: string, hashName: string, hashValue: string): Buffer {
  const condition = encode((writer) => {
    writer.array(3);
    writer.integer(expressionVersion);
    writer.array(3);
    writer.integer(comparators.indexOf("="));
    writer.array(2);
    writer.integer(functionNumber.path);
    writer.text(hashName);
    writer.array(2);
    writer.integer(functionNumber.value);
    writer.integer(0);
    writer.array(1);
    writer.text(hashValue);
  });
  return frame("query", (writer) => {
    writer.bytes(Buffer.from(table, "utf8"));
    writer.bytes(condition);
    emptyOptions(writer);
  });
}

/**
 * A batchWriteItem frame of puts to one table.
 * @param puts keys as `encodeKey` makes them, items as `encodeItem` does
 */
export function encodeBatchPutRequest(
  table: string,
  puts: readonly { readonly key: Buffer; readonly item: Buffer }[],
): Buffer {
  return frame("batchWriteItem", (writer) => {
    writer.map(1);
    writer.text(table);
    writer.array(puts.length * 2);
    for (const { key, item } of puts) {
      writer.bytes(key);
      writer.bytes(item);
    }
    emptyOptions(writer);
  });
}
