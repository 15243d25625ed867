import {
  decodeStartKey,
  effectiveSelect,
  encodePageResponse,
  type PageResult,
  type QueryRequest,
  type ScanRequest,
} from "@hotkeep/dax-wire";
import { ageOf } from "../cache/cache-entry.js";
import type { PageMark } from "../cache/page-coherence.js";
import type { KnownTable } from "../table/table-schemas.js";
import type { OperationContext } from "./context.js";
import { printExpressions } from "./expressions.js";
import { orExpired } from "./fallback.js";
import { ifGiven, unlessNone } from "./options.js";
import { pageSourceOf } from "./page-source.js";

/** Query and Scan: one page from the query cache, or from the table into it. `frame` is the request as it came. */
export async function page(
  context: OperationContext,
  request: QueryRequest | ScanRequest,
  frame: Buffer,
): Promise<Buffer> {
  const { pages, metrics, sighting } = context;
  sighting?.about(request.table);
  if (request.consistentRead) {
    sighting?.note("bypass");
    return (await readPage(context, request)).answer;
  }
  if (request.method === "query") metrics.QueryCacheMisses++;
  else metrics.ScanCacheMisses++;
  if (!pages.enabled) {
    sighting?.note("miss");
    return (await readPage(context, request)).answer;
  }
  return orExpired(context, readThrough(context, request, frame), () => {
    const now = context.clock.monotonic();
    const entry = pages.findExpired(frame, now);
    if (entry === undefined) return undefined;
    sighting?.note("stale", ageOf(entry, now));
    return Promise.resolve(pages.responseOf(entry));
  });
}

async function readThrough(
  context: OperationContext,
  request: QueryRequest | ScanRequest,
  frame: Buffer,
): Promise<Buffer> {
  const { pages, clock, sighting, schemas } = context;
  const { coherence } = pages;
  let key = frame.toString("latin1");
  let mark: PageMark | undefined;
  let consistentRead = false;
  if (coherence !== undefined) {
    const source = pageSourceOf(request, await schemas.get(request.table));
    const now = clock.monotonic();
    mark = coherence.begin(source, now);
    // Nobody joins a read that a write has overtaken.
    key += coherence.lastWrite(mark);
    if (coherence.mayLag(mark, now)) {
      // An index cannot be read consistently, by and large: what it shows now is not kept.
      if (request.indexName === undefined) consistentRead = true;
      else mark = undefined;
    }
  }
  let mine = false;
  const answer = await pages.running.run(key, async (current) => {
    mine = true;
    const { table, answer, cacheable } = await readPage(
      context,
      consistentRead ? { ...request, consistentRead } : request,
    );
    if (current()) pages.put(table, frame, cacheable, clock.monotonic(), mark);
    return answer;
  });
  sighting?.note(mine ? "miss" : "coalesced");
  return answer;
}

interface ReadPage {
  /** The table's name. */
  readonly table: string;
  readonly answer: Buffer;
  /** The same without capacity: whoever is served from memory has consumed none. */
  readonly cacheable: Buffer;
}

async function readPage(context: OperationContext, request: QueryRequest | ScanRequest): Promise<ReadPage> {
  const { lists, schemas, tables } = context;
  const table = await schemas.get(request.table);
  const input = inputOf(request, table);
  const output =
    request.method === "query"
      ? await tables.call("Query", {
          ...input,
          ...printExpressions({
            KeyConditionExpression: request.keyCondition,
            FilterExpression: request.filter,
            ProjectionExpression: request.projection,
          }),
          ...(request.scanIndexForward ? {} : { ScanIndexForward: false }),
        })
      : await tables.call("Scan", {
          ...input,
          ...printExpressions({ FilterExpression: request.filter, ProjectionExpression: request.projection }),
          ...ifGiven("Segment", request.segment),
          ...ifGiven("TotalSegments", request.totalSegments),
        });
  const result: PageResult = {
    ...ifGiven("items", output.Items),
    ...ifGiven("projection", request.projection),
    count: output.Count ?? output.Items?.length ?? 0,
    scannedCount: output.ScannedCount ?? output.Count ?? 0,
    ...ifGiven("lastEvaluatedKey", output.LastEvaluatedKey),
    indexed: request.indexName !== undefined,
  };
  const cacheable = await lists.encode((listIdOf) => encodePageResponse(result, table.schema, listIdOf));
  const { ConsumedCapacity: consumedCapacity } = output;
  if (consumedCapacity === undefined) return { table: table.name, answer: cacheable, cacheable };
  const answer = await lists.encode((listIdOf) =>
    encodePageResponse({ ...result, consumedCapacity }, table.schema, listIdOf),
  );
  return { table: table.name, answer, cacheable };
}

function inputOf(request: QueryRequest | ScanRequest, table: KnownTable) {
  const projectsAll = request.indexName === undefined || table.fullIndexes.has(request.indexName);
  return {
    TableName: table.name,
    ...ifGiven("IndexName", request.indexName),
    ...(request.consistentRead ? { ConsistentRead: true } : {}),
    ...ifGiven("ExclusiveStartKey", decodeStartKey(request, table.schema)),
    ...ifGiven("Limit", request.limit),
    ...ifGiven("Select", effectiveSelect(request, projectsAll)),
    ...unlessNone("ReturnConsumedCapacity", request.returnConsumedCapacity),
  };
}
