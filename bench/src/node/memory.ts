import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { encodeBatchPutRequest, encodeKey, encodeValue } from "@hotkeep/dax-wire";
import type { Figures } from "../figures.js";
import { machineLine } from "../machine.js";
import { nodeProcess, residentBytes } from "../processes.js";
import { tableName } from "../tables/workload.js";
import { itemText, type NodeWorld, placeOf, startNodeWorld, textListId } from "./world.js";

const itemsCount = 1_000_000;
const itemBytes = 200;
const putsPerBatch = 25;
const connections = 8;
const settleMs = 3_000;
const progressMs = 5_000;
const mebibyte = 1024 * 1024;

const schema = { hash: { name: "pk", type: "S" }, range: { name: "sk", type: "S" } } as const;

/**
 * A million items of 200 bytes put through a node that has room for them, and through one that has not: what its
 * process holds above what it held empty.
 */
export async function nodeMemory(): Promise<Figures> {
  process.stdout.write(`${itemsCount} items of ${itemBytes} bytes, put by BatchWriteItem; ${machineLine()}\n`);
  // A 64th of the memory of AWS's machines: 1 GiB and 32 MiB.
  const roomy = await grown("dax.r5.2xlarge");
  const times = roomy.grownBytes / (itemsCount * itemBytes);
  print("room for all", roomy, `${times.toFixed(2)} times the items' bytes`);
  const tight = await grown("dax.t3.small");
  const ofCap = tight.grownBytes / (32 * mebibyte);
  print("32 MiB of cache", tight, `${ofCap.toFixed(2)} times the cap`);
  return {
    memory_to_item_bytes: Number(times.toFixed(2)),
    memory_to_cap: Number(ofCap.toFixed(2)),
    cap_overrun_mib: Number(((tight.grownBytes - 32 * mebibyte) / mebibyte).toFixed(1)),
  };
}

interface Grown {
  readonly emptyBytes: number;
  readonly grownBytes: number;
}

function print(what: string, { emptyBytes, grownBytes }: Grown, verdict: string): void {
  const [empty, more] = [emptyBytes, grownBytes].map((bytes) => `${(bytes / mebibyte).toFixed(0)} MiB`);
  process.stdout.write(`${what.padEnd(18)} empty ${empty}, then ${more} more: ${verdict}\n`);
}

async function grown(nodeType: string): Promise<Grown> {
  const world = await startNodeWorld({ nodeType, onlyKeeping: true });
  try {
    const pid = nodeProcess(world.hotkeep.process.pid!);
    const listId = await textListId(world);
    const item = Buffer.concat([encodeValue({ N: String(listId) }), encodeValue({ S: itemText })]);
    // Code, buffers and connections are there before anything is counted.
    await putAll(world, item, "warm", 20_000);
    const emptyBytes = residentBytes(pid);
    await putAll(world, item, "item", itemsCount);
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    return { emptyBytes, grownBytes: residentBytes(pid) - emptyBytes };
  } finally {
    await world.stop();
  }
}

async function putAll(world: NodeWorld, item: Buffer, prefix: string, count: number): Promise<void> {
  let next = 0;
  let toldAt = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const { address, port, preamble } = placeOf(world, "keeping");
      const socket = connect({ host: address, port, noDelay: true });
      await once(socket, "connect");
      socket.write(preamble);
      while (next < count) {
        const from = next;
        next += putsPerBatch;
        const puts = Array.from({ length: putsPerBatch }, (_, at) => ({
          key: encodeKey(schema, { pk: { S: `${prefix}-${String(from + at).padStart(7, "0")}` }, sk: { S: "1" } }),
          item,
        }));
        await answered(socket, encodeBatchPutRequest(tableName, puts));
        if (performance.now() - toldAt < progressMs) continue;
        toldAt = performance.now();
        process.stderr.write(`  ${next} of ${count} items\n`);
      }
      socket.end();
    }),
  );
}

async function answered(socket: Socket, frame: Buffer): Promise<void> {
  socket.write(frame);
  const [answer] = (await once(socket, "data")) as [Buffer];
  // Success, nothing unprocessed, no capacity, no metrics.
  if (answer.toString("hex") !== "80a080a0") throw new Error(`the node answered ${answer.toString("latin1")}`);
}
