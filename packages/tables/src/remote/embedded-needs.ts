import type { PermissionRequest } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import type { Engine, KeyFacts } from "../engine.js";
import { dynamoDbOperations } from "../operations/index.js";

/** What a caller must be allowed for one call; reads only, and never waits. */
export type Needs = (input: object, call: CallContext) => readonly PermissionRequest[];

/** The `needs` of the embedded tables' operations, by operation, over key schemas from elsewhere. */
export function embeddedNeeds(facts: KeyFacts): ReadonlyMap<string, Needs> {
  // `needs` asks an engine for nothing but these facts. `handle`, which wants storage and catalog, is left behind here.
  const operations = dynamoDbOperations(facts as Engine);
  return new Map(
    operations.map(({ name, operation }) => [
      name,
      (input, call) => {
        const requests = operation.needs(input as never, call);
        if (requests instanceof Promise) throw new Error(`\`needs\` of ${name} waits for something`);
        return requests;
      },
    ]),
  );
}
