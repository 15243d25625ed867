import { checkKey, type Item, type Projection, projectItem, readItem } from "@hotkeep/attributes";
import { permission } from "@hotkeep/core";
import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { invalid } from "../errors.js";
import { cancelledBy, forEachAction } from "../items/cancellation.js";
import { readItemRow } from "../items/item-rows.js";
import { checkKeyPaths } from "../items/key-paths.js";
import { itemKey } from "../items/row-keys.js";
import { AttributeNames } from "../request/attribute-names.js";
import { Capacities, type CapacityDetail, readUnits } from "../request/capacity.js";
import { compiledOnce } from "../request/compiled.js";
import { itemContext, leadingKeys } from "../request/condition-keys.js";
import { checkParameterMix, parseExpressions } from "../request/expressions.js";
import { JsonBody } from "../request/json-body.js";
import { type TableReference, tableReference } from "../request/table-reference.js";
import { type InputOf, operation } from "./operation.js";

const action = "dynamodb:GetItem";

/** One read of the transaction. */
interface Get {
  readonly table: TableReference;
  readonly key: Item;
  readonly projection: Projection | undefined;
  readonly names: AttributeNames;
}

function read(input: InputOf<"TransactGetItems">, call: CallContext): readonly Get[] {
  return input.TransactItems.map(({ Get: get }) => {
    checkParameterMix(get, ["ProjectionExpression"], []);
    const table = tableReference(get.TableName, call, action);
    const key = readItem(get.Key);
    const { projection } = parseExpressions(get);
    return { table, key, projection, names: new AttributeNames(Object.keys(key)).projection(projection) };
  });
}

/** TransactGetItems: up to 100 items as they were at one moment; reads here are synchronous, so nothing comes between. */
export function transactGetItems(engine: Engine): NamedOperation {
  const compile = compiledOnce(read);
  return operation("TransactGetItems", {
    needs: (input, call) =>
      compile.forNeeds(input, call).map(({ table, key, projection, names }) => {
        const context = itemContext({
          leadingKeys: leadingKeys(engine.schemaOf(table), [key]),
          attributes: projection === undefined ? undefined : names.list(),
          select: projection === undefined ? "ALL_ATTRIBUTES" : "SPECIFIC_ATTRIBUTES",
          returnConsumedCapacity: input.ReturnConsumedCapacity,
          enclosingOperation: "TransactGetItems",
        });
        return permission(action, table.arn, context);
      }),
    handle(input, call) {
      const gets = compile.forHandle(input, call);
      const tables = gets.map(({ table }) => engine.itemTable(table));
      const rows = forEachAction(gets, ({ key, names }, index) => {
        const table = tables[index]!;
        checkKey(key, table.key);
        checkKeyPaths(table, names.nested());
        return itemKey(table, key);
      });
      if (new Set(rows.map((row) => row.toString("latin1"))).size < rows.length) {
        throw invalid("Transaction request cannot include multiple operations on one item");
      }
      const capacities = new Capacities("read");
      let bytes = 0;
      const items = gets.map(({ table }, index) => {
        const stored = readItemRow(engine.storage, rows[index]!);
        capacities.of(tables[index]!, table.given).add(readUnits(stored?.sizeBytes ?? 0, true));
        bytes += stored?.sizeBytes ?? 0;
        if (bytes > engine.limits.transactionBytesMax) {
          const message = `The items of a transaction cannot exceed ${engine.limits.transactionBytesMax} bytes`;
          throw cancelledBy({ Code: "ValidationError", Message: message }, index, gets.length);
        }
        return stored;
      });
      const body = new JsonBody()
        .member("ConsumedCapacity", capacities.describe(input.ReturnConsumedCapacity as CapacityDetail | undefined))
        .openList("Responses");
      gets.forEach(({ projection }, index) => {
        const stored = items[index];
        body.objectElement((response) =>
          response.spliced(
            "Item",
            stored && (projection ? JSON.stringify(projectItem(stored.item, projection)) : stored.json),
          ),
        );
      });
      return body.closeList().done();
    },
  });
}
