import { RenewingCertificate } from "@hotkeep/certificates";
import type { Clock, Logger } from "@hotkeep/core";
import { ask, type Gateway } from "../gateway.js";
import type { NodeLimits } from "../limits.js";
import { refusalReports } from "../refusal-reports.js";
import { type TlsTransport, tlsTransport } from "../transport/tls-transport.js";

/** What TLS on a node works with. */
export interface NodeTlsOptions {
  readonly gateway: Pick<Gateway, "request">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: Pick<NodeLimits, "handshakeMs" | "handshakesMax" | "handshakeReportMs">;
}

/** A node's transport over TLS, with the certificate that it shows. */
export interface NodeTls {
  readonly transport: TlsTransport;
  /** Settles when the certificate speaks for all of `names` and is by `authority`. @throws what the gateway answers */
  speakFor(names: readonly string[], authority: string): Promise<void>;
  /** Renews no further. */
  stop(): void;
}

/**
 * Gets a certificate from the gateway and keeps it fresh. The private key is made here and stays in this process's
 * memory; the gateway sees its public half and alone decides the names.
 *
 * @throws HotkeepError what the gateway answers, or the feed's
 */
export async function openNodeTls({ gateway, clock, logger, limits }: NodeTlsOptions): Promise<NodeTls> {
  const listening: { transport?: TlsTransport } = {};
  const { renewing, credentials } = await RenewingCertificate.start({
    clock,
    logger,
    issue: (publicKey) => ask(gateway, "certificate", { publicKey: Buffer.from(publicKey).toString("base64") }),
    show: (next) => listening.transport?.show(next),
  });
  const { handshakeMs, handshakesMax, handshakeReportMs } = limits;
  const onRefused = refusalReports("a TLS handshake failed", { clock, logger, pauseMs: handshakeReportMs });
  const transport = tlsTransport({ clock, credentials, handshakeMs, handshakesMax, onRefused });
  listening.transport = transport;
  return {
    transport,
    async speakFor(names, authority) {
      if (!renewing.suits(names, authority)) await renewing.renew();
    },
    stop: () => renewing.stop(),
  };
}
