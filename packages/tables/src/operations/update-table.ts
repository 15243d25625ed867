import { permission } from "@hotkeep/core";
import type { NamedOperation } from "@hotkeep/protocols";
import { describe } from "../catalog/description.js";
import { changeTable, checkTableUpdate } from "../catalog/update-rules.js";
import type { Engine } from "../engine.js";
import { tableReference } from "../request/table-reference.js";
import { operation } from "./operation.js";

const action = "dynamodb:UpdateTable";

/** UpdateTable: throughput, billing, class, protection at once; a new global index is filled little by little. */
export function updateTable(engine: Engine): NamedOperation {
  return operation("UpdateTable", {
    needs: (input, call) => [permission(action, tableReference(input.TableName, call, action).arn)],
    async handle(input, call) {
      checkTableUpdate(input);
      const table = engine.changeableTable(tableReference(input.TableName, call, action));
      await engine.catalog.update(table, (definition) => changeTable(definition, input, call.now));
      engine.builder.wake();
      engine.reaper.wake();
      return { TableDescription: { ...describe(table, "ACTIVE", call.now), TableStatus: "UPDATING" as const } };
    },
  });
}
