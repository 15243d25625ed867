import { permission } from "@hotkeep/core";
import type { NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { operation } from "./operation.js";

const namesPerPage = 100;

/** ListTables: names in order, after ExclusiveStartTableName, which need not be a table. */
export function listTables(engine: Engine): NamedOperation {
  return operation("ListTables", {
    needs: () => [permission("dynamodb:ListTables", "*")],
    handle(input, call) {
      const { ExclusiveStartTableName: start, Limit: limit = namesPerPage } = input;
      const names = engine.catalog.names(call);
      const rest = start === undefined ? names : names.filter((name) => name > start);
      const page = rest.slice(0, limit);
      if (page.length === rest.length) return { TableNames: page };
      return { TableNames: page, LastEvaluatedTableName: page.at(-1)! };
    },
  });
}
