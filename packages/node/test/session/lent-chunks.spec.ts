import { encodeGetItemRequest, encodePreamble, encodePutItemRequest } from "@hotkeep/dax-wire";
import { expect, it } from "vitest";
import { memoryNode } from "../support/memory-node.js";
import { authorizeFrame } from "../support/raw-client.js";
import { eventually } from "../support/world.js";

it("a session never looks at a chunk after it has returned it", async () => {
  const one = await memoryNode();
  const { tables, connection } = one;
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
  await one.close();
});
