import { startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDynamoDbLocal, whyNoDynamoDbLocal } from "../src/differential/dynamodb-local.js";
import { DynamoDbEndpoint } from "../src/differential/endpoint.js";
import { withSortedSets } from "../src/differential/normalise.js";
import { comparableAnswer, makeStream, type StreamNames, streamRequests } from "../src/differential/stream-requests.js";

const why = await whyNoDynamoDbLocal();
if (why !== undefined) process.stderr.write(`skipped: comparing streams with DynamoDB Local (${why})\n`);

const views = ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"];

/** A server with a stream on it. */
interface Side {
  readonly endpoint: DynamoDbEndpoint;
  readonly names: StreamNames;
}

describe.skipIf(why !== undefined)("requests about streams to DynamoDB Local and to Hotkeep", () => {
  let endpoints: readonly [DynamoDbEndpoint, DynamoDbEndpoint];
  const stops: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    const [local, hotkeep] = await Promise.all([startDynamoDbLocal(), startHotkeep({ empty: true })]);
    stops.push(local.stop, hotkeep.stop);
    const { region } = hotkeep;
    const anyone = { accessKeyId: "AKIAREFERENCE", secretAccessKey: "any" };
    const ours = new DynamoDbEndpoint(hotkeep.endpoint, region, hotkeep.credentials.root!);
    endpoints = [new DynamoDbEndpoint(local.endpoint, region, anyone), ours];
  });
  afterAll(async () => {
    for (const endpoint of endpoints ?? []) endpoint.close();
    await Promise.all(stops.map((stop) => stop()));
  });

  const ask = async ({ endpoint, names }: Side, { operation, input }: (typeof streamRequests)[number]) =>
    withSortedSets(comparableAnswer(await endpoint.callStreams(operation, input(names)), names));

  describe.each(views)("with view %s", (view) => {
    let sides: readonly [Side, Side];
    beforeAll(async () => {
      const made = endpoints.map(async (endpoint) => ({ endpoint, names: await makeStream(endpoint, view) }));
      sides = (await Promise.all(made)) as unknown as [Side, Side];
    });
    it.each(streamRequests.map((request) => [request.name, request] as const))("%s", async (_, request) => {
      const [reference, ours] = await Promise.all(sides.map((side) => ask(side, request)));
      if (request.differs === undefined) expect(ours).toEqual(reference);
      else expect(ours, request.differs).not.toEqual(reference);
    });
  });
});
