import type { RequestListener } from "node:http";
import { createServer, type Server, type ServerOptions } from "node:https";
import type { Socket } from "node:net";
import type { ServerCredentials } from "@hotkeep/certificates";

/** How long a client may take from its connection to the end of the handshake. */
const handshakeMs = 10_000;

/** How long a client that spoke no TLS may take to read why it is not served. */
const farewellMs = 1_000;

const farewell = "This port speaks HTTPS: use https:// in front of the address.\n";

const plainAnswer = [
  "HTTP/1.1 400 Bad Request",
  "connection: close",
  "content-type: text/plain",
  `content-length: ${farewell.length}`,
  "",
  farewell,
].join("\r\n");

/** The settings of node:tls for what is shown in handshakes. */
export function tlsSettings({ certificate, privateKey }: ServerCredentials) {
  return { cert: certificate, key: privateKey, minVersion: "TLSv1.2" } as const;
}

const peerName = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

/** An HTTPS server that tells clients without TLS what is wrong. */
export function createHttpsServer(
  options: ServerOptions,
  credentials: ServerCredentials,
  listener: RequestListener,
): Server {
  const server = createServer({ ...options, ...tlsSettings(credentials), handshakeTimeout: handshakeMs }, listener);
  // While the handshake lasts: the socket below, because an answer without TLS cannot go through the one above.
  const handshakes = new Map<string, Socket>();
  server.on("connection", (socket: Socket) => {
    const name = peerName(socket);
    handshakes.set(name, socket);
    socket.once("close", () => handshakes.delete(name));
  });
  server.on("secureConnection", (socket) => handshakes.delete(peerName(socket)));
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
    const below = handshakes.get(peerName(socket));
    handshakes.delete(peerName(socket));
    if (error.code !== "ERR_SSL_HTTP_REQUEST" || below === undefined) {
      socket.destroy();
      return;
    }
    below.setTimeout(farewellMs, () => below.destroy());
    below.on("error", () => below.destroy());
    below.end(plainAnswer);
  });
  return server;
}
