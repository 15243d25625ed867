// Writes until a write fails, says so, waits for a line of input, and writes on; prints what came of it.
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { silentLogger, systemRandom } from "@hotkeep/core";
import { defaultTablesLimits } from "../../src/limits.ts";
import { Storage } from "../../src/storage/storage.ts";

const open = () =>
  Storage.open({ path: process.argv[2], logger: silentLogger, random: systemRandom, limits: defaultTablesLimits });
const key = (at) => Buffer.from(`key/${String(at).padStart(4, "0")}`);
const count = (storage) => storage.items.count({ from: Buffer.from("key/"), to: Buffer.from("key0") });
const put = (at) =>
  storage.transact((transaction) => transaction.put(storage.items, key(at), Buffer.alloc(60_000, at)));
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

let storage = await open();
let written = 0;
let failure;
while (failure === undefined) {
  await put(written).then(
    () => written++,
    (error) => (failure = { kind: error.kind, message: error.message }),
  );
}
say({ written, failure, left: count(storage) });
await once(process.stdin, "data");
// It tries again once a second.
for (let isWritten = false; !isWritten; await wait(100)) {
  isWritten = await put(written).then(
    () => true,
    () => false,
  );
}
await storage.transact((transaction) => transaction.remove(storage.items, key(0)));
for (let at = 1; at < 100; at++) await put(written + at);
const left = count(storage);
await storage.close();
storage = await open();
const isWhole = storage.items.get(key(1))?.equals(Buffer.alloc(60_000, 1)) ?? false;
say({ left, reopened: count(storage), isWhole });
await storage.close();
process.exit(0);
