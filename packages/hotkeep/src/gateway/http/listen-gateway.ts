import type { ServerCredentials } from "@hotkeep/certificates";
import type { Clock, Logger } from "@hotkeep/core";
import { chooseTransport } from "@hotkeep/node";
import { type HttpHandler, type HttpLimits, type HttpListener, listenHttp } from "../http-server.js";
import { listenOverTransport } from "./transport-http.js";

/** What {@link listenGateway} needs. */
export interface GatewayHttpOptions {
  readonly host: string;
  readonly port: number;
  readonly handle: HttpHandler;
  readonly logger: Logger;
  readonly clock: Clock;
  /** The environment's HOTKEEP_TRANSPORT: `net` for `node:http`, `batched` to insist on the other. */
  readonly wanted: string | undefined;
  /** Speaks HTTPS and shows these; without, plain HTTP. */
  readonly credentials?: ServerCredentials;
  readonly limits?: HttpLimits;
}

/**
 * The gateway's HTTP server: over the batched transport where its compiled part is there, else `node:http`, as for HTTPS.
 *
 * @throws the system's error when the address cannot be bound
 */
export function listenGateway(options: GatewayHttpOptions): Promise<HttpListener> {
  if (options.credentials !== undefined) return listenHttp(options);
  const { name, transport } = chooseTransport(options.clock, options.wanted);
  return name === "batched" ? listenOverTransport({ ...options, transport }) : listenHttp(options);
}
