import { checkKey, fromAttributesToGet, type Item, type Projection, projectItem, readItem } from "@hotkeep/attributes";
import { permission } from "@hotkeep/core";
import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { invalid } from "../errors.js";
import { borrowItemRow } from "../items/item-rows.js";
import { checkKeyPaths } from "../items/key-paths.js";
import { itemKey } from "../items/row-keys.js";
import { AttributeNames } from "../request/attribute-names.js";
import { Capacities, type CapacityDetail, readUnits } from "../request/capacity.js";
import { compiledOnce } from "../request/compiled.js";
import { itemContext, leadingKeys } from "../request/condition-keys.js";
import { checkParameterMix, parseExpressions } from "../request/expressions.js";
import { JsonBody } from "../request/json-body.js";
import { distinctTables, type TableReference, tableReference } from "../request/table-reference.js";
import { type InputOf, operation } from "./operation.js";

const action = "dynamodb:BatchGetItem";

/** What is wanted of one table. */
interface TableKeys {
  readonly table: TableReference;
  readonly keys: readonly Item[];
  readonly projection: Projection | undefined;
  readonly consistent: boolean;
  /** The request's own words for it, for UnprocessedKeys. */
  readonly given: InputOf<"BatchGetItem">["RequestItems"][string];
}

function read(engine: Engine, input: InputOf<"BatchGetItem">, call: CallContext): readonly TableKeys[] {
  let total = 0;
  const tables = Object.entries(input.RequestItems).map(([name, given]) => {
    checkParameterMix(given, ["ProjectionExpression"], ["AttributesToGet"]);
    const legacy = given.AttributesToGet === undefined ? undefined : fromAttributesToGet(given.AttributesToGet);
    const projection = parseExpressions(given).projection ?? legacy;
    total += given.Keys.length;
    if (total > engine.limits.batchGetKeysMax) throw invalid("Too many items requested for the BatchGetItem call");
    const keys = given.Keys.map((key) => readItem(key));
    return {
      table: tableReference(name, call, action),
      keys,
      projection,
      consistent: given.ConsistentRead === true,
      given,
    };
  });
  distinctTables(tables.map(({ table }) => table));
  return tables;
}

/** BatchGetItem: up to 100 items of several tables; what exceeds the answer's size comes back as unprocessed. */
export function batchGetItem(engine: Engine): NamedOperation {
  const compile = compiledOnce((input: InputOf<"BatchGetItem">, call) => read(engine, input, call));
  return operation("BatchGetItem", {
    needs: (input, call) =>
      compile.forNeeds(input, call).map(({ table, keys, projection }) => {
        const names = new AttributeNames().projection(projection);
        for (const key of keys) names.add(Object.keys(key));
        const context = itemContext({
          leadingKeys: leadingKeys(engine.schemaOf(table), keys),
          attributes: projection === undefined ? undefined : names.list(),
          select: projection === undefined ? "ALL_ATTRIBUTES" : "SPECIFIC_ATTRIBUTES",
          returnConsumedCapacity: input.ReturnConsumedCapacity,
        });
        return permission(action, table.arn, context);
      }),
    handle(input, call) {
      const wanted = compile.forHandle(input, call).map((request) => {
        const table = engine.itemTable(request.table);
        checkKeyPaths(table, new AttributeNames().projection(request.projection).nested());
        const rows = request.keys.map((key) => itemKey(table, checkKey(key, table.key)));
        if (new Set(rows.map((row) => row.toString("latin1"))).size < rows.length) {
          throw invalid("Provided list of item keys contains duplicates");
        }
        return { request, table, rows };
      });
      const capacities = new Capacities();
      const unprocessed: Record<string, unknown> = Object.create(null);
      let bytes = 0;
      return new JsonBody()
        .object("Responses", (responses) => {
          for (const { request, table, rows } of wanted) {
            responses.openList(request.table.given);
            const capacity = capacities.of(table, request.table.given);
            let read = 0;
            for (; read < rows.length && bytes < engine.limits.batchGetBytesMax; read++) {
              const stored = borrowItemRow(engine.storage, rows[read]!);
              capacity.add(readUnits(stored?.sizeBytes ?? 0, request.consistent));
              if (stored === undefined) continue;
              bytes += stored.sizeBytes;
              const { projection } = request;
              responses.element(
                projection === undefined ? stored.json : JSON.stringify(projectItem(stored.item, projection)),
              );
            }
            responses.closeList();
            if (read < rows.length) {
              unprocessed[request.table.given] = { ...request.given, Keys: request.given.Keys.slice(read) };
            }
          }
        })
        .member("UnprocessedKeys", unprocessed)
        .member("ConsumedCapacity", capacities.describe(input.ReturnConsumedCapacity as CapacityDetail | undefined))
        .done();
    },
  });
}
