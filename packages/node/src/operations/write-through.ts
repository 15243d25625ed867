import { AwsError, HotkeepError, uuid } from "@hotkeep/core";
import type { ListIdOf } from "@hotkeep/dax-wire";
import { DaxFailure, writeOutcomeUnknown } from "../failure.js";
import { TableUnreachable } from "../table/table-calls.js";
import type { OperationContext } from "./context.js";
import type { ItemAddress } from "./items.js";

/**
 * One write at the table, framed by what the cache must know: no read that runs meanwhile may store what it saw; after
 * success the new values are cached, after anything else the keys are dropped; the other nodes hear of it before the
 * client does.
 *
 * @param newValues the answers to cache, one per address; undefined where the new value is not known
 * @throws whatever `call` throws
 */
export async function writeThrough<Output>(
  context: OperationContext,
  addresses: readonly ItemAddress[],
  call: () => Promise<Output>,
  newValues: (output: Output) => Promise<readonly (Buffer | undefined)[]>,
): Promise<Output> {
  const { items, clock, notices } = context;
  const distinct = distinctAddresses(addresses);
  const write = items.beginWrite(distinct.map((address) => address.itemKey));
  let values: readonly (Buffer | undefined)[] = [];
  try {
    const output = await call();
    // With a key twice in one request the table decides; here nothing is known of the last value.
    if (distinct.length === addresses.length) values = await newValues(output);
    tell(distinct);
    return output;
  } catch (error) {
    if (perhapsWritten(error)) tell(distinct);
    throw error;
  } finally {
    items.endWrite(write, values, clock.monotonic());
  }

  function tell(written: readonly ItemAddress[]): void {
    notices.wrote(written.map(({ table, key }) => ({ table: table.name, key })));
  }
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
