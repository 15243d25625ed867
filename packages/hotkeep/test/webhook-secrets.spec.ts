import { SeededRandom } from "@hotkeep/core";
import { memoryStore, type StateStore } from "@hotkeep/state";
import { describe, expect, it } from "vitest";
import { openWebhookSecrets } from "../src/gateway/webhook-secrets.js";

const ops = "arn:aws:sns:us-west-2:123456789012:ops";
const dev = "arn:aws:sns:us-west-2:123456789012:dev";

/** Seals so that a test sees what was sealed for what. */
const sealer = {
  seal: (plain: string, purpose: string) => Buffer.from(`${purpose}|${plain}`).toString("hex"),
  open(sealed: string, purpose: string) {
    const [wanted, plain] = Buffer.from(sealed, "hex").toString().split("|");
    if (wanted !== purpose) throw new Error("sealed for something else");
    return plain!;
  },
};

function opening(store: StateStore) {
  let seed = 0;
  return (urls: Record<string, string>, given: Record<string, string> = {}) =>
    openWebhookSecrets({
      ...{ store, sealer, random: new SeededRandom(++seed) },
      urls: new Map(Object.entries(urls)),
      given: new Map(Object.entries(given)),
    });
}

describe("the secrets of webhooks", () => {
  it("are made once, told until somebody has seen them, and found again by the next start", async () => {
    const open = opening(memoryStore());
    const first = await open({ [ops]: "http://a/", [dev]: "http://b/" });
    expect(first.untold.map(({ topicArn }) => topicArn)).toEqual([ops, dev]);
    expect(first.all.get(ops)).toMatch(/^whsec_[\w-]{43}$/);
    expect(first.all.get(dev)).not.toBe(first.all.get(ops));
    // A start that failed before it could say them.
    const second = await open({ [ops]: "http://a/", [dev]: "http://b/" });
    expect(second.untold).toEqual(first.untold);
    await second.told();
    const third = await open({ [ops]: "http://a/", [dev]: "http://b/" });
    expect(third.untold).toEqual([]);
    expect(third.all).toEqual(first.all);
  });

  it("are new for another URL, and for a webhook that was away", async () => {
    const open = opening(memoryStore());
    const first = await open({ [ops]: "http://a/", [dev]: "http://b/" });
    await first.told();
    const moved = await open({ [ops]: "http://elsewhere/" });
    expect(moved.untold).toEqual([{ topicArn: ops, secret: moved.all.get(ops) }]);
    expect(moved.all.get(ops)).not.toBe(first.all.get(ops));
    await moved.told();
    const back = await open({ [ops]: "http://elsewhere/", [dev]: "http://b/" });
    expect(back.untold.map(({ topicArn }) => topicArn)).toEqual([dev]);
    expect(back.all.get(dev)).not.toBe(first.all.get(dev));
  });

  it("that the operator gives are neither kept nor told", async () => {
    const store = memoryStore();
    const { all, untold } = await opening(store)({ [ops]: "http://a/" }, { [ops]: "of-the-operator!" });
    expect(all).toEqual(new Map([[ops, "of-the-operator!"]]));
    expect(untold).toEqual([]);
    expect(await store.get("webhooks/secrets")).toBeUndefined();
  });
});
