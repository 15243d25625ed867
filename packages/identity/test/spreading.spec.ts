import { AnswerHold, type CallContext, type ServiceHandlers } from "@hotkeep/protocols";
import { describe, expect, it } from "vitest";
import { Spreading } from "../src/spreading.js";

describe("a change of permissions", () => {
  it("is in force wherever it was passed on before the call that made it is answered", async () => {
    const spreading = new Spreading();
    const events: string[] = [];
    let inForce: () => void = () => {};
    spreading.listen(() => new Promise((resolve) => (inForce = resolve)));
    spreading.listen(() => void events.push("heard"));
    const handlers: ServiceHandlers = {
      service: "iam",
      operations: [
        {
          name: "PutUserPolicy",
          operation: {
            needs: () => [],
            handle: () => {
              spreading.tell({ accessKeyIds: "all", roleArns: [] });
              events.push("handled");
              return { done: true };
            },
          },
        },
      ],
    };
    const [{ operation } = { operation: undefined }] = spreading.afterSpreading(handlers).operations;
    const answer = Promise.resolve(operation?.handle({} as never, {} as CallContext, new AnswerHold())).then(
      (output) => {
        events.push("answered");
        return output;
      },
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(events).toEqual(["heard", "handled"]);
    inForce();
    expect(await answer).toEqual({ done: true });
    expect(events).toEqual(["heard", "handled", "answered"]);
  });
});
