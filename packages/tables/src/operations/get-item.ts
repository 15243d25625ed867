import { checkKey, fromAttributesToGet, projectItem, readItem } from "@hotkeep/attributes";
import { permission } from "@hotkeep/core";
import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { readItemRow } from "../items/item-rows.js";
import { itemKey } from "../items/row-keys.js";
import { AttributeNames } from "../request/attribute-names.js";
import { Capacity, type CapacityDetail, readUnits } from "../request/capacity.js";
import { compiledOnce } from "../request/compiled.js";
import { itemContext, leadingKeys } from "../request/condition-keys.js";
import { checkParameterMix, parseExpressions } from "../request/expressions.js";
import { JsonBody } from "../request/json-body.js";
import { tableReference } from "../request/table-reference.js";
import { type InputOf, operation } from "./operation.js";

const action = "dynamodb:GetItem";

function read(input: InputOf<"GetItem">, call: CallContext) {
  checkParameterMix(input, ["ProjectionExpression"], ["AttributesToGet"]);
  const table = tableReference(input.TableName, call, action);
  const key = readItem(input.Key);
  const legacy = input.AttributesToGet === undefined ? undefined : fromAttributesToGet(input.AttributesToGet);
  return { table, key, projection: parseExpressions(input).projection ?? legacy };
}

/** GetItem: one item by its key. Always strongly consistent; ConsistentRead only changes what it is said to cost. */
export function getItem(engine: Engine): NamedOperation {
  const compile = compiledOnce(read);
  return operation("GetItem", {
    needs(input, call) {
      const { table, key, projection } = compile(input, call);
      const names = new AttributeNames().add(Object.keys(key)).projection(projection).list();
      return [
        permission(
          action,
          table.arn,
          itemContext({
            leadingKeys: leadingKeys(engine.schemaOf(table), [key]),
            attributes: projection === undefined ? undefined : names,
            select: projection === undefined ? "ALL_ATTRIBUTES" : "SPECIFIC_ATTRIBUTES",
            returnConsumedCapacity: input.ReturnConsumedCapacity,
          }),
        ),
      ];
    },
    handle(input, call) {
      const request = compile(input, call);
      const table = engine.itemTable(request.table);
      const stored = readItemRow(engine.storage, itemKey(table, checkKey(request.key, table.key)));
      const body = new JsonBody();
      if (stored !== undefined) {
        const { projection } = request;
        body.spliced(
          "Item",
          projection === undefined ? stored.json : JSON.stringify(projectItem(stored.item, projection)),
        );
      }
      const detail = input.ReturnConsumedCapacity as CapacityDetail | undefined;
      if (detail !== undefined && detail !== "NONE") {
        const capacity = new Capacity(request.table.given);
        capacity.add(readUnits(stored?.sizeBytes ?? 0, input.ConsistentRead === true));
        body.member("ConsumedCapacity", capacity.describe(detail));
      }
      return body.done();
    },
  });
}
