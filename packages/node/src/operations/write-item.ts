import type { Item } from "@hotkeep/attributes";
import {
  type DeleteItemRequest,
  decodeKey,
  encodeWriteResponse,
  type PutItemRequest,
  type UpdateItemRequest,
} from "@hotkeep/dax-wire";
import type { TableCalls } from "../table/table-calls.js";
import type { OperationContext } from "./context.js";
import { printExpressions } from "./expressions.js";
import { addressOf, type ItemAddress, readPutItem, responseToCache } from "./items.js";
import { ifGiven, unlessNone } from "./options.js";
import { answerToWrite, writeThrough } from "./write-through.js";

type WriteOutput = TableCalls["UpdateItem"]["output"];

/** PutItem: to the table, then to the cache. */
export async function putItem(context: OperationContext, request: PutItemRequest): Promise<Buffer> {
  const address = await addressOf(context, request.table, request.key);
  const { table } = address;
  const item = await readPutItem(context, table, address.key, request.item);
  const output = await writeThrough(
    context,
    [address],
    () =>
      context.tables.call("PutItem", {
        TableName: table.name,
        Item: item,
        ...printExpressions({ ConditionExpression: request.condition }),
        ...unlessNone("ReturnValues", request.returnValues),
        ...returnOptions(request),
      }),
    async () => [await responseToCache(context, table, item)],
  );
  return answer(context, address, request.returnValues, output, output.Attributes);
}

/** DeleteItem: from the table; the cache remembers that there is no such item. */
export async function deleteItem(context: OperationContext, request: DeleteItemRequest): Promise<Buffer> {
  const address = await addressOf(context, request.table, request.key);
  const { table } = address;
  const output = await writeThrough(
    context,
    [address],
    () =>
      context.tables.call("DeleteItem", {
        TableName: table.name,
        Key: decodeKey(table.schema, address.key),
        ...printExpressions({ ConditionExpression: request.condition }),
        ...unlessNone("ReturnValues", request.returnValues),
        ...returnOptions(request),
      }),
    async () => [await responseToCache(context, table, undefined)],
  );
  return answer(context, address, request.returnValues, output, output.Attributes);
}

/**
 * UpdateItem. The cache needs the whole new value. A client that wants nothing back is served by asking for ALL_NEW
 * and keeping the answer here; one that wants something else is answered exactly, and the key is dropped.
 */
export async function updateItem(context: OperationContext, request: UpdateItemRequest): Promise<Buffer> {
  const address = await addressOf(context, request.table, request.key);
  const { table } = address;
  const asked = request.returnValues === "NONE" ? "ALL_NEW" : request.returnValues;
  const output = await writeThrough(
    context,
    [address],
    () =>
      context.tables.call("UpdateItem", {
        TableName: table.name,
        Key: decodeKey(table.schema, address.key),
        ...printExpressions({ ConditionExpression: request.condition, UpdateExpression: request.update }),
        ReturnValues: asked,
        ...returnOptions(request),
      }),
    async ({ Attributes }) => [
      asked === "ALL_NEW" && Attributes !== undefined ? await responseToCache(context, table, Attributes) : undefined,
    ],
  );
  return answer(
    context,
    address,
    request.returnValues,
    output,
    request.returnValues === "NONE" ? undefined : output.Attributes,
  );
}

function returnOptions(request: PutItemRequest | DeleteItemRequest | UpdateItemRequest) {
  return {
    ...unlessNone("ReturnConsumedCapacity", request.returnConsumedCapacity),
    ...unlessNone("ReturnItemCollectionMetrics", request.returnItemCollectionMetrics),
  };
}

function answer(
  context: OperationContext,
  { table }: ItemAddress,
  returnValues: string,
  output: WriteOutput,
  attributes: Item | undefined,
): Promise<Buffer> {
  const result = {
    ...ifGiven("attributes", attributes),
    updatedOnly: returnValues === "UPDATED_OLD" || returnValues === "UPDATED_NEW",
    ...ifGiven("consumedCapacity", output.ConsumedCapacity),
    ...ifGiven("itemCollectionMetrics", output.ItemCollectionMetrics),
  };
  return answerToWrite(context, (listIdOf) => encodeWriteResponse(result, table.schema, listIdOf));
}
