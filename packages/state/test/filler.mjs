// Writes until a write fails, then once more, small; prints what came of it. Any uncaught promise ends it with status 1.
import { openLmdbStore } from "@hotkeep/state";

const store = await openLmdbStore({ path: process.argv[2] });
let written = 0;
let failure;
while (failure === undefined) {
  const key = `key/${written}`;
  await store
    .transact(async (tx) => tx.put(key, "x".repeat(60_000)))
    .then(
      () => written++,
      (error) => (failure = { code: error.code, message: error.message }),
    );
}
await store.transact(async (tx) => tx.delete("key/0"));
await new Promise((resolve) => setTimeout(resolve, 50));
const left = await store.range({ start: "key/", end: "key0" });
process.stdout.write(JSON.stringify({ written, failure, left: left.length }));
await store.close();
