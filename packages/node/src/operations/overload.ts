import { uuid } from "@hotkeep/core";
import { DaxFailure, overloaded } from "../failure.js";
import type { OperationContext } from "./context.js";

/** Before a read of the table: there is none while the event loop is late. @throws DaxFailure ThrottlingException */
export function refuseWhenOverloaded({ loopDelay, random }: Pick<OperationContext, "loopDelay" | "random">): void {
  if (loopDelay.tooLong) throw new DaxFailure(overloaded(uuid(random)));
}
