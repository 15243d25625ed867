/** The item actions that exist on both hops, as `dax:` on the cluster and as `dynamodb:` on the table (documented). */
export const itemActions = [
  "GetItem",
  "BatchGetItem",
  "Query",
  "Scan",
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "BatchWriteItem",
  "ConditionCheckItem",
] as const;

export type ItemAction = (typeof itemActions)[number];

/** The item actions that write. A ConditionCheckItem reads, but only ever beside writes. */
export const writeActions: ReadonlySet<ItemAction> = new Set<ItemAction>([
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "BatchWriteItem",
]);

/** The item actions of the table alone: PartiQL does not exist on DAX (documented). */
export const tableOnlyActions = ["PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"] as const;

export type TableAction = ItemAction | (typeof tableOnlyActions)[number];

export const tableActions: readonly TableAction[] = [...itemActions, ...tableOnlyActions];
