import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keys, nodeA, nodeB, openHouse, start } from "./house.js";

let house: Awaited<ReturnType<typeof openHouse>>;
let cloudWatch: CloudWatch;
const minute = 60_000;
const at = (minutes: number): Date => new Date(start + minutes * minute);

beforeAll(async () => {
  house = await openHouse();
  cloudWatch = new CloudWatch({ endpoint: house.endpoint, region: "us-west-2", credentials: keys, maxAttempts: 1 });
  // Two nodes, three minutes: counters grow, gauges stand. Node B was there before this gateway.
  const { clock, monitoring } = house;
  for (let i = 1; i <= 3; i++) {
    monitoring.reported(nodeA, {
      startedAt: start + 1,
      values: { ItemCacheHits: 90 * i, ItemCacheMisses: 10 * i, ClientConnections: i },
    });
    monitoring.reported(nodeB, {
      startedAt: start - 1,
      values: { ItemCacheHits: 1_000_000 + 10 * i, ClientConnections: 5 },
    });
    clock.advance(minute);
  }
});
afterAll(() => house.close());

const stat = (MetricName: string, Stat: string, dimensions: Readonly<Record<string, string>> = {}, Period = 60) => ({
  Metric: {
    Namespace: "AWS/DAX",
    MetricName,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
  },
  Period,
  Stat,
});
const books = { ClusterId: "books" };
const span = { StartTime: at(0), EndTime: at(10) };
const valuesOf = async (MetricDataQueries: object[]) => {
  const answer = await cloudWatch.getMetricData({
    ...span,
    ScanBy: "TimestampAscending",
    MetricDataQueries: MetricDataQueries as never,
  });
  return Object.fromEntries((answer.MetricDataResults ?? []).map(({ Id, Values }) => [Id, Values]));
};

describe("GetMetricData", () => {
  it("tells what counters gained in each minute, by node, cluster and account", async () => {
    expect(
      await valuesOf([
        { Id: "a", MetricStat: stat("ItemCacheHits", "Sum", { ...books, NodeId: "books-a" }) },
        { Id: "b", MetricStat: stat("ItemCacheHits", "Sum", { ...books, NodeId: "books-b" }) },
        { Id: "cluster", MetricStat: stat("ItemCacheHits", "Sum", books) },
        { Id: "account", MetricStat: stat("ItemCacheHits", "Sum") },
        { Id: "stranger", MetricStat: stat("ItemCacheHits", "Sum", { ClusterId: "films" }) },
        { Id: "odd", MetricStat: stat("ItemCacheHits", "Sum", { NodeId: "books-a" }) },
      ]),
      // Node B's first report is where its counting begins: it ran before anybody listened.
    ).toEqual({
      a: [90, 90, 90],
      b: [10, 10],
      cluster: [90, 100, 100],
      account: [90, 100, 100],
      stranger: [],
      odd: [],
    });
  });

  it("tells how gauges stand, in longer periods and by other statistics", async () => {
    expect(
      await valuesOf([
        { Id: "average", MetricStat: stat("ClientConnections", "Average", { ...books, NodeId: "books-a" }, 300) },
        { Id: "maximum", MetricStat: stat("ClientConnections", "Maximum", books, 300) },
        { Id: "minimum", MetricStat: stat("ClientConnections", "Minimum", books, 300) },
        { Id: "samples", MetricStat: stat("ClientConnections", "SampleCount", books, 300) },
        { Id: "p99", MetricStat: stat("ClientConnections", "p99", { ...books, NodeId: "books-b" }, 300) },
        { Id: "mixed", MetricStat: stat("ClientConnections", "p50", books, 300) },
        { Id: "wrongUnit", MetricStat: { ...stat("ClientConnections", "Sum", books), Unit: "Bytes" } },
      ]),
    ).toEqual({ average: [2], maximum: [5], minimum: [1], samples: [6], p99: [5], mixed: [], wrongUnit: [] });
  });

  it("computes: the hit ratio of the documentation, as a formula over two metrics that are not returned", async () => {
    const node = { ...books, NodeId: "books-a" };
    const hidden = [
      { Id: "hits", MetricStat: stat("ItemCacheHits", "Sum", node), ReturnData: false },
      { Id: "misses", MetricStat: stat("ItemCacheMisses", "Sum", node), ReturnData: false },
      { Id: "none", MetricStat: stat("ScanCacheHits", "Sum", node), ReturnData: false },
    ];
    const expressions = {
      ratio: "100 * hits / (hits + misses)",
      power: "2 ^ 3 ^ 2 - -misses * 1",
      filled: "FILL(none, 0) + 1",
      total: "SUM([hits, misses]) * 0 + SUM(hits)",
      widest: "MAX([hits, misses])",
      byZero: "hits / (misses - 10)",
    };
    const queries = Object.entries(expressions).map(([Id, Expression]) => ({ Id, Expression }));
    expect(
      await valuesOf([
        ...hidden,
        ...queries.map((one) => (one.Id === "power" ? { ...one, Expression: `hits * 0 + ${one.Expression}` } : one)),
      ]),
    ).toEqual({
      ratio: [90, 90, 90],
      power: [522, 522, 522],
      filled: Array.from({ length: 10 }, () => 1),
      total: [270, 270, 270],
      widest: [90, 90, 90],
      byZero: [],
    });
  });

  it("gives pages of at most MaxDatapoints points, newest first unless told otherwise", async () => {
    const query = {
      ...span,
      MaxDatapoints: 2,
      MetricDataQueries: [
        { Id: "a", MetricStat: stat("ClientConnections", "Sum", { ...books, NodeId: "books-a" }) },
        { Id: "b", MetricStat: stat("ClientConnections", "Sum", { ...books, NodeId: "books-b" }) },
      ],
    };
    const pages: unknown[] = [];
    let NextToken: string | undefined;
    do {
      const answer = await cloudWatch.getMetricData({ ...query, NextToken });
      pages.push(answer.MetricDataResults?.map(({ Id, Values, StatusCode }) => [Id, Values, StatusCode]));
      NextToken = answer.NextToken;
    } while (NextToken !== undefined);
    expect(pages).toEqual([
      [["a", [3, 2], "PartialData"]],
      [
        ["a", [1], "Complete"],
        ["b", [5], "PartialData"],
      ],
      [["b", [5, 5], "Complete"]],
    ]);
  });

  it.each([
    [{ Expression: "1 +" }, "Error in expression '1 +': it ends too early."],
    [{ Expression: "SEARCH(1)" }, "`SEARCH` of 1 values is not offered here"],
    [{ Expression: "nobody" }, "There is no query with the id nobody."],
    [{ Expression: "q" }, "Query q refers to itself."],
    [{ Expression: "7" }, "it must give a time series, and gives a number"],
    [{ Expression: "q ; 1" }, "`;` cannot be understood"],
    [{ Expression: `${"(".repeat(40)}1` }, "it nests too deep"],
    [{}, "Query q must have one of MetricStat and Expression."],
    [{ MetricStat: stat("ItemCacheHits", "Sum", {}, 61) }, "must be a multiple of 60"],
    [{ MetricStat: stat("ItemCacheHits", "TM(5%:95%)") }, "The statistic TM(5%:95%) is not kept here"],
  ])("refuses %j", async (query, message) => {
    await expect(valuesOf([{ Id: "q", ...query }])).rejects.toThrow(message);
  });
});

describe("GetMetricStatistics", () => {
  it("gives datapoints in periods from the start on, with their unit", async () => {
    const answer = await cloudWatch.getMetricStatistics({
      Namespace: "AWS/DAX",
      MetricName: "ItemCacheHits",
      Dimensions: [{ Name: "ClusterId", Value: "books" }],
      StartTime: new Date(at(1).getTime() + 1_500),
      EndTime: at(9),
      Period: 120,
      Statistics: ["Sum", "SampleCount"],
      ExtendedStatistics: ["p50"],
    });
    expect(answer.Label).toBe("ItemCacheHits");
    expect(answer.Datapoints).toEqual([
      { Timestamp: at(1), Sum: 200, SampleCount: 4, ExtendedStatistics: {}, Unit: "Count" },
    ]);
  });

  it.each([
    [
      { Statistics: undefined },
      "MissingRequiredParameter",
      "At least one of the parameters Statistics and ExtendedStatistics",
    ],
    [{ EndTime: at(0) }, "InvalidParameterValue", "StartTime must be less than the parameter EndTime"],
    [
      { EndTime: at(2_000) },
      "InvalidParameterCombination",
      "You have requested up to 2000 datapoints, which exceeds the limit of 1440.",
    ],
    [{ Period: 90 }, "InvalidParameterValue", "must be a multiple of 60"],
  ] as const)("refuses %j with %s", async (change, name, message) => {
    const input = {
      Namespace: "AWS/DAX",
      MetricName: "ItemCacheHits",
      ...span,
      Period: 60,
      Statistics: ["Sum" as const],
    };
    await expect(cloudWatch.getMetricStatistics({ ...input, ...change } as never)).rejects.toMatchObject({
      name: expect.stringContaining(name),
      message: expect.stringContaining(message),
    });
  });
});

describe("ListMetrics", () => {
  const list = async (input: object) => {
    const { Metrics } = await cloudWatch.listMetrics(input);
    return Metrics?.map(({ MetricName, Dimensions }) =>
      [MetricName, ...(Dimensions ?? []).map(({ Value }) => Value)].join(" "),
    );
  };

  it("lists what has had a value, at every level", async () => {
    expect(await list({ Namespace: "AWS/DAX", MetricName: "ItemCacheMisses" })).toEqual([
      "ItemCacheMisses",
      "ItemCacheMisses books",
      "ItemCacheMisses books books-a",
    ]);
    expect(await list({ Dimensions: [{ Name: "NodeId", Value: "books-b" }] })).toEqual([
      "ClientConnections books books-b",
      "ItemCacheHits books books-b",
    ]);
    expect(await list({ Namespace: "AWS/EC2" })).toEqual([]);
    expect(await list({ Dimensions: [{ Name: "ClusterId" }], RecentlyActive: "PT3H" })).toHaveLength(8);
  });

  it("refuses a token that is none", async () => {
    await expect(list({ NextToken: "!!" })).rejects.toThrow("The next token specified is invalid.");
  });
});

it("shows another Region nothing, and a caller without the permission why", async () => {
  const elsewhere = new CloudWatch({
    endpoint: house.endpoint,
    region: "eu-west-1",
    credentials: keys,
    maxAttempts: 1,
  });
  expect((await elsewhere.listMetrics({})).Metrics).toEqual([]);
  const shut = await openHouse(["cloudwatch:ListMetrics"]);
  const refused = new CloudWatch({ endpoint: shut.endpoint, region: "us-west-2", credentials: keys, maxAttempts: 1 });
  await expect(refused.listMetrics({})).rejects.toMatchObject({
    name: "AccessDenied",
    message: "not authorized: cloudwatch:ListMetrics on *",
  });
  await shut.close();
});
