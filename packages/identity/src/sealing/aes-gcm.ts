import { createCipheriv, createDecipheriv } from "node:crypto";
import { HotkeepError, type Random } from "@hotkeep/core";
import type { Sealer } from "./sealer.js";

const VERSION = "1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Length of a sealing key in bytes. */
export const sealingKeyBytes = 32;

/** AES-256-GCM with a fresh nonce each time; the sealed text is `1.` and base64url of nonce, tag and cipher text. */
export function aesGcmSealer(key: Uint8Array, random: Random): Sealer {
  return {
    seal(plain, purpose) {
      const nonce = random.bytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url")}`;
    },
    open(sealed, purpose) {
      try {
        const [version, text = ""] = sealed.split(".");
        if (version !== VERSION) throw new Error(`unknown version ${version}`);
        const bytes = Buffer.from(text, "base64url");
        // Node.js skips what is not base64; one sealing has one text.
        if (bytes.toString("base64url") !== text) throw new Error("not base64url");
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
      } catch (cause) {
        throw new HotkeepError("SealBroken", "A stored secret cannot be opened with this sealing key.", {
          help: "Put back the key file that was in use when the data directory was written.",
          cause,
        });
      }
    },
  };
}
