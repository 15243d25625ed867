import type { Item } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import {
  decodeKey,
  encodeTransactWriteResponse,
  type TransactWrite,
  type TransactWriteItemsRequest,
} from "@hotkeep/dax-wire";
import type { TransactWriteJson } from "../table/table-calls.js";
import type { OperationContext } from "./context.js";
import { printExpressions } from "./expressions.js";
import { addressOf, type ItemAddress, readPutItem } from "./items.js";
import { ifGiven, unlessNone } from "./options.js";
import { refresh } from "./refresh.js";
import { TransactionCancelled } from "./transaction-error.js";
import { writeThrough } from "./write-through.js";

interface Element {
  readonly write: TransactWrite;
  readonly address: ItemAddress;
  readonly item: Item | undefined;
}

/**
 * TransactWriteItems: to the tables; then the written keys are dropped, so that a read after the answer misses instead
 * of seeing an old item, and read again in the background.
 */
export async function transactWriteItems(
  context: OperationContext,
  request: TransactWriteItemsRequest,
): Promise<Buffer> {
  const elements = await readElements(context, request.writes);
  const written = elements.filter(({ write }) => write.kind !== "check").map(({ address }) => address);
  try {
    const output = await writeThrough(
      context,
      written,
      () =>
        context.tables.call("TransactWriteItems", {
          TransactItems: elements.map(jsonOf),
          ...ifGiven("ClientRequestToken", request.clientRequestToken),
          ...unlessNone("ReturnConsumedCapacity", request.returnConsumedCapacity),
          ...unlessNone("ReturnItemCollectionMetrics", request.returnItemCollectionMetrics),
        }),
      async () => [],
    );
    refresh(context, written);
    return encodeTransactWriteResponse({
      ...ifGiven("consumedCapacity", output.ConsumedCapacity),
      ...ifGiven("itemCollectionMetrics", output.ItemCollectionMetrics),
    });
  } catch (error) {
    const reasons = error instanceof AwsError ? error.members.CancellationReasons : undefined;
    if (!(error instanceof AwsError) || !Array.isArray(reasons)) throw error;
    throw new TransactionCancelled(
      error,
      reasons,
      elements.map(({ address }) => address.table.schema),
    );
  }
}

async function readElements(context: OperationContext, writes: readonly TransactWrite[]): Promise<readonly Element[]> {
  const elements: Element[] = [];
  for (const write of writes) {
    const address = await addressOf(context, write.table, write.key);
    const item = write.item === null ? undefined : await readPutItem(context, address.table, address.key, write.item);
    elements.push({ write, address, item });
  }
  return elements;
}

function jsonOf({ write, address: { table, key }, item }: Element): TransactWriteJson {
  const shared = {
    TableName: table.name,
    ...printExpressions({ ConditionExpression: write.condition, UpdateExpression: write.update }),
    ...unlessNone("ReturnValuesOnConditionCheckFailure", write.returnValuesOnConditionCheckFailure),
  };
  if (write.kind === "put") return { Put: { ...shared, Item: item } };
  const keyed = { ...shared, Key: decodeKey(table.schema, key) };
  switch (write.kind) {
    case "update":
      return { Update: keyed };
    case "delete":
      return { Delete: keyed };
    case "check":
      return { ConditionCheck: keyed };
  }
}
