import { keyConditionOf } from "@hotkeep/attributes";
import { encodeKey, type QueryRequest, type ScanRequest } from "@hotkeep/dax-wire";
import type { PageSource } from "../cache/page-coherence.js";
import type { KnownTable } from "../table/table-schemas.js";

/** What of a table the answer to a query or scan is made of. */
export function pageSourceOf(request: QueryRequest | ScanRequest, { name, schema }: KnownTable): PageSource {
  if (request.method === "scan" || request.indexName !== undefined || request.keyCondition === undefined) {
    return { table: name };
  }
  try {
    const { hash } = keyConditionOf(request.keyCondition, schema);
    return { table: name, partition: encodeKey({ hash: schema.hash }, { [schema.hash.name]: hash }) };
  } catch {
    // The table is about to refuse it, or knows more of it than we do.
    return { table: name };
  }
}
