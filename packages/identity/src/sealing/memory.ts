import { type Random, systemRandom } from "@hotkeep/core";
import { aesGcmSealer, sealingKeyBytes } from "./aes-gcm.js";
import type { Sealer } from "./sealer.js";

/** A sealer whose key lives as long as the process; for tests. */
export function memorySealer(random: Random = systemRandom): Sealer {
  return aesGcmSealer(random.bytes(sealingKeyBytes), random);
}
