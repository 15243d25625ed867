import type { Selection } from "../series/metric-store.js";

/** A dimension as the API has it. */
export interface Dimension {
  readonly Name?: string | undefined;
  readonly Value?: string | undefined;
}

/** Whose metrics a call may see: its own account's in the Region it was signed for. */
export interface Owner {
  readonly account: string;
  readonly region: string;
}

/**
 * The nodes that a metric's dimensions name: none for the account, `ClusterId`, or `ClusterId` and `NodeId` (documented).
 * Undefined: no metric has these dimensions.
 */
export function selectionOf(owner: Owner, dimensions: readonly Dimension[] | undefined): Selection | undefined {
  const { account, region } = owner;
  const values = new Map((dimensions ?? []).map(({ Name, Value }) => [Name, Value]));
  const cluster = values.get("ClusterId");
  const node = values.get("NodeId");
  const known = (cluster === undefined ? 0 : 1) + (node === undefined ? 0 : 1);
  if (known !== (dimensions ?? []).length || (node !== undefined && cluster === undefined)) return undefined;
  return { account, region, cluster, node };
}
