import { silentLogger, systemClock, systemRandom } from "@hotkeep/core";
import { encodeGetItemRequest, encodePreamble, encodePutItemRequest } from "@hotkeep/dax-wire";
import { startNode } from "@hotkeep/node";
import { expect, it } from "vitest";
import { BareTables } from "../support/bare-tables.js";
import { MemoryTransport } from "../support/memory-transport.js";
import { authorizeFrame } from "../support/raw-client.js";
import { allowing, StandInGateway } from "../support/stand-in-gateway.js";
import { eventually } from "../support/world.js";

it("a session never looks at a chunk after it has returned it", async () => {
  const tables = await new BareTables().listen();
  const gateway = new StandInGateway({ tableEndpoint: tables.url });
  gateway.user("AKIAALICE", "alice", [allowing("dax:*")]);
  const transport = new MemoryTransport();
  const node = await startNode({
    feed: gateway,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    transport,
  });
  const connection = transport.connect();
  const lend = async (bytes: Buffer): Promise<string> => {
    const chunk = Buffer.from(bytes);
    connection.arrive(chunk);
    chunk.fill(0xff);
    await eventually(() => connection.written.length > 0, "an answer");
    return connection.take().toString("hex");
  };
  const key = Buffer.from("the key");
  const hello = Buffer.concat([encodePreamble("Lender", null), authorizeFrame("AKIAALICE")]);
  // Once behind an unknown access key, then alone, then from memory.
  expect(await lend(Buffer.concat([hello, encodeGetItemRequest("Books", key)]))).toBe("80a0");
  expect(await lend(encodePutItemRequest("Books", key, Buffer.from([1])))).toMatch(/^80(a0|f6)$/);
  expect([...tables.items.keys()]).toEqual(["Books/the key"]);
  expect(await lend(encodeGetItemRequest("Books", key))).toBe("80a1004101");
  expect(await lend(encodeGetItemRequest("Books", Buffer.from("another")))).toBe("80a0");
  expect(tables.calls.at(-1)?.input).toMatchObject({ TableName: "Books", Key: { pk: { S: "another" } } });
  await node.close();
  await tables.close();
});
