import { setImmediate as nextTurn } from "node:timers/promises";
import { AwsError, CommonAwsError, silentLogger } from "@hotkeep/core";
import { AnswerHold, type AuditRecord, type HttpResponse, type Router, rawJson } from "@hotkeep/protocols";
import { beforeEach, describe, expect, it } from "vitest";
import { json, signedCall } from "./calls.js";
import { makeRouter, Recorder, session } from "./server.js";

/** A promise and what settles it. */
function gate() {
  let open = (): void => undefined;
  let fail = (_reason: unknown): void => undefined;
  const passed = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { passed, open, fail };
}

const unwritable = new CommonAwsError("Internal", "The tables could not be written to.");
const refusal = new AwsError("ConditionalCheckFailedException", "The conditional request failed");
const getItem = () =>
  signedCall({ service: "dynamodb", operation: "GetItem", body: '{"TableName":"Books","Key":{"pk":{"S":"a"}}}' });

describe("an answer that is held", () => {
  let recorder: Recorder;
  let audited: AuditRecord[];
  let router: Router;
  beforeEach(() => {
    recorder = new Recorder();
    audited = [];
    router = makeRouter(recorder, { logger: silentLogger, audit: (record) => void audited.push(record) });
  });

  /** Sends a GetItem; `given` tells whether it was answered. */
  const send = () => {
    const answer = Promise.resolve(router.handle(getItem()));
    const sent = { answer, given: false };
    void answer.then(() => {
      sent.given = true;
    });
    return sent;
  };

  describe.each([
    ["at once", (output: unknown) => output],
    ["later", (output: unknown) => nextTurn(output)],
  ])("of an operation that answers %s", (_name, answering) => {
    it("is made, and neither given nor audited before what it is held for", async () => {
      const durable = gate();
      recorder.until = durable.passed;
      const output = { Item: { pk: { S: "as it was" } } };
      recorder.output = answering(output);
      const sent = send();
      for (let turns = 0; turns < 5; turns++) await nextTurn();
      expect(sent.given).toBe(false);
      expect(audited).toEqual([]);
      output.Item.pk.S = "changed since";
      durable.open();
      const response = await sent.answer;
      expect(response.status).toBe(200);
      expect(json(response)).toEqual({ Item: { pk: { S: "as it was" } } });
      expect(audited).toMatchObject([{ operation: "GetItem", status: 200, errorCode: undefined }]);
    });

    it("is an internal error when what it is held for fails, also in the audit", async () => {
      const durable = gate();
      recorder.until = durable.passed;
      recorder.output = answering({ Item: { pk: { S: "never to be seen" } } });
      const sent = send();
      await nextTurn();
      durable.fail(unwritable);
      const response = await sent.answer;
      expect(response.status).toBe(500);
      expect(json(response)).toEqual({
        __type: "com.amazonaws.dynamodb.v20120810#InternalServerError",
        message: "The tables could not be written to.",
      });
      expect(audited).toMatchObject([
        { status: 500, errorCode: "Internal", errorMessage: "The tables could not be written to." },
      ]);
      expect(audited[0]?.tellOutput).toBeUndefined();
    });
  });

  it.each([
    ["thrown", () => refusal],
    [
      "rejected with",
      () => {
        const rejected = Promise.reject(refusal);
        rejected.catch(() => undefined);
        return rejected;
      },
    ],
  ])("may be an error that was %s", async (_name, failing) => {
    const durable = gate();
    recorder.until = durable.passed;
    recorder.output = failing();
    const sent = send();
    for (let turns = 0; turns < 5; turns++) await nextTurn();
    expect(sent.given).toBe(false);
    expect(audited).toEqual([]);
    durable.open();
    const response = await sent.answer;
    expect(response.status).toBe(400);
    expect(json(response).message).toBe("The conditional request failed");
    expect(audited).toMatchObject([{ status: 400, errorCode: "ConditionalCheckFailedException" }]);
  });

  it("may be an error that then must not be told", async () => {
    recorder.until = Promise.reject(unwritable);
    recorder.output = refusal;
    const response = await send().answer;
    expect(response.status).toBe(500);
    expect(json(response).message).toBe("The tables could not be written to.");
    expect(audited).toMatchObject([{ status: 500, errorCode: "Internal" }]);
  });

  it("is given at once when nothing holds it", () => {
    const response = router.handle(getItem());
    expect(response).not.toBeInstanceOf(Promise);
    expect((response as HttpResponse).status).toBe(200);
    expect(audited).toHaveLength(1);
  });

  describe("of a local call", () => {
    const call = () =>
      router.invoke({
        service: "dynamodb",
        operation: "GetItem",
        region: "us-west-2",
        credentials: session,
        input: { TableName: "Books", Key: { pk: { S: "a" } } },
      });

    it("is not given before either", async () => {
      const durable = gate();
      recorder.until = durable.passed;
      recorder.output = { Item: { pk: { S: "a" } } };
      let given = false;
      const answer = call().finally(() => {
        given = true;
      });
      for (let turns = 0; turns < 5; turns++) await nextTurn();
      expect(given).toBe(false);
      expect(audited).toEqual([]);
      durable.open();
      expect(await answer).toEqual({ Item: { pk: { S: "a" } } });
      expect(audited).toMatchObject([{ status: 200 }]);
    });

    it.each([
      ["a value", { Item: { pk: { S: "a" } } }],
      ["an encoded value", rawJson('{"Item":{}}')],
      ["an error", refusal],
    ])("is the failure of what it is held for, instead of %s", async (_name, output) => {
      recorder.until = Promise.reject(unwritable);
      recorder.output = output;
      await expect(call()).rejects.toBe(unwritable);
      expect(audited).toMatchObject([{ status: 500, errorCode: "Internal" }]);
    });
  });
});

describe("AnswerHold", () => {
  it("holds nothing until it is asked to", () => {
    expect(new AnswerHold().held).toBeUndefined();
  });

  it("holds for one promise as it is, however often it was named", () => {
    const hold = new AnswerHold();
    const durable = Promise.resolve();
    hold.until(durable);
    hold.until(durable);
    expect(hold.held).toBe(durable);
  });

  it("holds for all that it was asked to", async () => {
    const first = gate();
    const hold = new AnswerHold();
    hold.until(first.passed);
    hold.until(Promise.resolve());
    let released = false;
    const held = hold.held?.then(() => {
      released = true;
    });
    await nextTurn();
    expect(released).toBe(false);
    first.open();
    await held;
    const failing = new AnswerHold();
    failing.until(Promise.reject(unwritable));
    failing.until(new Promise(() => undefined));
    await nextTurn();
    await expect(failing.held).rejects.toBe(unwritable);
  });
});
