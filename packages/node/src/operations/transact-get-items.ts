import { decodeKey, encodeTransactGetResponse, type TransactGetItemsRequest } from "@hotkeep/dax-wire";
import type { OperationContext } from "./context.js";
import { printExpressions } from "./expressions.js";
import { addressOf } from "./items.js";
import { ifGiven, unlessNone } from "./options.js";

/** TransactGetItems: passes by the cache in both directions (documented). */
export async function transactGetItems(context: OperationContext, request: TransactGetItemsRequest): Promise<Buffer> {
  const gets = [];
  for (const get of request.gets) {
    gets.push({ ...get, address: await addressOf(context, get.table, get.key) });
  }
  for (const _ of gets) context.sighting?.note("bypass");
  const output = await context.tables.call("TransactGetItems", {
    TransactItems: gets.map(({ address: { table, key }, projection }) => ({
      Get: {
        TableName: table.name,
        Key: decodeKey(table.schema, key),
        ...printExpressions({ ProjectionExpression: projection }),
      },
    })),
    ...unlessNone("ReturnConsumedCapacity", request.returnConsumedCapacity),
  });
  const result = {
    responses: gets.map(({ address, projection }, i) => ({
      schema: address.table.schema,
      ...ifGiven("item", output.Responses?.[i]?.Item),
      ...ifGiven("projection", projection),
    })),
    ...ifGiven("consumedCapacity", output.ConsumedCapacity),
  };
  return context.lists.encode((listIdOf) => encodeTransactGetResponse(result, listIdOf));
}
