import { systemClock, systemRandom } from "@hotkeep/core";
import { type RunningNode, startNode } from "@hotkeep/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connected, type OfficialClient, officialClients } from "../support/official-clients.js";
import { RealTables } from "../support/real-tables.js";
import { allowing, StandInGateway } from "../support/stand-in-gateway.js";
import { eventually, KeptLog } from "../support/world.js";

const keys = { accessKeyId: "AKIAALICE", secretAccessKey: "secret-of-AKIAALICE" };
const limits = { streamPollMs: 10, streamRetryMsMax: 20, tableSchemaMs: 30 };
const followed = "a table's stream is followed";

describe("a node that follows the tables' streams", () => {
  let tables: RealTables;
  let gateway: StandInGateway;
  let node: RunningNode;
  let dax: OfficialClient;
  let log: KeptLog;

  beforeEach(async () => {
    log = new KeptLog();
    tables = await RealTables.open();
    await tables.createTable("Books", "isbn:S");
  });

  afterEach(async () => {
    dax.close();
    await node.close();
    await tables.close();
  });

  async function start(viewType?: string): Promise<void> {
    if (viewType !== undefined) await stream(viewType);
    gateway = new StandInGateway({ tableEndpoint: tables.url, cacheSettings: { followStreams: true } });
    gateway.user("AKIAALICE", "alice", [allowing("dax:*")]);
    node = await startNode({ feed: gateway, clock: systemClock, random: systemRandom, logger: log, limits });
    dax = Object.values(officialClients)[0]!(node.port, keys);
    await connected(dax);
  }
  const stream = (StreamViewType: string) =>
    tables.directly("UpdateTable", {
      TableName: "Books",
      StreamSpecification: { StreamEnabled: true, StreamViewType },
    });
  const book = (isbn: string, title: string) => ({ isbn: { S: isbn }, title: { S: title } });
  const past = (isbn: string, title: string) =>
    tables.directly("PutItem", { TableName: "Books", Item: book(isbn, title) });
  const read = async (isbn: string): Promise<string | undefined> =>
    (await dax.getItem({ TableName: "Books", Key: { isbn: { S: isbn } } })).Item?.title?.S;
  const said = (message: string) => log.lines.filter((line) => line.message === message);
  const until = async (isbn: string, title: string | undefined): Promise<void> => {
    const deadline = Date.now() + 15_000;
    while ((await read(isbn)) !== title) {
      if (Date.now() > deadline) throw new Error(`${isbn} never became ${title}`);
    }
  };
  /** What had been written before is told by then: the stream is read again and again, each time all there is. */
  const caughtUp = async (): Promise<void> => {
    const reads = () => tables.calls.filter((call) => call === "GetRecords").length;
    const before = reads();
    await eventually(() => reads() > before + 3, "the stream was read");
  };
  const fetches = () => tables.calls.filter((call) => call === "GetItem").length;

  for (const viewType of ["KEYS_ONLY", "NEW_IMAGE"]) {
    it(`shows what others changed past the cluster, and nothing else is dropped (${viewType})`, async () => {
      await start(viewType);
      await eventually(() => said(followed).length === 1, "followed");
      await past("a", "one");
      await past("b", "other");
      await until("a", "one");
      await until("b", "other");
      await caughtUp();
      expect([await read("a"), await read("b")]).toEqual(["one", "other"]);
      const before = fetches();
      await past("a", "two");
      await until("a", "two");
      expect(await read("b")).toBe("other");
      expect(fetches()).toBe(before + 1);
      await tables.directly("DeleteItem", { TableName: "Books", Key: { isbn: { S: "a" } } });
      await until("a", undefined);
    });
  }

  it("keeps what was written through it, where the stream carries new images", async () => {
    await start("NEW_AND_OLD_IMAGES");
    await eventually(() => said(followed).length === 1, "followed");
    // A record that comes before the write's own answer cannot be told from somebody else's: its item is read again.
    let kept = 0;
    for (let turn = 0; turn < 20 && kept === 0; turn++) {
      await dax.putItem({ TableName: "Books", Item: book("mine", `${turn}`) });
      await caughtUp();
      const before = fetches();
      expect(await read("mine")).toBe(`${turn}`);
      if (fetches() === before) kept++;
    }
    expect(kept).toBe(1);
  });

  it("says that a table has no stream, once, and follows it as soon as it has one", async () => {
    await start();
    const none = "a table has no stream: changes made past the cluster show when cached items expire";
    await eventually(() => said(none).length === 1, "said");
    expect(said(none)[0]!.fields).toEqual({ table: "Books" });
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect([said(none).length, said(followed).length]).toEqual([1, 0]);
    await stream("KEYS_ONLY");
    await eventually(() => said(followed).length === 1, "followed");
  });

  it("says once that it may not read, tries again, and forgets the table when its place is lost", async () => {
    tables.refused.add("dynamodb:GetRecords");
    await start("KEYS_ONLY");
    const cannot = "a table's stream cannot be followed: changes made past the cluster may go unseen";
    await eventually(() => said(cannot).length === 1, "said");
    expect(String(said(cannot)[0]!.fields!.reason)).toContain("is not authorized to perform: dynamodb:GetRecords");
    await past("a", "one");
    await until("a", "one");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(said(cannot)).toHaveLength(1);
    await past("a", "two");
    expect(await read("a")).toBe("one");
    tables.refused.clear();
    await until("a", "two");
    expect(said("a table's stream is followed again")).toHaveLength(1);
  });

  it("follows another stream when the table gets one, from where nothing cached counts", async () => {
    await start("KEYS_ONLY");
    await eventually(() => said(followed).length === 1, "followed");
    await past("a", "one");
    await until("a", "one");
    await tables.directly("UpdateTable", { TableName: "Books", StreamSpecification: { StreamEnabled: false } });
    await past("a", "unseen");
    await stream("KEYS_ONLY");
    await until("a", "unseen");
    await past("a", "two");
    await until("a", "two");
  });

  it("stops when the setting is off", async () => {
    await start("KEYS_ONLY");
    await eventually(() => said(followed).length === 1, "followed");
    gateway.tell("configuration", { ...gateway.configuration, cacheSettings: {} });
    await eventually(async () => {
      const calls = tables.calls.length;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return tables.calls.length === calls;
    }, "no call any more");
  });
});
