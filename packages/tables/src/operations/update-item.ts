import { fromAttributeUpdates, fromExpected } from "@hotkeep/attributes";
import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { compiledOnce } from "../request/compiled.js";
import { readUpdate } from "../request/write-action.js";
import { type InputOf, operation } from "./operation.js";
import { answerWrite, writeNeeds } from "./single-write.js";

function read(input: InputOf<"UpdateItem">, call: CallContext) {
  return readUpdate(input, call, {
    names: ["AttributeUpdates", "Expected", "ConditionalOperator"],
    update: () => (input.AttributeUpdates === undefined ? undefined : fromAttributeUpdates(input.AttributeUpdates)),
    condition: () => fromExpected(input.Expected, input.ConditionalOperator),
  });
}

/** UpdateItem: changes attributes of an item, or makes it. */
export function updateItem(engine: Engine): NamedOperation {
  const compile = compiledOnce(read);
  return operation("UpdateItem", {
    needs: (input, call) => writeNeeds(engine, compile.forNeeds(input, call), input),
    handle: (input, call, hold) => answerWrite(engine, compile.forHandle(input, call), input, hold),
  });
}
