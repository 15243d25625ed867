import { permission } from "@hotkeep/core";
import type { NamedOperation } from "@hotkeep/protocols";
import { describe } from "../catalog/description.js";
import type { Engine } from "../engine.js";
import { tableReference } from "../request/table-reference.js";
import { operation } from "./operation.js";

const action = "dynamodb:DeleteTable";

/** DeleteTable: the table is gone at once, its rows are removed little by little. */
export function deleteTable(engine: Engine): NamedOperation {
  return operation("DeleteTable", {
    needs: (input, call) => [permission(action, tableReference(input.TableName, call, action).arn)],
    async handle(input, call) {
      const reference = tableReference(input.TableName, call, action);
      engine.backups.checkDeletable(engine.changeableTable(reference));
      const table = await engine.catalog.delete(reference, reference.name);
      engine.reaper.wake();
      return { TableDescription: describe(table, "DELETING", call.now) };
    },
  });
}
