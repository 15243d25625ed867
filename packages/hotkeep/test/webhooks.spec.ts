import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SeededRandom, silentLogger, systemClock } from "@hotkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Webhooks } from "../src/gateway/webhooks.js";

const topicArn = "arn:aws:sns:us-west-2:123456789012:dax";
const clusterArn = "arn:aws:dax:us-west-2:123456789012:cache/books";
const at = Date.UTC(2026, 10, 23);
const notification = (message: string) => ({
  topicArn,
  clusterArn,
  event: { source: "books", sourceType: "CLUSTER" as const, message, at },
});

let server: Server;
let url: string;
let statuses: number[];
const got: {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Record<string, string>;
}[] = [];
beforeEach(async () => {
  statuses = [];
  got.length = 0;
  server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    got.push({ headers: request.headers, text, body: JSON.parse(text) });
    response.statusCode = statuses.shift() ?? 200;
    response.end("thanks");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});
afterEach(() => server.close());

function webhooks(limits = {}) {
  const problems: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => void problems.push(message) };
  const quick = { retryMs: 2, ...limits };
  const urls = new Map([[topicArn, url]]);
  const secrets = new Map([[topicArn, "whsec_of-the-receiver"]]);
  const hooks = new Webhooks({ urls, secrets, clock: systemClock, random: new SeededRandom(1), logger, limits: quick });
  return { hooks, problems };
}

const messages = () => got.map(({ body }) => JSON.parse(body.Message!).Message as string);

describe("a webhook", () => {
  it("is posted an event in the form of SNS's HTTP notifications", async () => {
    const { hooks } = webhooks();
    hooks.publish(notification("Cluster created."));
    await expect.poll(() => got.length).toBe(1);
    const { headers, body } = got[0]!;
    expect(headers).toMatchObject({
      "x-amz-sns-message-type": "Notification",
      "x-amz-sns-topic-arn": topicArn,
      "x-amz-sns-message-id": body.MessageId,
      "content-type": "text/plain; charset=UTF-8",
    });
    expect(body).toMatchObject({ Type: "Notification", TopicArn: topicArn, Subject: "DAX cluster books" });
    expect(JSON.parse(body.Message!)).toEqual({
      SourceName: "books",
      SourceType: "CLUSTER",
      Message: "Cluster created.",
      Date: "2026-11-23T00:00:00.000Z",
      ClusterArn: clusterArn,
      Region: "us-west-2",
    });
  });

  it("is tried again until it takes an event, and hears of events in their order", async () => {
    statuses = [500, 404, 200];
    const { hooks, problems } = webhooks();
    for (const message of ["one", "two", "three"]) hooks.publish(notification(message));
    await expect.poll(messages).toEqual(["one", "one", "one", "two", "three"]);
    expect(new Set(got.slice(0, 3).map(({ body }) => body.MessageId)).size).toBe(1);
    expect(problems).toEqual([]);
  });

  it("gets every attempt signed with its secret, together with the time of the attempt", async () => {
    statuses = [500, 200];
    const { hooks } = webhooks();
    const before = Math.floor(Date.now() / 1_000);
    hooks.publish(notification("Cluster created."));
    await expect.poll(() => got.length).toBe(2);
    for (const { headers, text } of got) {
      const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers["hotkeep-signature"] as string)!;
      expect(Number(t)).toBeGreaterThanOrEqual(before);
      expect(Number(t)).toBeLessThanOrEqual(Date.now() / 1_000);
      expect(createHmac("sha256", "whsec_of-the-receiver").update(`${t}.${text}`).digest("hex")).toBe(v1);
    }
  });

  it("is given up after a bounded number of attempts, and the next event is delivered", async () => {
    statuses = [500, 500, 500];
    const { hooks, problems } = webhooks({ attemptsMax: 3 });
    for (const message of ["one", "two"]) hooks.publish(notification(message));
    await expect.poll(messages).toEqual(["one", "one", "one", "two"]);
    expect(problems).toEqual(["a notification was given up"]);
  });

  it("that is gone stops nobody, and what is too much is dropped", async () => {
    await new Promise((resolve) => void server.close(resolve));
    const { hooks, problems } = webhooks({ attemptsMax: 2, waitingMax: 2 });
    for (const message of ["one", "two", "three"]) hooks.publish(notification(message));
    expect(problems).toEqual(["a notification was dropped: too many wait"]);
    await expect.poll(() => problems.length).toBe(3);
    hooks.close();
  });

  it("hears of no other topic", async () => {
    const { hooks } = webhooks();
    hooks.publish({ ...notification("other"), topicArn: `${topicArn}-2` });
    hooks.publish(notification("own"));
    await expect.poll(messages).toEqual(["own"]);
  });
});
