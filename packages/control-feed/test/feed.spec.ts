import { AwsError, CommonAwsError, HotkeepError } from "@hotkeep/core";
import { afterEach, describe, expect, it } from "vitest";
import { configuration, type Harness, openHarness, quickLimits, until } from "./support.js";

let harness: Harness;
afterEach(() => harness.close());

describe("a request of a node", () => {
  it("is answered by the gateway's handler", async () => {
    const asked: unknown[] = [];
    harness = await openHarness((connection) => {
      connection.handle("hello", (request) => {
        asked.push(request);
        return configuration;
      });
    });
    const client = harness.client();

    expect(await client.request("hello", { nodeId: "daxcluster01-a", pid: 7 })).toEqual(configuration);
    expect(asked).toEqual([{ nodeId: "daxcluster01-a", pid: 7 }]);
    expect(harness.server.connection("daxcluster01-a")).toBe(harness.accepted[0]);
  });

  it("may be answered with null", async () => {
    harness = await openHarness((connection) => connection.handle("attributeList", () => null));
    expect(await harness.client().request("attributeList", { id: 9 })).toBeNull();
  });

  it("is answered out of order when a later one is quicker", async () => {
    const release: (() => void)[] = [];
    harness = await openHarness((connection) => {
      connection.handle("attributeListId", async ({ names }) => {
        if (names[0] === "slow") await new Promise<void>((resolve) => release.push(resolve));
        return { id: names[0] === "slow" ? 2 : 3 };
      });
    });
    const client = harness.client();
    const slow = client.request("attributeListId", { names: ["slow"] });

    expect(await client.request("attributeListId", { names: ["quick"] })).toEqual({ id: 3 });
    release[0]!();
    expect(await slow).toEqual({ id: 2 });
  });

  it("fails with the AWS error that the handler threw, members and all", async () => {
    harness = await openHarness((connection) => {
      connection.handle("roleSession", () => {
        throw new AwsError("AccessDeniedException", "not you", { status: 403, members: { Item: { a: 1 } } });
      });
      connection.handle("caller", () => {
        throw new CommonAwsError("ExpiredToken", "too late");
      });
    });
    const client = harness.client();

    const denied = await client.request("roleSession", {}).catch((error: unknown) => error);
    expect(denied).toBeInstanceOf(AwsError);
    expect(denied).toMatchObject({ code: "AccessDeniedException", message: "not you", status: 403, fault: "client" });
    expect((denied as AwsError).members).toEqual({ Item: { a: 1 } });
    const expired = await client
      .request("caller", { accessKeyId: "AKIA", date: "20261123", region: "us-west-2" })
      .catch((error: unknown) => error);
    expect(expired).toBeInstanceOf(CommonAwsError);
    expect(expired).toMatchObject({ kind: "ExpiredToken", message: "too late" });
  });

  it("fails with the Hotkeep error that the handler threw", async () => {
    harness = await openHarness((connection) => {
      connection.handle("attributeListId", () => {
        throw new HotkeepError("AttributeListsFull", "No more lists.", { help: "Use fewer attributes." });
      });
    });
    await expect(harness.client().request("attributeListId", { names: ["a"] })).rejects.toMatchObject({
      name: "HotkeepError",
      code: "AttributeListsFull",
      message: "No more lists.",
      help: "Use fewer attributes.",
    });
  });

  it("does not learn what a surprise in the gateway was", async () => {
    harness = await openHarness((connection) => {
      connection.handle("roleSession", () => {
        throw new TypeError("secret detail");
      });
    });
    await expect(harness.client().request("roleSession", {})).rejects.toThrow(
      "The other end failed to answer `roleSession`.",
    );
  });

  it("is refused when the gateway has no handler for it", async () => {
    harness = await openHarness();
    await expect(harness.client().request("roleSession", {})).rejects.toThrow(
      "The gateway does not answer `roleSession`.",
    );
  });

  it("gives up after its timeout", async () => {
    harness = await openHarness((connection) => connection.handle("roleSession", () => new Promise(() => {})));
    const client = harness.client();
    await harness.nextNode();
    await until(() => client.connected);
    await expect(client.request("roleSession", {}, { timeoutMs: 30 })).rejects.toThrow(
      /No answer to `roleSession` on the control feed in \d+/,
    );
  });

  it("is refused when too many run already", async () => {
    harness = await openHarness((connection) => connection.handle("roleSession", () => new Promise(() => {})), {
      ...quickLimits,
      requestsRunningMax: 2,
    });
    const client = harness.client();
    const waiting = Promise.allSettled([client.request("roleSession", {}), client.request("roleSession", {})]);
    const refused = client.request("roleSession", {});
    await expect(refused).rejects.toThrow("More than 2 requests run on this control feed connection.");
    await client.close();
    expect((await waiting).map((outcome) => outcome.status)).toEqual(["rejected", "rejected"]);
  });

  it("may be as large as the frame limit and no larger", async () => {
    harness = await openHarness((connection) => connection.handle("attributeListId", () => ({ id: 2 })), {
      ...quickLimits,
      frameBytesMax: 1024,
    });
    const client = harness.client();
    expect(await client.request("attributeListId", { names: ["a".repeat(900)] })).toEqual({ id: 2 });
    await expect(client.request("attributeListId", { names: ["a".repeat(1100)] })).rejects.toThrow(
      /A feed message of 11\d\d bytes exceeds 1024 bytes\./,
    );
    const generous = harness.client({ limits: quickLimits });
    await expect(generous.request("attributeListId", { names: ["a".repeat(1100)] })).rejects.toMatchObject({
      code: "FeedDisconnected",
    });
  });
});

describe("a notice", () => {
  it("of a node reaches the gateway's listeners", async () => {
    const heard: unknown[] = [];
    harness = await openHarness((connection) => {
      connection.on("wrote", (notice) => heard.push(notice));
    });
    const client = harness.client();
    expect(client.notify("wrote", { sequence: 1, table: "Books", keys: ["k"] })).toBe(false);
    await harness.nextNode();
    await until(() => client.connected);
    expect(client.notify("wrote", { sequence: 2, table: "Books", keys: ["k"] })).toBe(true);
    await until(() => heard.length > 0);
    expect(heard).toEqual([{ sequence: 2, table: "Books", keys: ["k"] }]);
  });

  it("of the gateway reaches the node's listeners in order", async () => {
    harness = await openHarness();
    const client = harness.client();
    const heard: string[] = [];
    client.on("callerChanged", ({ accessKeyIds }) => void heard.push(...accessKeyIds));
    const stop = client.on("roleSessionRevoked", () => void heard.push("revoked"));
    const connection = await harness.nextNode();
    connection.notify("callerChanged", { accessKeyIds: ["A"] });
    connection.notify("roleSessionRevoked", {});
    connection.notify("callerChanged", { accessKeyIds: ["B"] });
    await until(() => heard.length === 3);
    stop();
    expect(heard).toEqual(["A", "revoked", "B"]);
  });

  it("that is delivered has been taken in when the promise settles", async () => {
    harness = await openHarness();
    const client = harness.client();
    const known: number[] = [];
    client.on("attributeList", async ({ id }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      known.push(id);
    });
    const connection = await harness.nextNode();
    await connection.deliver("attributeList", { id: 2, names: ["a"] });
    expect(known).toEqual([2]);
  });

  it("that is delivered fails when the node does not listen or its listener fails", async () => {
    harness = await openHarness();
    const client = harness.client();
    const connection = await harness.nextNode();
    await expect(connection.deliver("attributeList", { id: 2, names: [] })).rejects.toMatchObject({
      code: "FeedUnknownMessage",
    });
    client.on("attributeList", () => {
      throw new HotkeepError("DictionaryFull", "no room");
    });
    await expect(connection.deliver("attributeList", { id: 2, names: [] })).rejects.toThrow("no room");
  });

  it("that is delivered to a silent node fails after its timeout", async () => {
    harness = await openHarness();
    const client = harness.client();
    client.on("attributeList", () => new Promise<void>(() => {}));
    const connection = await harness.nextNode();
    await expect(connection.deliver("attributeList", { id: 2, names: [] }, { timeoutMs: 20 })).rejects.toMatchObject({
      code: "FeedTimeout",
    });
  });

  it("is never skipped silently: a node that does not read loses its connection", async () => {
    harness = await openHarness(() => {}, { ...quickLimits, outgoingBytesMax: 1 << 16 });
    const client = harness.client();
    client.on("callerChanged", () => {});
    const connection = await harness.nextNode();
    const notice = { accessKeyIds: ["A".repeat(60_000)] };
    // Written in one turn: the node gets no chance to read.
    for (let i = 0; i < 10; i++) connection.notify("callerChanged", notice);
    await connection.closed;
    await harness.nextNode();
    await until(() => client.connected);
  });
});
