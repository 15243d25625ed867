import { systemClock } from "@hotkeep/core";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients } from "../src/clients.js";
import { flawOfAnswer } from "../src/fuzz/http-answers.js";
import { HttpClient } from "../src/fuzz/http-client.js";
import { type FuzzRequest, HttpRequests } from "../src/fuzz/http-requests.js";
import { isAlive } from "../src/fuzz/processes.js";
import { recordRequests } from "../src/fuzz/recorded-requests.js";

/** More or fewer of them, or others, with these two. */
const requestsCount = Number(process.env.HOTKEEP_FUZZ_REQUESTS ?? 20_000);
const seed = Number(process.env.HOTKEEP_FUZZ_SEED ?? 20_261_123);

const connections = 24;
const answerMs = 20_000;
const shownBytes = 4_000;

const canary = { TableName: "Canary", Key: { id: { S: "alive" } } };

function show(index: number, flaw: string, request: FuzzRequest, answer: string): string {
  const { method, url, headers, body } = request;
  const head = `${method} ${url.slice(0, 200)} ${JSON.stringify(headers).slice(0, 1_000)}`;
  const hex = body.length > shownBytes ? `${body.length} bytes, made again by the seed` : body.toString("hex");
  const text = body.subarray(0, shownBytes).toString("latin1");
  return `request ${index} of seed ${seed}: ${flaw}\n${head}\n${text}\nbody: ${hex}\nanswer: ${answer}`;
}

describe("the gateway", () => {
  let hotkeep: RunningHotkeep;

  beforeAll(async () => {
    hotkeep = await startHotkeep();
    const { dynamodb } = awsClients(hotkeep, hotkeep.credentials.root!);
    await dynamodb.createTable({
      TableName: canary.TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    });
    await dynamodb.putItem({ TableName: canary.TableName, Item: { id: { S: "alive" }, sings: { BOOL: true } } });
    dynamodb.destroy();
  });

  afterAll(async () => {
    await hotkeep.stop();
  });

  async function expectServing(): Promise<void> {
    expect(isAlive(hotkeep.pid)).toBe(true);
    const root = awsClients(hotkeep, hotkeep.credentials.root!);
    expect((await root.dynamodb.getItem(canary)).Item).toEqual({ id: { S: "alive" }, sings: { BOOL: true } });
    expect((await root.sts.getCallerIdentity({})).Account).toBe(hotkeep.account);
    root.dynamodb.destroy();
    root.sts.destroy();
    expect(hotkeep.errorOutput()).not.toMatch(/"level":[56]0|uncaught|unhandled/i);
  }

  async function makeRequests(): Promise<HttpRequests> {
    const { credentials, endpoint, region, account } = hotkeep;
    const { ec2 } = awsClients(hotkeep, credentials.root!);
    const { Subnets } = await ec2.describeSubnets({});
    const { SecurityGroups } = await ec2.describeSecurityGroups({});
    ec2.destroy();
    const recorded = await recordRequests({
      account,
      region,
      vpcId: Subnets![0]!.VpcId!,
      subnetId: Subnets![0]!.SubnetId!,
      groupId: SecurityGroups![0]!.GroupId!,
    });
    const root = credentials.root!;
    const callers = [root, root, root, root, root, root, credentials.alice!, credentials.bob!];
    return new HttpRequests({
      seed,
      recorded,
      host: new URL(endpoint).host,
      region,
      callers,
      now: () => systemClock.now(),
    });
  }

  it(`answers ${requestsCount} mutated requests, each with a result or a clear error`, {
    timeout: 180_000,
  }, async () => {
    const requests = await makeRequests();
    const client = new HttpClient(hotkeep.endpoint, { connections, answerMs });
    const counts: Record<string, number> = {};
    const flaws: string[] = [];
    let next = 0;
    let slowestMs = 0;
    const started = performance.now();
    const work = async (): Promise<void> => {
      while (next < requestsCount && flaws.length < 20) {
        const index = next++;
        const request = requests.request(index);
        try {
          const answer = await client.send(request);
          slowestMs = Math.max(slowestMs, answer.tookMs);
          const text = answer.body.toString("utf8");
          const code = /"__type":"([^"]+)"|<Code>([^<]+)</.exec(text);
          const kind = code === null ? String(answer.status) : (code[1] ?? code[2])!.replace(/.*#/, "");
          counts[kind] = (counts[kind] ?? 0) + 1;
          const flaw = flawOfAnswer(request, answer);
          if (flaw !== undefined) flaws.push(show(index, flaw, request, `${answer.status} ${text.slice(0, 500)}`));
        } catch (error) {
          flaws.push(show(index, (error as Error).message, request, "none"));
        }
      }
    };
    await Promise.all(Array.from({ length: connections }, work));
    client.close();
    const seconds = (performance.now() - started) / 1000;
    console.log(
      `${Math.round(next / seconds)} requests/s, slowest ${Math.round(slowestMs)} ms; ${JSON.stringify(counts)}`,
    );
    expect(flaws.join("\n\n")).toBe("");
    await expectServing();
    // The mutations must not be so wild that nothing works, nor so mild that everything does.
    expect(counts["200"]).toBeGreaterThan(requestsCount / 20);
    expect(counts["200"]).toBeLessThan(requestsCount / 2);
  });
});
