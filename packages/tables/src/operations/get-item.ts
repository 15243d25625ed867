import { checkKey, fromAttributesToGet, projectItem, readItem } from "@hotkeep/attributes";
import { permission } from "@hotkeep/core";
import { type CallContext, type NamedOperation, rawJson } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { readItemAnswer, readItemRow } from "../items/item-rows.js";
import { checkKeyPaths } from "../items/key-paths.js";
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
  const projection = parseExpressions(input).projection ?? legacy;
  return { table, key, projection, names: new AttributeNames(Object.keys(key)).projection(projection) };
}

/** GetItem: one item by its key. Always strongly consistent; ConsistentRead only changes what it is said to cost. */
export function getItem(engine: Engine): NamedOperation {
  const compile = compiledOnce(read);
  return operation("GetItem", {
    needs(input, call) {
      const { table, key, projection, names } = compile.forNeeds(input, call);
      return [
        permission(
          action,
          table.arn,
          itemContext({
            leadingKeys: leadingKeys(engine.schemaOf(table), [key]),
            attributes: projection === undefined ? undefined : names.list(),
            select: projection === undefined ? "ALL_ATTRIBUTES" : "SPECIFIC_ATTRIBUTES",
            returnConsumedCapacity: input.ReturnConsumedCapacity,
          }),
        ),
      ];
    },
    handle(input, call) {
      const { table: reference, key, projection, names } = compile.forHandle(input, call);
      const table = engine.itemTable(reference);
      const rowKey = itemKey(table, checkKey(key, table.key));
      checkKeyPaths(table, names.nested());
      const detail = (input.ReturnConsumedCapacity ?? "NONE") as CapacityDetail;
      if (projection === undefined && detail === "NONE") {
        return rawJson(readItemAnswer(engine.storage, rowKey) ?? "{}");
      }
      const stored = readItemRow(engine.storage, rowKey);
      const capacity = new Capacity(reference.given);
      capacity.add(readUnits(stored?.sizeBytes ?? 0, input.ConsistentRead === true));
      return new JsonBody()
        .spliced("Item", stored && (projection ? JSON.stringify(projectItem(stored.item, projection)) : stored.json))
        .member("ConsumedCapacity", capacity.describe(detail))
        .done();
    },
  });
}
