import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { encodeBatchPutRequest, encodeKey, encodeValue } from "@hotkeep/dax-wire";
import type { Figures } from "../figures.js";
import { machineLine } from "../machine.js";
import { nodeProcess } from "../processes.js";
import { tableName } from "../tables/workload.js";
import { type Held, inspected } from "./inspected.js";
import { type NodeWorld, placeOf, startNodeWorld, textListId } from "./world.js";

const mebibyte = 1024 * 1024;
const itemBytes = 200;
const batchItemsMax = 25;
const batchBytesMax = 400_000;
const connections = 8;
const progressMs = 5_000;
/** Different items of the traffic that keeps a cache nearly empty, and how often they are put at most. */
const fewItems = 200;
const fewPuts = 300_000;

const schema = { hash: { name: "pk", type: "S" }, range: { name: "sk", type: "S" } } as const;

/** One node and what is put through it: items whose texts have these lengths in turn. */
interface Filling {
  readonly nodeType: string;
  /** A 64th of the memory of AWS's machine. */
  readonly capMib: number;
  readonly items: number;
  readonly textBytes: readonly number[];
}

const roomy: Filling = { nodeType: "dax.r5.2xlarge", capMib: 1024, items: 1_000_000, textBytes: [itemBytes] };
const tight: readonly Filling[] = [
  { nodeType: "dax.t3.small", capMib: 32, items: 400_000, textBytes: [itemBytes] },
  { nodeType: "dax.t3.small", capMib: 32, items: 30_000, textBytes: [100, 2_000, 50_000] },
  { nodeType: "dax.t3.medium", capMib: 64, items: 200_000, textBytes: [100, 2_000] },
  { nodeType: "dax.r5.large", capMib: 256, items: 50_000, textBytes: [2_000, 50_000] },
];

/**
 * A million items of 200 bytes put through a node that has room for them, and others through nodes that have not: what
 * the process holds above what it held when the same traffic was about a few items only. Both times its garbage has been
 * collected, because that alone goes up and down by more than five percent of a small cache.
 */
export async function nodeMemory(): Promise<Figures> {
  process.stdout.write(`items put by BatchWriteItem; ${machineLine()}\n`);
  const all = await grown(roomy);
  const times = all.residentBytes / (roomy.items * itemBytes);
  print(roomy, all, `${times.toFixed(2)} times the items' bytes`);
  const ofCaps: number[] = [];
  for (const filling of tight) {
    const more = await grown(filling);
    // The process may have given back other memory meanwhile.
    const ofCap = Math.max(more.residentBytes, more.bufferBytes) / (filling.capMib * mebibyte);
    print(filling, more, `${ofCap.toFixed(2)} times the cap`);
    ofCaps.push(Number(ofCap.toFixed(2)));
  }
  return { memory_to_item_bytes: Number(times.toFixed(2)), memory_to_cap: Math.max(...ofCaps) };
}

function print({ capMib, items, textBytes }: Filling, more: Held, verdict: string): void {
  const what = `cap ${capMib} MiB, ${items} items of ${textBytes.join(", ")} bytes:`;
  const [resident, buffers] = [more.residentBytes, more.bufferBytes].map((bytes) => (bytes / mebibyte).toFixed(1));
  process.stdout.write(`${what.padEnd(52)} ${resident} MiB more, ${buffers} of them buffers; ${verdict}\n`);
}

async function grown({ nodeType, items, textBytes }: Filling): Promise<Held> {
  const world = await startNodeWorld({ nodeType, onlyKeeping: true });
  try {
    const node = await inspected(nodeProcess(world.hotkeep.process.pid!));
    const listId = encodeValue({ N: String(await textListId(world)) });
    const values = textBytes.map((length) => Buffer.concat([listId, encodeValue({ S: "x".repeat(length) })]));
    const nameOf = (name: string, index: number) => `${name}-${String(index).padStart(7, "0")}`;
    await putAll(world, values, Math.min(items, fewPuts), (index) => nameOf("few", index % fewItems));
    const few = await node.held();
    await putAll(world, values, items, (index) => nameOf("item", index));
    const many = await node.held();
    node.close();
    return {
      residentBytes: many.residentBytes - few.residentBytes,
      bufferBytes: many.bufferBytes - few.bufferBytes,
    };
  } finally {
    await world.stop();
  }
}

async function putAll(
  world: NodeWorld,
  values: readonly Buffer[],
  count: number,
  nameOf: (index: number) => string,
): Promise<void> {
  const longest = Math.max(...values.map(({ length }) => length));
  const putsPerBatch = Math.min(batchItemsMax, Math.floor(batchBytesMax / longest));
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
          key: encodeKey(schema, { pk: { S: nameOf(from + at) }, sk: { S: "1" } }),
          item: values[(from + at) % values.length]!,
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
