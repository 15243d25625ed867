import { permission } from "@hotkeep/core";
import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import { readNewTable } from "../catalog/create-rules.js";
import { describe } from "../catalog/description.js";
import { tableArn } from "../catalog/table.js";
import type { Engine } from "../engine.js";
import { compiledOnce } from "../request/compiled.js";
import { type InputOf, operation } from "./operation.js";

/** CreateTable: the answer says CREATING as the service's does; the table can be used from then on. */
export function createTable(engine: Engine): NamedOperation {
  const compile = compiledOnce((input: InputOf<"CreateTable">, call: CallContext) => readNewTable(input, call));
  return operation("CreateTable", {
    needs(input, call) {
      const table = compile.forNeeds(input, call);
      const arn = tableArn(table);
      const create = permission("dynamodb:CreateTable", arn);
      return table.tags.length === 0 ? [create] : [create, permission("dynamodb:TagResource", arn)];
    },
    async handle(input, call) {
      const table = await engine.catalog.create(compile.forHandle(input, call));
      return { TableDescription: describe(table, "CREATING") };
    },
  });
}
