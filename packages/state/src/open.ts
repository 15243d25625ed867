import { HotkeepError, type Logger, silentLogger } from "@hotkeep/core";
import { LmdbEngine } from "./lmdb-engine.js";
import { MemoryEngine } from "./memory-engine.js";
import type { StateStore } from "./store.js";
import { TransactionalStore } from "./transactional-store.js";

/**
 * Opens the embedded store in the directory `path`, making it when absent. One process at a time may write.
 *
 * @throws HotkeepError `StateOpen` when the directory cannot be used.
 */
export async function openLmdbStore(options: { readonly path: string; readonly logger?: Logger }): Promise<StateStore> {
  try {
    return new TransactionalStore(new LmdbEngine(options.path), options.logger ?? silentLogger);
  } catch (cause) {
    throw new HotkeepError("StateOpen", `The state store in \`${options.path}\` cannot be opened: ${String(cause)}`, {
      help: "Check that the directory may be written and that its disk is not full.",
      cause,
    });
  }
}

/** A store that lives as long as the process; for tests and simulations. */
export function memoryStore(options: { readonly logger?: Logger } = {}): StateStore {
  return new TransactionalStore(new MemoryEngine(), options.logger ?? silentLogger);
}
