import { type Clock, HotkeepError, type Logger } from "@hotkeep/core";
import type { ListenOptions, Transport } from "@hotkeep/node";
import { type HttpHandler, type HttpLimits, type HttpListener, httpLimits } from "../http-server.js";
import { HttpSession, type SessionHost } from "./http-session.js";
import { loadLlhttp } from "./llhttp.js";

/** How often the clock is looked at: timeouts and the Date header are this exact. */
const tickMs = 1_000;
/** How long a peer may take to close its side of a connection that is finished. */
const lingerMs = 2_000;
/** Answers that all clients together may leave unread. */
const bytesWaitingTotalMax = 1024 * 1024 * 1024;

/** What {@link listenOverTransport} needs. */
export interface TransportHttpOptions {
  readonly host: string;
  readonly port: number;
  readonly handle: HttpHandler;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly transport: Transport;
  readonly limits?: HttpLimits;
}

/**
 * HTTP/1.1 over one of the transports of the cache nodes: the batched one reads all sockets that are ready in one wake-up
 * and sends all answers with one call.
 *
 * @throws the system's error when the address cannot be bound
 */
export async function listenOverTransport(options: TransportHttpOptions): Promise<HttpListener> {
  const { clock, logger, handle, transport, limits = httpLimits } = options;
  const sessions = new Set<HttpSession>();
  let whenEmpty: (() => void) | undefined;
  const host: SessionHost & { now: number; date: string; closing: boolean } = {
    ...{ handle, limits, llhttp: loadLlhttp() },
    now: clock.monotonic(),
    date: new Date(clock.now()).toUTCString(),
    closing: false,
    failed: (error) => logger.error("a request could not be answered", { error }),
    closed(session) {
      sessions.delete(session);
      if (sessions.size === 0) whenEmpty?.();
    },
  };
  const listenOptions: ListenOptions = {
    address: options.host,
    port: options.port,
    connectionsMax: limits.connectionsMax,
    ...{ bytesWaitingTotalMax, lingerMs },
    admits: () => true,
    accept(connection) {
      const session = new HttpSession(host, connection);
      sessions.add(session);
      return session;
    },
  };
  const listening = await transport.listen(listenOptions).catch((error: unknown) => {
    throw error instanceof HotkeepError && error.cause !== undefined ? error.cause : error;
  });
  const tick = (): void => {
    host.now = clock.monotonic();
    host.date = new Date(clock.now()).toUTCString();
    for (const session of sessions) session.checkTime(host.now);
    timer = clock.after(tickMs, tick);
  };
  let timer = clock.after(tickMs, tick);
  const name = options.host.includes(":") ? `[${options.host}]` : options.host;
  return {
    port: listening.port,
    url: `http://${name}:${listening.port}`,
    show: () => undefined,
    connections: () => listening.connections,
    async close(withinMs) {
      host.closing = true;
      listening.stopAccepting();
      for (const session of sessions) session.finishIfIdle();
      if (sessions.size > 0 && withinMs > 0) {
        await new Promise<void>((resolve) => {
          whenEmpty = resolve;
          clock.after(withinMs, resolve);
        });
      }
      timer.cancel();
      await listening.close(0);
    },
  };
}
