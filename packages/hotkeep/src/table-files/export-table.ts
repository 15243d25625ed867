import type { Progress } from "./progress.js";
import type { Json, TableClient } from "./table-client.js";

/** What is exported, and how. */
export interface ExportRequest {
  readonly table: string;
  /** Parts of the table that are read side by side. */
  readonly segments: number;
}

/**
 * Reads a whole table and writes a line `{"Item":{…}}` for each item, as DynamoDB's exports to S3 have them. Each page
 * is strongly consistent; a write during the export may be in it or not. The order is none.
 *
 * @param write resolves when it can take more
 * @throws TableError, whatever `write` throws
 */
export async function exportTable(
  client: TableClient,
  { table, segments }: ExportRequest,
  write: (lines: string) => Promise<void>,
  progress: Progress,
): Promise<void> {
  // One part's failure ends the others at their next page.
  const state = { failed: false };
  const readSegment = async (segment: number): Promise<void> => {
    let start: unknown;
    do {
      const parallel = segments === 1 ? {} : { Segment: segment, TotalSegments: segments };
      const from = start === undefined ? {} : { ExclusiveStartKey: start };
      const page: Json = await client.call("Scan", { TableName: table, ConsistentRead: true, ...parallel, ...from });
      const items = page.Items as readonly unknown[];
      const lines = items.map((item) => `{"Item":${JSON.stringify(item)}}\n`).join("");
      if (state.failed) return;
      if (lines !== "") await write(lines);
      progress.add(items.length, Buffer.byteLength(lines));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  };
  const parts = Array.from({ length: segments }, (_, segment) =>
    readSegment(segment).catch((error: unknown) => {
      state.failed = true;
      throw error;
    }),
  );
  const ends = await Promise.allSettled(parts);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
