import { equalValues, type Item, itemSizeBytes, type KeySchema } from "@hotkeep/attributes";
import { HotkeepError } from "@hotkeep/core";
import { pickAttributes } from "../items/index-projection.js";
import type { SizedItem } from "../items/item-rows.js";
import { StoredItem } from "../items/stored-item.js";
import type { StreamView } from "./stream-definition.js";

/** Who changed an item: somebody who called, or the service because the item's time was over. */
export type Changer = "caller" | "expiry";

/** An item's change; `undefined` stands for no item. */
export interface ItemChange {
  readonly before: SizedItem | undefined;
  readonly after: SizedItem | undefined;
  readonly changer: Changer;
}

/** A change as it is stored. */
export interface ChangeRecord {
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  readonly changer: Changer;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Keys and images together, as DynamoDB counts items. */
  readonly sizeBytes: number;
  /** JSON text of the members Keys, NewImage and OldImage, without braces. */
  readonly members: Buffer;
}

/** Bytes before the JSON text: format, event, changer (1 byte each), time (6), size (4). */
const headerBytes = 13;
const recordFormat = 1;
const eventNames = ["INSERT", "MODIFY", "REMOVE"] as const;
const changers = ["caller", "expiry"] as const;

/** Whether a write has changed anything: one that has not leaves no record (documented). */
export function isChange({ before, after }: ItemChange): boolean {
  if (before === undefined || after === undefined) return before !== after;
  return !equalValues({ M: before.item }, { M: after.item });
}

/** What is stored for a change. */
export function encodeChange(change: ItemChange, key: KeySchema, view: StreamView, at: number): Buffer {
  const { before, after, changer } = change;
  const keys = keysOf((after ?? before)!.item, key);
  const newImage = view === "NEW_IMAGE" || view === "NEW_AND_OLD_IMAGES" ? after : undefined;
  const oldImage = view === "OLD_IMAGE" || view === "NEW_AND_OLD_IMAGES" ? before : undefined;
  const sizeBytes = itemSizeBytes(keys) + (newImage?.sizeBytes ?? 0) + (oldImage?.sizeBytes ?? 0);
  const text =
    `"Keys":${JSON.stringify(keys)}` +
    (newImage === undefined ? "" : `,"NewImage":${jsonOf(newImage)}`) +
    (oldImage === undefined ? "" : `,"OldImage":${jsonOf(oldImage)}`);
  const record = Buffer.allocUnsafe(headerBytes + Buffer.byteLength(text));
  record[0] = recordFormat;
  record[1] = before === undefined ? 0 : after === undefined ? 2 : 1;
  record[2] = changers.indexOf(changer);
  record.writeUIntBE(at, 3, 6);
  record.writeUInt32BE(sizeBytes, 9);
  record.write(text, headerBytes, "utf8");
  return record;
}

/** Reads {@link encodeChange}'s bytes. @throws HotkeepError `TablesUnusable` for a record of another version. */
export function decodeChange(record: Buffer): ChangeRecord {
  const eventName = eventNames[record[1]!];
  const changer = changers[record[2]!];
  if (record[0] !== recordFormat || eventName === undefined || changer === undefined) {
    throw new HotkeepError("TablesUnusable", `A stream record is stored in format \`${record[0]}\`, unknown here.`);
  }
  return {
    eventName,
    changer,
    at: recordedAt(record),
    sizeBytes: record.readUInt32BE(9),
    members: record.subarray(headerBytes),
  };
}

/** When a stored record was made, without reading the rest of it. */
export function recordedAt(record: Buffer): number {
  return record.readUIntBE(3, 6);
}

function keysOf(item: Item, { hash, range }: KeySchema): Item {
  return pickAttributes(item, range === undefined ? [hash.name] : [hash.name, range.name]);
}

function jsonOf(sized: SizedItem): string {
  return sized instanceof StoredItem ? sized.json.toString("utf8") : JSON.stringify(sized.item);
}
