import { connectFeed } from "@hotkeep/control-feed";
import { HotkeepError, silentLogger, systemClock } from "@hotkeep/core";
import { afterEach, describe, expect, it } from "vitest";
import { today } from "./fake-node.js";
import { account, failureOf, type House, newGround, openHouse, region, roleArn } from "./house.js";

let house: House;
afterEach(() => house.close());

async function open(nodes = 1, options: Parameters<typeof openHouse>[0] = {}): Promise<void> {
  house = await openHouse(options);
  await house.serviceRole();
  await house.create("books", nodes);
}

describe("a caller", () => {
  it("is told to a node without the secret, with policies and a signing key for one day", async () => {
    await open();
    const credentials = await house.user("Alice", [{ Effect: "Allow", Action: "dax:GetItem", Resource: "*" }]);
    const node = house.launcher.node("books-a");
    const caller = await node.caller(credentials.accessKeyId);
    expect(caller).toMatchObject({
      accessKeyId: credentials.accessKeyId,
      principal: { kind: "user", arn: `arn:aws:iam::${account}:user/Alice` },
      signingDate: today(),
      signingRegion: region,
    });
    expect(caller!.signingKey).toMatch(/^[0-9a-f]{64}$/);
    expect(caller!.policies.map((policy) => [policy.kind, policy.name])).toEqual([["identity", "Policy"]]);
    expect(JSON.stringify(caller)).not.toContain(credentials.secretAccessKey);
  });

  it("that does not exist is null, and so is everybody for a day that is not near", async () => {
    await open();
    const credentials = house.root;
    const node = house.launcher.node("books-a");
    expect(await node.caller("AKIANOBODY")).toBeNull();
    expect(await node.caller(credentials.accessKeyId, today(2))).toBeNull();
    expect(await node.caller(credentials.accessKeyId, today(-2))).toBeNull();
    expect(await node.caller(credentials.accessKeyId, today(1))).not.toBeNull();
  });

  it("whose policies change is told to the nodes that asked for it, and to no others", async () => {
    await open(2);
    const credentials = await house.user("Alice", [{ Effect: "Allow", Action: "dax:GetItem", Resource: "*" }]);
    const [a, b] = house.launcher.alive;
    await a!.caller(credentials.accessKeyId);
    await b!.caller("AKIANOBODY");
    await house.call("iam", "DeleteUserPolicy", { UserName: "Alice", PolicyName: "Policy" });
    await house.until(() => a!.callersChanged.includes(credentials.accessKeyId), "the notice");
    expect(b!.callersChanged).not.toContain(credentials.accessKeyId);
    await house.call("iam", "UpdateAccessKey", {
      UserName: "Alice",
      AccessKeyId: credentials.accessKeyId,
      Status: "Inactive",
    });
    await house.until(() => a!.callersChanged.length >= 2, "the second notice");
    expect(await a!.caller(credentials.accessKeyId)).toBeNull();
  });

  it("is asked for again when a node has more subscriptions than are kept", async () => {
    await open(1, { limits: { callerSubscriptionsMax: 2 } });
    const node = house.launcher.node("books-a");
    for (const id of ["AKIAONE", "AKIATWO", "AKIAONE", "AKIATHREE"]) await node.caller(id);
    await house.until(() => node.callersChanged.length > 0, "the notice");
    expect(node.callersChanged).toEqual(["AKIATWO"]);
  });
});

describe("a role session", () => {
  it("is of the cluster's service role, for an hour", async () => {
    await open();
    const session = await house.launcher.node("books-a").feed.request("roleSession", {});
    expect(session.arn).toBe(`arn:aws:sts::${account}:assumed-role/DAXServiceRole/dax-books`);
    expect(house.identity.credentials.find(session.accessKeyId)?.principal).toMatchObject({ roleArn });
  });

  it("is revoked for the nodes of clusters with that role when its permissions change", async () => {
    await open();
    const other = await house.serviceRole("OtherRole");
    await house.create("films", 1, { IamRoleArn: other });
    await house.call("iam", "PutRolePolicy", {
      RoleName: "OtherRole",
      PolicyName: "P",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "dynamodb:*", Resource: "*" }],
      }),
    });
    await house.until(() => house.launcher.node("films-a").revocations > 0, "the revocation");
    expect(house.launcher.node("books-a").revocations).toBe(0);
  });
});

describe("attribute lists", () => {
  it("have ids from 2, the same for every node and cluster, and the empty list is 1", async () => {
    await open(2);
    await house.create("films");
    const [a, b, c] = house.launcher.alive;
    const idOf = async (node: typeof a, names: string[]) => (await node!.feed.request("attributeListId", { names })).id;
    expect(await idOf(a, [])).toBe(1);
    expect(await idOf(a, ["title", "year"])).toBe(2);
    expect(await idOf(c, ["title", "year"])).toBe(2);
    expect(await idOf(b, ["year", "title"])).toBe(3);
    expect(await b!.feed.request("attributeList", { id: 1 })).toEqual({ names: [] });
    expect(await b!.feed.request("attributeList", { id: 2 })).toEqual({ names: ["title", "year"] });
    expect(await b!.feed.request("attributeList", { id: 99 })).toBeNull();
  });

  it("are known to every other node before the node that asked has its answer", async () => {
    await open(3);
    const [a, b, c] = house.launcher.alive;
    const { id } = await a!.feed.request("attributeListId", { names: ["title"] });
    expect([b!.lists.get(id), c!.lists.get(id)]).toEqual([["title"], ["title"]]);
  });

  it("asked for by many at once are one list with one id", async () => {
    await open(2);
    const [a, b] = house.launcher.alive;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? a! : b!).feed.request("attributeListId", { names: ["x", "y"] }),
      ),
    );
    expect(new Set(answers.map((answer) => answer.id))).toEqual(new Set([2]));
  });

  it("cut off a node that does not learn them, rather than keep the others waiting", async () => {
    await open(2, { limits: { attributeListAckMs: 30 } });
    const [a, b] = house.launcher.alive;
    let connections = 0;
    b!.feed.onConnected(() => {
      connections += 1;
    });
    b!.feed.on("attributeList", () => new Promise<void>(() => {}));
    expect(await a!.feed.request("attributeListId", { names: ["title"] })).toEqual({ id: 2 });
    await house.until(() => connections >= 2, "the new connection");
  });

  it("survive a restart and are never numbered anew", async () => {
    const ground = newGround();
    house = await openHouse({}, ground);
    await house.serviceRole();
    await house.create("books");
    await house.launcher.node("books-a").feed.request("attributeListId", { names: ["title"] });
    await house.close();
    house = await openHouse({}, ground, 2);
    await house.clusters.whenAvailable("books", region, 15_000);
    const node = house.launcher.node("books-a");
    expect(await node.feed.request("attributeList", { id: 2 })).toEqual({ names: ["title"] });
    expect(await node.feed.request("attributeListId", { names: ["title"] })).toEqual({ id: 2 });
    expect(await node.feed.request("attributeListId", { names: ["year"] })).toEqual({ id: 3 });
  });

  it("are bounded in number and size, with an error that says what to do", async () => {
    await open(1, { limits: { attributeListsMax: 2, attributeListBytesMax: 40 } });
    const node = house.launcher.node("books-a");
    const ask = (names: string[]) => node.feed.request("attributeListId", { names });
    expect(await failureOf(ask(["a".repeat(50)]))).toBe(
      "AttributeListTooLarge: An item's attribute names take 54 bytes; at most 40 can be cached.",
    );
    await ask(["a"]);
    await ask(["b"]);
    const error = await ask(["c"]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HotkeepError);
    expect(error).toMatchObject({
      code: "AttributeListsFull",
      message: "The account has used 2 different lists of attribute names, and no more can be kept.",
      help: "Keep data out of top-level attribute names: give items a map attribute for what varies.",
    });
    expect(await ask(["a"])).toEqual({ id: 2 });
  });
});

describe("what a node has written", () => {
  it("is told to the other nodes of its cluster, with its origin, and to nobody else", async () => {
    await open(2);
    await house.create("films");
    const [a, b, c] = house.launcher.alive;
    a!.feed.notify("wrote", { sequence: 1, table: "Books", keys: ["k1", "k2"] });
    a!.feed.notify("wrote", { sequence: 2, table: "Books", keys: ["k3"] });
    await house.until(() => b!.wrote.length === 2, "the notices");
    expect(b!.wrote).toEqual([
      { origin: "books-a/run-1", sequence: 1, table: "Books", keys: ["k1", "k2"] },
      { origin: "books-a/run-1", sequence: 2, table: "Books", keys: ["k3"] },
    ]);
    expect([a!.wrote, c!.wrote]).toEqual([[], []]);
  });
});

describe("denials", () => {
  it("that nodes report can be found by id, the last ones only", async () => {
    const told: string[] = [];
    await open(1, { limits: { denialsMax: 2 }, onDenial: (denial) => void told.push(denial.id) });
    const node = house.launcher.node("books-a");
    for (const id of ["one", "two", "three"]) {
      node.feed.notify("denied", {
        id,
        at: 1,
        hop: "caller",
        principal: "arn:aws:iam::123456789012:user/Bob",
        action: "dax:GetItem",
        resource: "arn:aws:dax:us-west-2:123456789012:cache/books",
        message: "no",
      });
    }
    await house.until(() => told.length === 3, "the denials");
    expect(house.clusters.denials.find("one")).toBeUndefined();
    expect(house.clusters.denials.find("three")).toMatchObject({ action: "dax:GetItem" });
    expect(house.clusters.denials.latest(5).map((denial) => denial.id)).toEqual(["three", "two"]);
  });
});

describe("uses that nodes report", () => {
  it("become the key's last use and the access advisor's facts, in the cluster's Region", async () => {
    await open();
    const { accessKeyId } = await house.user("Alice", [{ Effect: "Allow", Action: "dax:GetItem", Resource: "*" }]);
    const node = house.launcher.node("books-a");
    const at = Date.now() - 1000;
    const use = { accessKeyId, action: "dax:GetItem", count: 3, at };
    node.feed.notify("used", { uses: [use, { ...use, accessKeyId: "AKIANOBODY" }] });
    type LastUsed = { readonly AccessKeyLastUsed: { readonly ServiceName: string; readonly Region: string } };
    const lastUsed = () => house.call("iam", "GetAccessKeyLastUsed", { AccessKeyId: accessKeyId }) as Promise<LastUsed>;
    let found = await lastUsed();
    for (let tries = 0; found.AccessKeyLastUsed.ServiceName !== "dax" && tries < 5_000; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      found = await lastUsed();
    }
    expect(found.AccessKeyLastUsed).toMatchObject({ ServiceName: "dax", Region: region, LastUsedDate: new Date(at) });
    const Arn = `arn:aws:iam::${account}:user/Alice`;
    const { JobId } = (await house.call("iam", "GenerateServiceLastAccessedDetails", {
      Arn,
      Granularity: "ACTION_LEVEL",
    })) as { readonly JobId: string };
    expect(await house.call("iam", "GetServiceLastAccessedDetails", { JobId })).toMatchObject({
      ServicesLastAccessed: [
        {
          ServiceNamespace: "dax",
          TrackedActionsLastAccessed: [{ ActionName: "GetItem", LastAccessedRegion: region }],
        },
      ],
    });
  });
});

describe("a node that is not expected", () => {
  it("gets no connection: its token ended with its process", async () => {
    await open();
    const first = house.launcher.node("books-a");
    const { launch } = first;
    first.end({ code: 1, signal: null });
    await house.clusters.whenAvailable("books", region, 15_000);
    const stranger = connectFeed({
      address: launch.feedAddress,
      nodeId: launch.nodeId,
      token: launch.token,
      clock: systemClock,
      logger: silentLogger,
    });
    expect(await failureOf(stranger.request("roleSession", {}, { timeoutMs: 100 }))).toMatch(/^FeedTimeout: /);
    await stranger.close();
  });

  it("with a port that is none is refused", async () => {
    await open();
    const { feed } = house.launcher.node("books-a");
    expect(await failureOf(feed.request("listening", { port: 70_000, run: "r", sequence: 0 }))).toBe(
      "PortInvalid: `70000` is not a port.",
    );
  });
});
