import { open, readFile, stat } from "node:fs/promises";
import { HotkeepError, type Random, systemRandom } from "@hotkeep/core";
import { aesGcmSealer, sealingKeyBytes } from "./aes-gcm.js";
import type { Sealer } from "./sealer.js";

/**
 * A sealer with the key in the file `keyPath` (base64, one line), which is made, readable by its owner only, when it
 * is absent. Keep the file apart from backups of the data: with both, secrets are open.
 *
 * @throws HotkeepError `SealingKey` when the file is not such a key or others may read it.
 */
export async function openSealer(options: { readonly keyPath: string; readonly random?: Random }): Promise<Sealer> {
  const { keyPath, random = systemRandom } = options;
  await writeIfAbsent(keyPath, `${Buffer.from(random.bytes(sealingKeyBytes)).toString("base64")}\n`);
  const { mode } = await stat(keyPath);
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw new HotkeepError("SealingKey", `Others may read the sealing key \`${keyPath}\`.`, {
      help: `Run: chmod 600 ${keyPath}`,
    });
  }
  const key = Buffer.from((await readFile(keyPath, "utf8")).trim(), "base64");
  if (key.length !== sealingKeyBytes) {
    throw new HotkeepError("SealingKey", `\`${keyPath}\` does not hold ${sealingKeyBytes} bytes in base64.`, {
      help: "Put back the key file that belongs to this data directory.",
    });
  }
  return aesGcmSealer(key, random);
}

async function writeIfAbsent(path: string, text: string): Promise<void> {
  const handle = await open(path, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EEXIST") return undefined;
    throw new HotkeepError("SealingKey", `The sealing key \`${path}\` cannot be made: ${error.message}`, {
      cause: error,
    });
  });
  if (handle === undefined) return;
  try {
    await handle.writeFile(text);
    // Secrets sealed with a key that did not reach the disk would be lost.
    await handle.sync();
  } finally {
    await handle.close();
  }
}
