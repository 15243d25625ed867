import { connect, createServer, type Server } from "node:net";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { encodeEndpointsRequest, encodePreamble } from "@hotkeep/dax-wire";
import type { Keys } from "../clients.js";
import { authorizeFrame, claim } from "../identity/dax-connection.js";

/** A TLS handshake with `url`. @throws what the client finds wrong */
export function shakeHands(url: string, options: ConnectionOptions): Promise<TLSSocket> {
  const { hostname, port } = new URL(url.replace(/^daxs:/, "https:"));
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: hostname, port: Number(port), ...options }, () => resolve(socket));
    socket.once("error", reject);
  });
}

/** The serial number of the certificate that `url` shows now. */
export async function serialAt(url: string, ca: string): Promise<string> {
  const socket = await shakeHands(url, { ca });
  const { serialNumber } = socket.getPeerX509Certificate()!;
  socket.destroy();
  return serialNumber;
}

/** One DAX connection that asks for the roster every now and then, and notices when it ends. */
export class LastingConnection {
  answers = 0;
  ended: string | undefined;
  readonly #socket: TLSSocket;
  readonly #timer: NodeJS.Timeout;

  private constructor(socket: TLSSocket, region: string, keys: Keys) {
    this.#socket = socket;
    socket.on("data", () => {
      this.answers += 1;
    });
    socket.on("end", () => {
      this.ended ??= "FIN";
    });
    socket.on("error", (error) => {
      this.ended ??= error.message;
    });
    socket.write(Buffer.concat([encodePreamble("Lasting-1", null), authorizeFrame(claim({ keys, region }))]));
    this.#timer = setInterval(() => socket.write(encodeEndpointsRequest()), 200);
  }

  static async open(url: string, ca: string, region: string, keys: Keys): Promise<LastingConnection> {
    return new LastingConnection(await shakeHands(url, { ca }), region, keys);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket.destroy();
  }
}

/** Says `bytes` to `url` without TLS; what came back until the other side ended it. */
export function sayPlain(url: string, bytes: Buffer | string): Promise<string> {
  const { hostname, port } = new URL(url.replace(/^daxs:/, "https:"));
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", () => {});
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
  });
}

/** A way to `url` by another address: connections to the answer's port of 127.0.0.1 lead there. */
export function detourTo(url: string): Promise<{ readonly url: string; close(): void }> {
  const { hostname, port, protocol } = new URL(url);
  return new Promise((resolve) => {
    const server: Server = createServer((socket) => {
      const onward = connect(Number(port), hostname.replace(/^\[|\]$/g, ""));
      socket.on("error", () => onward.destroy());
      onward.on("error", () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    }).listen(0, "127.0.0.1", () => {
      const { port: here } = server.address() as { port: number };
      resolve({ url: `${protocol}//127.0.0.1:${here}`, close: () => void server.close() });
    });
  });
}
