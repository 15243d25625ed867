import { permission } from "@hotkeep/core";
import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { invalid } from "../errors.js";
import { describeCollection } from "../items/collection-metrics.js";
import { carryOut, decideWrite, type PreparedWrite, prepareWrite } from "../items/write-item.js";
import { AttributeNames } from "../request/attribute-names.js";
import { Capacities, type CapacityDetail } from "../request/capacity.js";
import { compiledOnce } from "../request/compiled.js";
import { itemContext, leadingKeys } from "../request/condition-keys.js";
import { JsonBody } from "../request/json-body.js";
import { distinctTables, type TableReference, tableReference } from "../request/table-reference.js";
import { readDelete, readPut, type WriteAction } from "../request/write-action.js";
import { type InputOf, operation } from "./operation.js";

const action = "dynamodb:BatchWriteItem";

/** What is written to one table. */
interface TableWrites {
  readonly table: TableReference;
  readonly actions: readonly WriteAction[];
}

function read(engine: Engine, input: InputOf<"BatchWriteItem">, call: CallContext): readonly TableWrites[] {
  let total = 0;
  const tables = Object.entries(input.RequestItems).map(([name, requests]) => {
    total += requests.length;
    if (total > engine.limits.batchWriteRequestsMax) {
      throw invalid("Too many items requested for the BatchWriteItem call");
    }
    const actions = requests.map(({ PutRequest: put, DeleteRequest: remove }) => {
      if ((put === undefined) === (remove === undefined)) {
        throw invalid(
          "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
        );
      }
      return put !== undefined
        ? readPut({ TableName: name, Item: put.Item }, call)
        : readDelete("delete", { TableName: name, Key: remove!.Key }, call);
    });
    return { table: tableReference(name, call, action), actions };
  });
  distinctTables(tables.map(({ table }) => table));
  return tables;
}

/**
 * BatchWriteItem: up to 25 puts and deletes. The service may leave some undone; here one commit carries out all of them.
 */
export function batchWriteItem(engine: Engine): NamedOperation {
  const compile = compiledOnce((input: InputOf<"BatchWriteItem">, call) => read(engine, input, call));
  return operation("BatchWriteItem", {
    needs: (input, call) =>
      compile.forNeeds(input, call).map(({ table, actions }) => {
        const names = new AttributeNames();
        for (const one of actions) names.add(one.names.list());
        const items = actions.map(({ item }) => item);
        const context = itemContext({
          leadingKeys: leadingKeys(engine.schemaOf(table), items),
          attributes: names.list(),
          returnConsumedCapacity: input.ReturnConsumedCapacity,
        });
        return permission(action, table.arn, context);
      }),
    async handle(input, call, hold) {
      const tables = compile.forHandle(input, call).map(({ table: reference, actions }) => {
        const table = engine.itemTable(reference);
        return { reference, table, writes: actions.map((one) => prepareWrite(one, table)) };
      });
      for (const { writes } of tables) checkDistinct(writes);
      const capacities = new Capacities();
      await engine.storage.transact((transaction) => {
        for (const { reference, table, writes } of tables) {
          const capacity = capacities.of(table, reference.given);
          for (const write of writes) carryOut(engine, transaction, write, decideWrite(engine, write), capacity);
        }
      }, hold);
      const body = new JsonBody().member("UnprocessedItems", {});
      if (input.ReturnItemCollectionMetrics === "SIZE") {
        const metrics = tables.map(({ reference, table, writes }) => [
          reference.given,
          writes.map(({ key }) => describeCollection(engine.storage, table, key)).filter((one) => one !== undefined),
        ]);
        body.member("ItemCollectionMetrics", Object.fromEntries(metrics.filter(([, list]) => list!.length > 0)));
      }
      return body
        .member("ConsumedCapacity", capacities.describe(input.ReturnConsumedCapacity as CapacityDetail | undefined))
        .done();
    },
  });
}

function checkDistinct(writes: readonly PreparedWrite[]): void {
  if (new Set(writes.map(({ rowKey }) => rowKey.toString("latin1"))).size < writes.length) {
    throw invalid("Provided list of item keys contains duplicates");
  }
}
