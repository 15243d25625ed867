import { AwsError, HotkeepError, uuid } from "@hotkeep/core";
import type { ListIdOf } from "@hotkeep/dax-wire";
import { DaxFailure, throttled, writeOutcomeUnknown } from "../failure.js";
import { TableUnreachable } from "../table/table-calls.js";
import type { OperationContext } from "./context.js";
import type { ItemAddress } from "./items.js";

/**
 * One write at the table, framed by what the caches must know: no read that runs meanwhile may store what it saw; after
 * success the new values are cached, after anything else the keys are dropped; the other nodes are sure to hear of it
 * before the client does.
 *
 * @param newValues the answers to cache, one per address; undefined where the new value is not known
 * @throws DaxFailure when the node has no seat in its cluster: throttled before the call, outcome unknown after it
 * @throws whatever `call` throws
 */
export async function writeThrough<Output>(
  context: OperationContext,
  addresses: readonly ItemAddress[],
  call: () => Promise<Output>,
  newValues: (output: Output) => Promise<readonly (Buffer | undefined)[]>,
): Promise<Output> {
  const { items, clock, notices, random, sighting } = context;
  if (!(await notices.mayWrite())) {
    throw new DaxFailure(throttled("This node has lost touch with its cluster; nothing was written.", uuid(random)));
  }
  const distinct = distinctAddresses(addresses);
  const keys = distinct.map(({ table, key }) => ({ table: table.name, key }));
  const write = items.beginWrite(
    distinct.map((address) => address.itemKey),
    clock.monotonic(),
  );
  if (distinct.length === 1) sighting?.about(distinct[0]!.table.name, distinct[0]!.itemKey);
  let values: readonly (Buffer | undefined)[] = [];
  try {
    const output = await call();
    // With a key twice in one request the table decides; here nothing is known of the last value.
    if (distinct.length === addresses.length) values = await newValues(output);
    if (await notices.wrote(keys)) return output;
    values = [];
  } catch (error) {
    if (perhapsWritten(error)) {
      notices.perhapsWrote(keys);
      for (const { itemKey } of distinct) items.invalidate(itemKey, clock.monotonic(), true);
    }
    throw error;
  } finally {
    items.endWrite(write, values, clock.monotonic());
  }
  throw new DaxFailure(
    writeOutcomeUnknown(
      "The write was carried out, but this node has lost touch with its cluster and cannot tell the other nodes.",
      uuid(random),
    ),
  );
}

/** Whether a failed write may have been carried out all the same. */
export function perhapsWritten(error: unknown): boolean {
  if (error instanceof TableUnreachable) return error.perhapsDone;
  if (error instanceof AwsError) return error.fault === "server";
  // The gateway is asked before the table is.
  return !(error instanceof HotkeepError);
}

/** Encodes the answer to a write that has succeeded: if that fails, the client must not believe that nothing was done. */
export async function answerToWrite(
  context: OperationContext,
  encode: (listIdOf: ListIdOf) => Buffer,
): Promise<Buffer> {
  try {
    return await context.lists.encode(encode);
  } catch (cause) {
    throw new DaxFailure(
      writeOutcomeUnknown("The write was carried out, but its answer cannot be encoded.", uuid(context.random)),
      { cause },
    );
  }
}

function distinctAddresses(addresses: readonly ItemAddress[]): readonly ItemAddress[] {
  if (addresses.length < 2) return addresses;
  return [...new Map(addresses.map((address) => [address.itemKey.toString("latin1"), address])).values()];
}
