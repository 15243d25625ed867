import { createServer, type TLSSocket } from "node:tls";
import { type Clock, HotkeepError, type Logger } from "@hotkeep/core";
import { type FeedConnection, ServerConnection } from "./connection.js";
import { defaultFeedLimits, type FeedLimits } from "./limits.js";
import { FeedPeer } from "./peer.js";
import { pskHint, pskOf, pskTls } from "./psk.js";

/** How a gateway opens its feed. */
export interface FeedServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The join token of a node; undefined refuses it. Asked during the handshake, so it must answer at once. */
  readonly secretOf: (nodeId: string) => string | undefined;
  /** Called for each node that proved itself, before its first message is read: set handlers here. */
  readonly onNode: (connection: FeedConnection) => void;
  readonly limits?: Partial<FeedLimits>;
}

/** A gateway's open feed. */
export interface FeedServer {
  readonly host: string;
  readonly port: number;
  /** The live connection of a node. */
  connection(nodeId: string): FeedConnection | undefined;
  connections(): readonly FeedConnection[];
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

/**
 * Opens the feed's listening socket.
 *
 * @throws HotkeepError `FeedListenFailed`
 */
export async function startFeedServer(options: FeedServerOptions): Promise<FeedServer> {
  const { clock, logger } = options;
  const limits = { ...defaultFeedLimits, ...options.limits };
  const identities = new WeakMap<TLSSocket, string>();
  const live = new Map<string, ServerConnection>();

  const server = createServer({
    ...pskTls,
    pskIdentityHint: pskHint,
    handshakeTimeout: limits.connectTimeoutMs,
    pskCallback(socket, identity) {
      const token = options.secretOf(identity);
      if (token === undefined) return null;
      identities.set(socket, identity);
      return pskOf(token);
    },
  });
  server.maxConnections = limits.connectionsMax;

  server.on("secureConnection", (socket) => {
    // A resumed TLS session would come without identity: it is refused like a stranger.
    const nodeId = identities.get(socket);
    if (nodeId === undefined) {
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    const addresses = { remote: socket.remoteAddress ?? "", local: socket.localAddress ?? "" };
    const connection = new ServerConnection(nodeId, addresses, logger);
    const peer = new FeedPeer(socket, clock, logger, limits, {
      onRequest: (name, body) => connection.onRequest(name, body),
      onNotice: (name, body) => connection.onNotice(name, body),
      onClose: () => {
        if (live.get(nodeId) === connection) live.delete(nodeId);
        connection.onClose();
      },
    });
    connection.attach(peer);
    // A node that comes back before its old connection is known to be dead takes its place.
    live.get(nodeId)?.close("the node connected again");
    live.set(nodeId, connection);
    options.onNode(connection);
  });
  server.on("tlsClientError", (error, socket) => {
    logger.warn("control feed: handshake refused", { remoteAddress: socket.remoteAddress, reason: error.message });
    socket.destroy();
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      reject(
        new HotkeepError(
          "FeedListenFailed",
          `The control feed cannot listen on \`${options.host}:${options.port}\`: ${cause.message}`,
          { help: "Choose another address or port for the control feed.", cause },
        ),
      );
    });
    server.listen(options.port, options.host, resolve);
  });
  server.on("error", (error) => logger.error("control feed: listener failed", { error }));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;

  return {
    host: options.host,
    port,
    connection: (nodeId) => live.get(nodeId),
    connections: () => [...live.values()],
    async close() {
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of live.values()) connection.close("the gateway stops");
      await ended;
    },
  };
}
