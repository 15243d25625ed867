import type { AttributeMap, KeySchema } from "@hotkeep/attributes";
import type { QueryRequest, ScanRequest, Select } from "../request.js";
import { decodeCompoundKey, decodeKey } from "../values/key.js";

/**
 * The request's ExclusiveStartKey as attribute values; undefined when it has none.
 * @param schema of the table
 * @throws AwsError ValidationException
 */
export function decodeStartKey(request: QueryRequest | ScanRequest, schema: KeySchema): AttributeMap | undefined {
  if (request.exclusiveStartKey === undefined) return undefined;
  return request.indexName === undefined
    ? decodeKey(schema, request.exclusiveStartKey)
    : decodeCompoundKey(request.exclusiveStartKey);
}

/**
 * The Select that the user can have meant. One client family (observed in its source) sends ALL_ATTRIBUTES whenever
 * its user gave no Select, so that value counts as not given where DynamoDB would refuse it: together with a
 * projection, and on an index that does not project all attributes.
 * @param projectsAll whether the table or index that is read has all attributes
 */
export function effectiveSelect(request: QueryRequest | ScanRequest, projectsAll: boolean): Select | undefined {
  const refused = request.projection !== undefined || !projectsAll;
  return request.select === "ALL_ATTRIBUTES" && refused ? undefined : request.select;
}
