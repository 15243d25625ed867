import {
  type Condition,
  evaluateCondition,
  type Item,
  itemSizeBytes,
  type Projection,
  projectItem,
} from "@hotkeep/attributes";
import { readUnits } from "../request/capacity.js";
import type { JsonBody } from "../request/json-body.js";
import type { PassingRow } from "../storage/rows.js";
import type { Source } from "./source.js";
import type { StoredItem } from "./stored-item.js";

/** What a page shows of each item. */
export type PageView =
  | { readonly kind: "count" }
  | { readonly kind: "whole" | "source" }
  | { readonly kind: "projection"; readonly projection: Projection };

/** How to fill a page. */
export interface PagePlan {
  readonly rows: Iterable<PassingRow>;
  readonly filter: Condition | undefined;
  readonly view: PageView;
  /** Whether every item is fetched from the table because a local index does not show all that is wanted. */
  readonly fetches: boolean;
  /** Items to look at, before the filter. */
  readonly itemsMax: number | undefined;
  /** Sizes to look at, before filter and projection; the item that crosses the line is still on the page. */
  readonly bytesMax: number;
}

/** One page of Query or Scan. */
export interface Page {
  readonly count: number;
  readonly scannedCount: number;
  /** Bytes read from the source. */
  readonly bytes: number;
  /** Read units, consistent ones, for the items fetched from the table: each is rounded up by itself (documented). */
  readonly fetchedUnits: number;
  /** Where the next page starts; undefined when the source has no more. */
  readonly lastPlace: Item | undefined;
}

/** Reads items until the page is full or there are none left, and writes what it shows of them into the answer. */
export function fillPage(source: Source, plan: PagePlan, body: JsonBody): Page {
  const { filter, view, fetches, itemsMax, bytesMax } = plan;
  let count = 0;
  let scannedCount = 0;
  let bytes = 0;
  let fetchedBytes = 0;
  let fetchedUnits = 0;
  let lastPlace: Item | undefined;
  if (view.kind !== "count") body.openList("Items");
  for (const row of plan.rows) {
    const stored = source.itemOf(row);
    scannedCount++;
    bytes += sizeIn(source, stored);
    if (fetches) {
      fetchedBytes += stored.sizeBytes;
      fetchedUnits += readUnits(stored.sizeBytes, true);
    }
    if (filter === undefined || evaluateCondition(filter, stored.item)) {
      count++;
      if (view.kind !== "count") body.element(textOf(source, stored, view));
    }
    if (scannedCount === itemsMax || Math.max(bytes, fetchedBytes) >= bytesMax) {
      lastPlace = source.placeOf(stored.item);
      break;
    }
  }
  if (view.kind !== "count") body.closeList();
  return { count, scannedCount, bytes, fetchedUnits, lastPlace };
}

function textOf(source: Source, stored: StoredItem, view: Exclude<PageView, { kind: "count" }>): Buffer | string {
  switch (view.kind) {
    case "whole":
      return stored.json;
    case "source":
      return source.showsAll ? stored.json : JSON.stringify(source.shown(stored.item));
    case "projection":
      return JSON.stringify(projectItem(stored.item, view.projection));
  }
}

/** An index is read at the size of what it holds, the table at the size of the item. */
function sizeIn(source: Source, stored: StoredItem): number {
  return source.showsAll ? stored.sizeBytes : itemSizeBytes(source.shown(stored.item));
}
