import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { type TlsOptions, tlsTransport } from "@hotkeep/node";
import { authorityPem, credentialsFor } from "../support/authority.js";
import type { Wire } from "./stand.js";

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
