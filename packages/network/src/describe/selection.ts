import { checkId, invalidValue, type ResourceKind } from "../errors.js";
import { networkLimits } from "../limits.js";
import type { Collection } from "../model/state.js";

/**
 * The items with these ids, or all when no ids are given; ordered by id.
 *
 * @throws AwsError `….Malformed`, `….NotFound`
 */
export async function selectByIds<Item extends { readonly id: string }>(
  collection: Collection<Item>,
  kind: ResourceKind,
  ids: readonly string[] | undefined,
): Promise<readonly Item[]> {
  if (ids === undefined || ids.length === 0) return collection.all();
  if (ids.length > networkLimits.idsPerRequestMax) {
    throw invalidValue(`At most ${networkLimits.idsPerRequestMax} ids can be given in one request`);
  }
  for (const id of ids) checkId(kind, id);
  return Promise.all([...new Set(ids)].sort().map((id) => collection.get(id)));
}
