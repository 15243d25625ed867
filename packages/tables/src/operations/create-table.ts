import { permission } from "@hotkeep/core";
import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import { readNewTable } from "../catalog/create-rules.js";
import { describe } from "../catalog/description.js";
import { tableArn } from "../catalog/table.js";
import type { Engine } from "../engine.js";
import { invalidParameters } from "../errors.js";
import { compiledOnce } from "../request/compiled.js";
import type { PolicyPrincipals } from "../resource-policies/policy-principals.js";
import { type InputOf, operation } from "./operation.js";
import { readBoundPolicy } from "./resource-policies.js";

/** CreateTable: the answer says CREATING as the service's does; the table can be used from then on. */
export function createTable(engine: Engine, principals: PolicyPrincipals | undefined): NamedOperation {
  const compile = compiledOnce((input: InputOf<"CreateTable">, call: CallContext) => readNewTable(input, call));
  const policyOf = (text: string, nowMs: number) => {
    if (principals === undefined) throw invalidParameters("ResourcePolicy is not available on these tables");
    return { document: readBoundPolicy(text, "table", principals), revision: nowMs };
  };
  return operation("CreateTable", {
    needs(input, call) {
      const table = compile.forNeeds(input, call);
      const arn = tableArn(table);
      const needs = [permission("dynamodb:CreateTable", arn)];
      if (table.tags.length > 0) needs.push(permission("dynamodb:TagResource", arn));
      if (input.ResourcePolicy !== undefined) needs.push(permission("dynamodb:PutResourcePolicy", arn));
      return needs;
    },
    async handle(input, call) {
      const requested = compile.forHandle(input, call);
      const { ResourcePolicy: text } = input;
      const table = await engine.catalog.create(
        text === undefined ? requested : { ...requested, policy: policyOf(text, call.now) },
      );
      return { TableDescription: describe(table, "CREATING", call.now) };
    },
  });
}
