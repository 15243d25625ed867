import { itemRange } from "../items/row-keys.js";
import type { StoredRows } from "../storage/stored-rows.js";
import { decodeChange } from "../streams/change-record.js";
import type { StreamDefinition } from "../streams/stream-definition.js";
import { sequenceOf } from "../streams/stream-keys.js";
import type { Faults } from "./faults.js";

/** Walks a stream's records: each can be read and lies in a shard, none before those that are gone. Counts them. */
export function checkStream(rows: StoredRows, stream: StreamDefinition, faults: Faults): number {
  const { tableName, label, space, shards, trimmedTo, key: schema, view } = stream;
  let records = 0;
  for (const { key, value } of rows.streams.range(itemRange(space))) {
    records++;
    const sequence = sequenceOf(key);
    const where = `record ${sequence} of stream ${tableName}/${label}`;
    if (sequence < trimmedTo) faults.add(`${where} is older than ${trimmedTo}, the first that is kept`);
    const isIn = ({ first, last }: StreamDefinition["shards"][number]) =>
      first <= sequence && (last === undefined || sequence <= last);
    if (!shards.some(isIn)) faults.add(`${where} is in no shard`);
    faults.attempt(where, () => {
      const { members, eventName } = decodeChange(value);
      const { Keys, NewImage, OldImage } = JSON.parse(`{${members.toString("utf8")}}`) as Record<string, object>;
      const names = [schema.hash.name, ...(schema.range === undefined ? [] : [schema.range.name])];
      if (Keys === undefined || names.some((name) => !Object.hasOwn(Keys, name))) faults.add(`${where} lacks its keys`);
      const wants = (image: "NEW_IMAGE" | "OLD_IMAGE", absentIn: typeof eventName) =>
        (view === image || view === "NEW_AND_OLD_IMAGES") && eventName !== absentIn;
      if ((NewImage !== undefined) !== wants("NEW_IMAGE", "REMOVE")) faults.add(`${where} has the wrong new image`);
      if ((OldImage !== undefined) !== wants("OLD_IMAGE", "INSERT")) faults.add(`${where} has the wrong old image`);
    });
  }
  return records;
}
