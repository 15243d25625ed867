import { startHotkeep } from "hotkeep/testing";
import { startDynamoDbLocal } from "./dynamodb-local.js";
import { DynamoDbEndpoint } from "./endpoint.js";
import { Pair } from "./pair.js";

/** DynamoDB Local and an empty Hotkeep, side by side. */
export interface Both {
  readonly pair: Pair;
  stop(): Promise<void>;
}

/** Starts both. Ours is asked as its root user, with real signatures. */
export async function startBoth(): Promise<Both> {
  const [local, hotkeep] = await Promise.all([startDynamoDbLocal(), startHotkeep({ empty: true })]);
  // DynamoDB Local takes any credentials, and ARNs it makes are of its own Region.
  const anyone = { accessKeyId: "AKIAREFERENCE", secretAccessKey: "any" };
  const reference = new DynamoDbEndpoint(local.endpoint, hotkeep.region, anyone);
  const ours = new DynamoDbEndpoint(hotkeep.endpoint, hotkeep.region, hotkeep.credentials.root!);
  return {
    pair: new Pair(reference, ours),
    async stop() {
      reference.close();
      ours.close();
      await Promise.all([local.stop(), hotkeep.stop()]);
    },
  };
}
