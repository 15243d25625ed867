import { createHmac } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import {
  type DaxRequest,
  decodeRequest,
  encodeAttributeListIdResponse,
  encodeAttributeListResponse,
  encodeEndpointsResponse,
  encodeError,
  encodeKeySchemaResponse,
  errorCodes,
  FrameScanner,
  readAuthorization,
  readPreamble,
  verifyAuthorization,
} from "@hotkeep/dax-wire";
import type { RecordedLists } from "./lists.js";
import { schemas } from "./vectors.js";

/** A server of one node that answers control requests by itself and data requests as a test tells it to. */
export class ReplayServer {
  /** Answers a data request; gets the request and its frame. */
  answer: (request: DaxRequest, frame: Buffer) => Buffer = () => {
    throw new Error("no data request is due");
  };
  readonly #lists: RecordedLists;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(lists: RecordedLists) {
    this.#lists = lists;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this.#port();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  #serve(socket: Socket): void {
    const scanner = new FrameScanner();
    let unread = Buffer.alloc(0);
    let greeted = false;
    let authorized = false;
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      unread = Buffer.concat([unread, chunk]);
      if (!greeted) {
        const preamble = readPreamble(unread, 0, unread.length);
        if (preamble === undefined) return;
        greeted = true;
        unread = unread.subarray(preamble.end);
      }
      for (let end = scanner.scan(unread, 0, unread.length); end >= 0; end = scanner.scan(unread, 0, unread.length)) {
        const frame = unread.subarray(0, end);
        unread = unread.subarray(end);
        const request = decodeRequest(frame);
        if (request.method === "authorizeConnection") authorized = isAuthentic(request);
        else socket.write(authorized ? this.#answer(request, frame) : refusal);
      }
    });
  }

  #answer(request: DaxRequest, frame: Buffer): Buffer {
    switch (request.method) {
      case "endpoints":
        return encodeEndpointsResponse([{ nodeId: 1, address: "127.0.0.1", port: this.#port(), leader: true }]);
      case "defineKeySchema": {
        const schema = schemas.get(request.table);
        return schema === undefined ? this.#asTold(request, frame) : encodeKeySchemaResponse(schema);
      }
      case "defineAttributeListId":
        return encodeAttributeListIdResponse(this.#lists.idOf(request.names) ?? 0);
      case "defineAttributeList":
        return encodeAttributeListResponse(this.#lists.names(request.id));
      default:
        return this.#asTold(request, frame);
    }
  }

  #asTold(request: DaxRequest, frame: Buffer): Buffer {
    try {
      return this.answer(request, frame);
    } catch (error) {
      // The client shows this to the test, which then fails with it.
      return encodeError({ codes: errorCodes.notImplemented, message: String(error) });
    }
  }
}

const refusal = encodeError({
  codes: errorCodes.authenticationRequired,
  message: "Connection requires authentication",
});

function isAuthentic(request: Parameters<typeof readAuthorization>[0]): boolean {
  const outcome = readAuthorization(request);
  if ("failure" in outcome) return false;
  const { claim } = outcome;
  const signingKey = [claim.date, claim.region, "dax", "aws4_request"].reduce<Buffer>(
    (key, part) => createHmac("sha256", key).update(part).digest(),
    Buffer.from("AWS4secret"),
  );
  return verifyAuthorization(claim, signingKey, Date.now(), { region: "us-east-1" }) === undefined;
}
