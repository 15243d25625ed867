import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness } from "../harness.js";

describe("time to live", () => {
  let harness: Harness;
  const TableName = "Items";
  beforeEach(async () => {
    harness = await Harness.open({ expiryRowsPerStepMax: 3 });
    await harness.createTable(TableName, "pk:S");
  });
  afterEach(() => harness.close());

  const specification = (Enabled: boolean, AttributeName = "ttl") => ({
    TableName,
    TimeToLiveSpecification: { Enabled, AttributeName },
  });

  it("is switched on and off, and says what it is", async () => {
    const status = async () => (await harness.call("DescribeTimeToLive", { TableName })).TimeToLiveDescription;
    expect(await status()).toEqual({ TimeToLiveStatus: "DISABLED" });
    expect(await harness.refusal("UpdateTimeToLive", specification(false))).toBe("TimeToLive is already disabled");
    expect(await harness.call("UpdateTimeToLive", specification(true))).toEqual({
      TimeToLiveSpecification: { Enabled: true, AttributeName: "ttl" },
    });
    expect(await harness.refusal("UpdateTimeToLive", specification(true))).toBe("TimeToLive is already enabled");
    expect(await harness.refusal("UpdateTimeToLive", specification(true, "other"))).toBe(
      "TimeToLive is active on a different AttributeName: current AttributeName is ttl",
    );
    await harness.reopen();
    expect(await status()).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "ttl" });
    expect(await harness.refusal("UpdateTimeToLive", specification(false, "other"))).toBe(
      "TimeToLive is active on a different AttributeName: current AttributeName is ttl",
    );
    await harness.call("UpdateTimeToLive", specification(false));
    expect(await status()).toEqual({ TimeToLiveStatus: "DISABLED" });
  });

  it("deletes items whose time has come and leaves all others", async () => {
    await harness.call("UpdateTimeToLive", specification(true));
    const seconds = Math.floor(harness.clock.now() / 1000);
    const keep = {
      later: { N: String(seconds + 3600) },
      ancient: { N: String(seconds - 6 * 365 * 24 * 3600) },
      text: { S: String(seconds) },
    };
    await harness.put(
      TableName,
      ...Object.entries(keep).map(([name, ttl]) => ({ pk: { S: name }, ttl })),
      { pk: { S: "none" } },
      { pk: { S: "nested" }, m: { M: { ttl: { N: "1" } } } },
      ...Array.from({ length: 20 }, (_, at) => ({ pk: { S: `gone${at}` }, ttl: { N: String(seconds - at) } })),
    );
    harness.clock.advance(60_000);
    // The walk runs beside this test; a write behind each of its steps shows how far it is.
    await expect
      .poll(async () => (await harness.call("Scan", { TableName, Select: "COUNT" })).Count, { interval: 2 })
      .toBe(5);
    const { Items } = await harness.call("Scan", { TableName });
    expect(Items.map(({ pk }: { pk: { S: string } }) => pk.S).sort()).toEqual([
      "ancient",
      "later",
      "nested",
      "none",
      "text",
    ]);
    expect((await harness.call("DescribeTable", { TableName })).Table.ItemCount).toBe(5);
  });
});
