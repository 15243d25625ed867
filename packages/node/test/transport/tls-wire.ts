import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { defaultLifetimeMs, newKeyPair, openAuthority, type ServerCredentials } from "@hotkeep/certificates";
import { systemClock, systemRandom } from "@hotkeep/core";
import { type TlsOptions, tlsTransport } from "@hotkeep/node";
import type { Wire } from "./stand.js";

/** An authority that lives as long as the test. */
const authority = openAuthority({
  store: { read: async () => undefined, add: async (record) => record },
  sealer: { seal: (plain) => plain, open: (sealed) => sealed },
  clock: systemClock,
  random: systemRandom,
  permitted: [],
  lifetimeMs: defaultLifetimeMs,
});

export const authorityPem = await authority.certificate();

/** Fresh credentials for these names. */
export async function credentialsFor(...names: string[]): Promise<ServerCredentials> {
  const { publicKey, privateKey } = await newKeyPair();
  const { certificate } = await authority.issue({ subject: "test", publicKey, names });
  return { certificate, privateKey };
}

const credentials = await credentialsFor("127.0.0.1", "::1");

/** The transport over TLS, and peers that trust its authority. */
export function tlsWire(options: Partial<TlsOptions> = {}): Wire {
  return {
    secure: true,
    transport: (clock) =>
      tlsTransport({
        clock,
        credentials,
        handshakeMs: 10_000,
        handshakesMax: 10_000,
        onRefused: () => {},
        ...options,
      }),
    dial(host, port) {
      const raw = connect({ host, port, noDelay: true, allowHalfOpen: true });
      // The TLS socket has the error too.
      raw.on("error", () => {});
      const socket = connectTls({ socket: raw, host, ca: authorityPem });
      return { socket, raw, ready: "secureConnect" };
    },
  };
}
