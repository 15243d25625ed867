import { createHmac } from "node:crypto";

/**
 * TLS settings that both ends share. A pre-shared key authenticates either side to the other and encrypts, without
 * certificates to make, trust or renew. Node.js offers pre-shared keys up to TLS 1.2. The elliptic-curve exchange keeps
 * recorded traffic closed even when a token leaks later.
 */
export const pskTls = {
  ciphers: "ECDHE-PSK-CHACHA20-POLY1305:ECDHE-PSK-AES256-CBC-SHA384",
  minVersion: "TLSv1.2",
  maxVersion: "TLSv1.2",
} as const;

/** Tells the client which server key to use: none, there is one key a node. */
export const pskHint = "hotkeep-control-feed";

/** The 32-byte key that a join token stands for. */
export function pskOf(token: string): Buffer {
  return createHmac("sha256", "hotkeep control feed v1").update(token, "utf8").digest();
}
