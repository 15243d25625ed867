import { fromExpected } from "@hotkeep/attributes";
import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { compiledOnce } from "../request/compiled.js";
import { readDelete } from "../request/write-action.js";
import { type InputOf, operation } from "./operation.js";
import { answerWrite, checkOldValuesOnly, writeNeeds } from "./single-write.js";

function read(input: InputOf<"DeleteItem">, call: CallContext) {
  return readDelete("delete", input, call, {
    names: ["Expected", "ConditionalOperator"],
    check: () => checkOldValuesOnly(input),
    condition: () => fromExpected(input.Expected, input.ConditionalOperator),
  });
}

/** DeleteItem: removes an item; one that is not there is no error. */
export function deleteItem(engine: Engine): NamedOperation {
  const compile = compiledOnce(read);
  return operation("DeleteItem", {
    needs: (input, call) => writeNeeds(engine, compile.forNeeds(input, call), input),
    handle: (input, call, hold) => answerWrite(engine, compile.forHandle(input, call), input, hold),
  });
}
