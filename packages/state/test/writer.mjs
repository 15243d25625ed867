// Writes key after key and prints each one once it is acknowledged; its parent kills it.
import { openLmdbStore } from "@hotkeep/state";

const store = await openLmdbStore({ path: process.argv[2] });
for (let at = 0; ; at++) {
  await store.transact(async (tx) => {
    tx.put(`key/${String(at).padStart(8, "0")}`, at);
    tx.put("last", at);
  });
  process.stdout.write(`${at}\n`);
}
