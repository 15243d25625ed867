import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import { type DaxRequest, decodeRequest, FrameScanner, readPreamble } from "@hotkeep/dax-wire";
import { type Node, readPrefix } from "../../../dax-wire/test/support/cbor-tree.js";

/** A request that a client sent, and the bytes that came back for it. */
export interface Exchange {
  readonly request: DaxRequest;
  readonly response: Buffer;
}

/** Stands between clients and a node, on a port of its own, and keeps every byte of both ways. */
export class WireRecorder {
  readonly #connections: { readonly sent: Buffer[]; readonly received: Buffer[] }[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((client) => this.#carry(client));
  #nodePort = 0;
  port = 0;

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** Where to carry connections that come from now on. */
  carryTo(nodePort: number): void {
    this.#nodePort = nodePort;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /**
   * Everything recorded, request by request.
   * @throws when a connection's responses are not exactly one for each request, in order, to the last byte
   */
  exchanges(): Exchange[] {
    return this.#connections.flatMap(({ sent, received }) =>
      paired(requestsIn(Buffer.concat(sent)), Buffer.concat(received)),
    );
  }

  #carry(client: Socket): void {
    const node = connect({ host: "127.0.0.1", port: this.#nodePort });
    const kept = { sent: [] as Buffer[], received: [] as Buffer[] };
    this.#connections.push(kept);
    for (const [from, to, into] of [
      [client, node, kept.sent],
      [node, client, kept.received],
    ] as const) {
      this.#sockets.add(from);
      from.on("data", (chunk: Buffer) => {
        into.push(chunk);
        to.write(chunk);
      });
      from.on("end", () => to.end());
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}

/** The requests that are answered: all but `authorizeConnection`. */
function requestsIn(bytes: Buffer): DaxRequest[] {
  const preamble = readPreamble(bytes, 0, bytes.length);
  const scanner = new FrameScanner();
  const requests: DaxRequest[] = [];
  for (let at = preamble?.end ?? bytes.length; at < bytes.length; ) {
    const end = scanner.scan(bytes, at, bytes.length);
    if (end < 0) break;
    const request = decodeRequest(bytes.subarray(at, end));
    if (request.method !== "authorizeConnection") requests.push(request);
    at = end;
  }
  return requests;
}

function paired(requests: readonly DaxRequest[], bytes: Buffer): Exchange[] {
  let at = 0;
  const exchanges = requests.map((request) => {
    const start = at;
    const read = (): Node => {
      const [node, end] = readPrefix(bytes, at);
      at = end;
      return node;
    };
    const codes = read();
    const values = codes.children.length > 0 ? 2 : valuesBehind(request);
    for (let i = 0; i < values; i++) read();
    return { request, response: bytes.subarray(start, at) };
  });
  if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes that nobody asked for`);
  return exchanges;
}

/** CBOR values behind the marker of success. A batch get's array header of 2 holds two of its three. */
function valuesBehind({ method }: DaxRequest): number {
  return method === "batchGetItem" ? 2 : method === "batchWriteItem" ? 3 : 1;
}
