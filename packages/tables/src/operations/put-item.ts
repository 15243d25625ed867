import { fromExpected } from "@hotkeep/attributes";
import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { compiledOnce } from "../request/compiled.js";
import { readPut } from "../request/write-action.js";
import { type InputOf, operation } from "./operation.js";
import { answerWrite, checkOldValuesOnly, writeNeeds } from "./single-write.js";

function read(input: InputOf<"PutItem">, call: CallContext) {
  return readPut(input, call, {
    names: ["Expected", "ConditionalOperator"],
    check: () => checkOldValuesOnly(input),
    condition: () => fromExpected(input.Expected, input.ConditionalOperator),
  });
}

/** PutItem: writes a whole item. */
export function putItem(engine: Engine): NamedOperation {
  const compile = compiledOnce(read);
  return operation("PutItem", {
    needs: (input, call) => writeNeeds(engine, compile.forNeeds(input, call), input),
    handle: (input, call, hold) => answerWrite(engine, compile.forHandle(input, call), input, hold),
  });
}
