import type { MethodName, TransactWrite } from "@hotkeep/dax-wire";

/** One thing that a caller may be allowed to do on the cluster: an action, inside or outside a transaction. */
export interface ActionVariant {
  /** `dax:GetItem` */
  readonly action: string;
  /** Value of `dax:EnclosingOperation`; absent outside transactions. */
  readonly enclosing?: "TransactGetItems" | "TransactWriteItems";
  /** This variant's bit in a connection's permission word. */
  readonly bit: number;
  /** Its place in {@link everyAction}. */
  readonly index: number;
}

const variants: ActionVariant[] = [];

function variant(action: string, enclosing?: ActionVariant["enclosing"]): ActionVariant {
  const made = {
    action,
    ...(enclosing === undefined ? {} : { enclosing }),
    bit: 1 << variants.length,
    index: variants.length,
  };
  variants.push(made);
  return made;
}

const getItem = variant("dax:GetItem");
const putItem = variant("dax:PutItem");
const updateItem = variant("dax:UpdateItem");
const deleteItem = variant("dax:DeleteItem");
const query = variant("dax:Query");
const scan = variant("dax:Scan");
const batchGetItem = variant("dax:BatchGetItem");
const batchWriteItem = variant("dax:BatchWriteItem");
const transactGet = variant("dax:GetItem", "TransactGetItems");
// In this order they are decided, and the first denial is the one that is reported.
const transactPut = variant("dax:PutItem", "TransactWriteItems");
const transactUpdate = variant("dax:UpdateItem", "TransactWriteItems");
const transactDelete = variant("dax:DeleteItem", "TransactWriteItems");
const transactCheck = variant("dax:ConditionCheckItem", "TransactWriteItems");

/** Every variant; whoever is allowed any of them may learn a table's key schema. */
export const everyAction: readonly ActionVariant[] = variants;

/** The bit of an ordinary GetItem. */
export const getItemBit: number = getItem.bit;
/** The place of an ordinary GetItem. */
export const getItemIndex: number = getItem.index;

/** The variant of a method that always needs one and the same; undefined for the others. */
export function actionOf(method: MethodName): ActionVariant | undefined {
  switch (method) {
    case "getItem":
      return getItem;
    case "putItem":
      return putItem;
    case "updateItem":
      return updateItem;
    case "deleteItem":
      return deleteItem;
    case "query":
      return query;
    case "scan":
      return scan;
    case "batchGetItem":
      return batchGetItem;
    case "batchWriteItem":
      return batchWriteItem;
    case "transactGetItems":
      return transactGet;
    default:
      return undefined;
  }
}

/** The distinct variants that a write transaction's elements use, in the order in which they are decided. */
export function actionsOfTransaction(writes: readonly Pick<TransactWrite, "kind">[]): readonly ActionVariant[] {
  const kinds = new Set(writes.map((write) => write.kind));
  const needed: ActionVariant[] = [];
  if (kinds.has("put")) needed.push(transactPut);
  if (kinds.has("update")) needed.push(transactUpdate);
  if (kinds.has("delete")) needed.push(transactDelete);
  if (kinds.has("check")) needed.push(transactCheck);
  return needed;
}
