import { permission } from "@hotkeep/core";
import type { NamedOperation } from "@hotkeep/protocols";
import { describe } from "../catalog/description.js";
import type { Engine } from "../engine.js";
import { tableReference } from "../request/table-reference.js";
import { operation } from "./operation.js";

const action = "dynamodb:DescribeTable";

/** DescribeTable. */
export function describeTable(engine: Engine): NamedOperation {
  return operation("DescribeTable", {
    needs: (input, call) => [permission(action, tableReference(input.TableName, call, action).arn)],
    handle(input, call) {
      const table = engine.namedTable(tableReference(input.TableName, call, action));
      return { Table: describe(table, table.isRestoring ? "CREATING" : "ACTIVE", call.now) };
    },
  });
}
