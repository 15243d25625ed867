import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import legacy from "aws-sdk";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { daxClient } from "../src/clients.js";

const run = promisify(execFile);
const dracula = { TableName: "Books", Key: { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } } };
const hits = 7;

let hotkeep: RunningHotkeep;
beforeAll(async () => {
  hotkeep = await startHotkeep();
  const alice = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, hotkeep.credentials.alice!);
  for (let i = 0; i <= hits; i++) await alice.getItem(dracula);
  alice.close();
});
afterAll(() => hotkeep?.stop());

const span = () => ({ StartTime: new Date(Date.now() - 600_000), EndTime: new Date(Date.now() + 60_000) });
const ofCluster = { Namespace: "AWS/DAX", Dimensions: [{ Name: "ClusterId", Value: "daxcluster01" }] };

/** A command of the unmodified AWS CLI, with its JSON output. */
async function aws(...args: string[]): Promise<Record<string, unknown>> {
  const { accessKeyId, secretAccessKey } = hotkeep.credentials.root!;
  const { stdout } = await run("aws", ["--endpoint-url", hotkeep.endpoint, "--output", "json", ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: hotkeep.dataDirectory,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: hotkeep.region,
      AWS_EC2_METADATA_DISABLED: "true",
    },
  });
  return JSON.parse(stdout);
}

async function sumOf(MetricName: string): Promise<number> {
  const cloudWatch = new CloudWatch({
    endpoint: hotkeep.endpoint,
    region: hotkeep.region,
    credentials: hotkeep.credentials.root!,
  });
  const MetricStat = { Metric: { ...ofCluster, MetricName }, Period: 60, Stat: "Sum" };
  const answer = await cloudWatch.getMetricData({ ...span(), MetricDataQueries: [{ Id: "m", MetricStat }] });
  return (answer.MetricDataResults![0]!.Values ?? []).reduce((sum, value) => sum + value, 0);
}

describe("the metrics of a running cluster", () => {
  it("reach CloudWatch's client: what the official DAX client did, counted", async () => {
    await expect.poll(() => sumOf("ItemCacheHits"), { interval: 500 }).toBe(hits);
    expect(await sumOf("ItemCacheMisses")).toBe(1);
    expect(await sumOf("GetItemRequestCount")).toBe(hits + 1);
    expect(await sumOf("FaultRequestCount")).toBe(0);
    expect(await sumOf("CPUUtilization")).toBeGreaterThan(0);
  });

  it("reach the AWS CLI, which speaks CBOR, and the first SDK for JavaScript, which speaks the query protocol", async () => {
    const dimensions = ["--dimensions", "Name=ClusterId,Value=daxcluster01"];
    const { Metrics } = await aws("cloudwatch", "list-metrics", "--namespace", "AWS/DAX", ...dimensions);
    expect((Metrics as { MetricName: string }[]).map(({ MetricName }) => MetricName)).toContain("ItemCacheHits");
    const { StartTime, EndTime } = span();
    const { Datapoints } = await aws(
      ...["cloudwatch", "get-metric-statistics", "--namespace", "AWS/DAX", "--metric-name", "ItemCacheHits"],
      ...["--start-time", StartTime.toISOString(), "--end-time", EndTime.toISOString(), "--period", "660"],
      ...["--statistics", "Sum", ...dimensions],
    );
    expect(Datapoints).toMatchObject([{ Sum: hits, Unit: "Count" }]);
    const first = new legacy.CloudWatch({
      endpoint: hotkeep.endpoint,
      region: hotkeep.region,
      credentials: hotkeep.credentials.root!,
    });
    const input = { ...ofCluster, ...span(), MetricName: "ItemCacheHits", Period: 660, Statistics: ["Sum"] };
    const answer = await first.getMetricStatistics(input).promise();
    expect(answer.Datapoints).toMatchObject([{ Sum: hits, Unit: "Count" }]);
  });

  it("are refused to a user without the permission, in IAM's words", async () => {
    const credentials = hotkeep.credentials.alice!;
    const alice = new CloudWatch({ endpoint: hotkeep.endpoint, region: hotkeep.region, credentials });
    await expect(alice.listMetrics({})).rejects.toThrow("is not authorized to perform: cloudwatch:ListMetrics");
  });

  it("are on a page for Prometheus, with the gateway's own", async () => {
    const page = await fetch(`${hotkeep.endpoint}/metrics`);
    expect(page.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await page.text();
    const labels = 'region="us-west-2",cluster="daxcluster01",node="daxcluster01-a"';
    expect(text).toContain(`hotkeep_dax_item_cache_hits_total{${labels}} ${hits}\n`);
    expect(text).toMatch(/hotkeep_requests_total\{service="dynamodb",operation="GetItem",outcome="ok"\} [1-9]/);
    expect(text).toMatch(/hotkeep_denials_total\{at="gateway"\} [1-9]/);
    expect(text).toMatch(/hotkeep_http_connections [1-9]/);
    expect(text).not.toContain(hotkeep.credentials.root!.secretAccessKey);
  });
});
