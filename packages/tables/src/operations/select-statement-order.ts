import {
  type AttributeValue,
  type ByteRange,
  type Condition,
  compareValues,
  type KeySchema,
  type SelectStatement,
} from "@hotkeep/attributes";
import { invalid } from "../errors.js";

/** A range of keys to read, and what to keep of it. */
export interface SelectRead {
  /** The partition; undefined for a read of everything. */
  readonly hash?: AttributeValue;
  readonly range: ByteRange;
  readonly filter: Condition | undefined;
}

/**
 * Puts the reads of a SELECT into the order that ORDER BY asks for: by partition key only when that is named, by sort
 * key within each partition.
 *
 * @throws AwsError `ValidationException` for an order that keys do not give
 */
export function orderedReads(
  reads: readonly SelectRead[],
  { order, where }: SelectStatement,
  schema: KeySchema,
  byKey: boolean,
): { readonly reads: readonly SelectRead[]; readonly reverse: boolean } {
  if (order.length === 0) return { reads, reverse: false };
  if (where === undefined) throw invalid("Must have WHERE clause in the statement when using ORDER BY clause.");
  for (const { name } of order) {
    if (name !== schema.hash.name && name !== schema.range?.name) {
      throw invalid(`Variable reference ${name} in ORDER BY clause must be part of the primary key`);
    }
  }
  if (!byKey) {
    throw invalid("Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.");
  }
  const byHash = order.find(({ name }) => name === schema.hash.name);
  const reverse = order.find(({ name }) => name === schema.range?.name)?.descending === true;
  // Partitions keep the order of the text unless they are to be sorted; the reads of one stand together.
  const partitions: SelectRead[][] = [];
  for (const read of reads) {
    const known = partitions.find(([first]) => compareValues(first!.hash!, read.hash!) === 0);
    if (known === undefined) partitions.push([read]);
    else known.push(read);
  }
  if (byHash !== undefined) {
    const sign = byHash.descending ? -1 : 1;
    partitions.sort(([a], [b]) => sign * (compareValues(a!.hash!, b!.hash!) ?? 0));
  }
  const sign = reverse ? -1 : 1;
  for (const partition of partitions) partition.sort((a, b) => sign * Buffer.compare(a.range.from, b.range.from));
  return { reads: partitions.flat(), reverse };
}
