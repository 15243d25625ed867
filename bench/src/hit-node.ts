import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { encodeAuthorizeRequest, encodeGetItemRequest, encodePreamble } from "@hotkeep/dax-wire";
import { startHotkeep } from "hotkeep/testing";
import { pinFamily, serverCore } from "./cores.js";
import { firstAnswer } from "./first-answer.js";
import type { LoadTarget } from "./load.js";

/** Hotkeep with one item in the cache of its node, and the frames to ask for it. */
export async function startHitNode(value: string) {
  const hotkeep = await startHotkeep();
  const alice = hotkeep.credentials.alice!;
  const root = hotkeep.credentials.root!;
  const { endpoint, region } = hotkeep;
  const dynamodb = new DynamoDB({ endpoint, region, credentials: root });
  const key = { Author: { S: "bench" }, Title: { S: "hit" } };
  await dynamodb.putItem({ TableName: "Books", Item: { ...key, Text: { S: value } } });
  dynamodb.destroy();
  pinFamily(hotkeep.process.pid!, serverCore);

  const cluster = new URL(hotkeep.clusters[0]!.endpoint);
  const preamble = () =>
    Buffer.concat([
      encodePreamble("hotkeep-bench", Buffer.alloc(16)),
      encodeAuthorizeRequest({ ...alice, region, now: Date.now() }),
    ]);
  // A hash key of type S with a range key of type S: the hash as CBOR text, the range as bare text.
  const keyBytes = Buffer.concat([Buffer.from([0x60 + "bench".length]), Buffer.from("bench"), Buffer.from("hit")]);
  const at = {
    address: cluster.hostname,
    port: Number(cluster.port),
    request: encodeGetItemRequest("Books", keyBytes),
  };
  const answer = await firstAnswer({ ...at, preamble: preamble() });
  if (!answer.includes(value)) throw new Error(`the node answered ${answer.toString("hex").slice(0, 200)}`);
  const target = (): LoadTarget => ({ ...at, preamble: preamble(), responseBytes: answer.length });
  return { target, hotkeep, stop: () => hotkeep.stop() };
}
