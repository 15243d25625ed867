import { systemClock } from "@hotkeep/core";
import { sign } from "@hotkeep/protocols";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients } from "../src/clients.js";
import { Dice } from "../src/fuzz/dice.js";
import { exchange } from "../src/fuzz/exchange.js";
import { flawOfAnswer } from "../src/fuzz/http-answers.js";
import { type HttpAnswer, HttpClient } from "../src/fuzz/http-client.js";
import { type FuzzRequest, HttpRequests } from "../src/fuzz/http-requests.js";
import { mutateText } from "../src/fuzz/mutate-bytes.js";
import { errorsIn, isAlive } from "../src/fuzz/processes.js";
import { statusesIn, wireBytes } from "../src/fuzz/raw-http.js";
import { recordRequests } from "../src/fuzz/recorded-requests.js";

/** More or fewer of them, or others, with these two. */
const requestsCount = Number(process.env.HOTKEEP_FUZZ_REQUESTS ?? 20_000);
const seed = Number(process.env.HOTKEEP_FUZZ_SEED ?? 20_261_123);

const rawCount = Math.ceil(requestsCount / 10);
const connections = 24;
const answerMs = 120_000;
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
  /** How much of the error output a test has read already: one failure is told of once. */
  let loggedBefore = 0;

  beforeAll(async () => {
    hotkeep = await startHotkeep();
    const { dynamodb } = awsClients(hotkeep, hotkeep.credentials.root!);
    await dynamodb.createTable({
      TableName: canary.TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    });
    // A mutation that deletes the table would leave nothing for all that come after it.
    await dynamodb.updateTable({ TableName: "Books", DeletionProtectionEnabled: true });
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
    const logged = hotkeep.errorOutput();
    const errors = errorsIn(logged.slice(loggedBefore));
    loggedBefore = logged.length;
    expect(errors).toEqual([]);
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

  async function send(service: string, target: string | undefined, body: Buffer): Promise<HttpAnswer> {
    const { endpoint, region, credentials } = hotkeep;
    const contentType = target === undefined ? "application/x-www-form-urlencoded" : "application/x-amz-json-1.0";
    const named = target === undefined ? {} : { "x-amz-target": target };
    const headers = { host: new URL(endpoint).host, "content-type": contentType, ...named };
    const request = { method: "POST", url: "/", headers, body };
    const scope = { region, service, now: systemClock.now() };
    const client = new HttpClient(endpoint, { connections: 1, answerMs });
    try {
      const signature = sign(request, credentials.root!, scope);
      const rest = { chunks: 0, protocol: undefined, brokenHttp: false };
      return await client.send({ ...request, headers: { ...headers, ...signature }, ...rest });
    } finally {
      client.close();
    }
  }

  it(`answers ${requestsCount} mutated requests, each with a result or a clear error`, {
    timeout: 900_000,
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
    flaws.sort((a, b) => a.length - b.length);
    expect(flaws.slice(0, 3).join("\n\n")).toBe("");
    await expectServing();
    // The mutations must not be so wild that nothing works, nor so mild that everything does.
    expect(counts["200"]).toBeGreaterThan(requestsCount / 20);
    expect(counts["200"]).toBeLessThan(requestsCount / 2);
  });

  it(`answers or closes ${rawCount} connections that bring broken HTTP`, async () => {
    const requests = await makeRequests();
    const counts: Record<string, number> = {};
    const flaws: string[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < rawCount) {
        const index = next++;
        const dice = new Dice(seed, -index - 2);
        let bytes = wireBytes(requests.request(index));
        // The head is short, and most of what can break is in it.
        const part = Math.min(bytes.length, dice.once(2) ? bytes.length : 700);
        bytes = Buffer.concat([mutateText(bytes.subarray(0, part), dice), bytes.subarray(part)]);
        const cut = dice.below(bytes.length + 1);
        const shown = bytes.length > shownBytes ? "" : bytes.toString("hex");
        try {
          const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
          const statuses = statusesIn(await exchange(hotkeep.endpoint, pieces, answerMs));
          const kind = statuses.join() || "closed";
          counts[kind] = (counts[kind] ?? 0) + 1;
          if (statuses.some((status) => status >= 500)) flaws.push(`${index}: ${kind} to ${shown}`);
        } catch (error) {
          flaws.push(`${index}: ${(error as Error).message} after ${shown}`);
        }
      }
    };
    await Promise.all(Array.from({ length: connections }, work));
    console.log(JSON.stringify(counts));
    expect(flaws.join("\n")).toBe("");
    await expectServing();
  });

  it("closes the connection of a body that never comes whole", async () => {
    const requests = await makeRequests();
    const whole = Array.from({ length: 48 }, (_, index) => wireBytes(requests.request(index)));
    const answers = await Promise.all(
      whole.map((bytes) => {
        const announced = bytes.toString("latin1").replace(/content-length: \d+/, "content-length: 16777216");
        return exchange(hotkeep.endpoint, [Buffer.from(announced, "latin1")], answerMs);
      }),
    );
    for (const answer of answers)
      expect(statusesIn(answer).every((status) => status >= 400 && status < 500)).toBe(true);
    await expectServing();
  });

  it.each([
    ["dynamodb", "DynamoDB_20120810.PutItem", "RequestEntityTooLargeException"],
    ["dax", "AmazonDAXV3.DescribeClusters", "RequestEntityTooLargeException"],
    ["iam", undefined, "RequestEntityTooLarge"],
    ["sts", undefined, "RequestEntityTooLarge"],
    ["ec2", undefined, "RequestEntityTooLarge"],
  ])("tells the caller of %s that a body of 18 MB is too large", async (service, target, code) => {
    const answer = await send(service, target, Buffer.alloc(18_000_000, target === undefined ? "a" : " "));
    expect(answer.status).toBe(413);
    expect(answer.body.toString()).toContain(code);
    expect(answer.body.toString()).toMatch(/The request must not be longer than (1048576|16777216) bytes/);
    await expectServing();
  });

  it.each([
    ["arrays", (depth: number) => "[".repeat(depth) + "]".repeat(depth)],
    ["objects", (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`],
    ["attribute values", (depth: number) => `${'{"L":['.repeat(depth)}${"]}".repeat(depth)}`],
    ["arrays that are never closed", (depth: number) => "[".repeat(depth)],
  ])("refuses %s nested 100,000 deep", async (_, nested) => {
    const body = Buffer.from(`{"TableName":"Books","Item":{"Author":${nested(100_000)}}}`);
    for (const service of ["dynamodb", "dax"]) {
      const target = service === "dax" ? "AmazonDAXV3.CreateCluster" : "DynamoDB_20120810.PutItem";
      const answer = await send(service, target, body);
      expect(answer.status).toBe(400);
      expect(answer.body.toString()).toContain("SerializationException");
      expect(answer.body.toString()).toContain("The body nests deeper than 512 levels");
    }
    await expectServing();
  });
});
