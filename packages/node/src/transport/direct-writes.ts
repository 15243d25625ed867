import type { Socket } from "node:net";

/** What `node:net` hands to its own handle for one write. */
interface WriteRequest {
  oncomplete?(status: number): void;
  /** Keeps the bytes. */
  buffer?: Buffer;
}

/** The part of a socket's handle that `node:net` writes with. */
interface Handle {
  writeBuffer(request: WriteRequest, bytes: Buffer): number;
  readonly writeQueueSize: number;
}

/** How Node.js makes its write requests; learned from the first write that it makes itself. */
let WriteWrap: (new () => WriteRequest) | undefined;
/** Used again as long as the kernel takes the bytes at once: then nobody keeps it. */
let idle: WriteRequest | undefined;

/**
 * Writes to one plain socket past the machinery of streams, whose states and ticks cost more than a hit. Node.js has no
 * public call for that, so this learns how Node.js does it; should a release do it another way, the socket's own
 * `write` works as well. Reading and the end are the socket's all the same.
 */
export class DirectWrites {
  readonly #socket: Socket;
  readonly #handle: Handle | undefined;
  readonly #drained: () => void;
  #waiting = 0;

  /** @param drained everything that a write left waiting has been taken */
  constructor(socket: Socket, drained: () => void) {
    this.#socket = socket;
    this.#drained = drained;
    const handle = (socket as unknown as { readonly _handle: Handle | null })._handle;
    if (typeof handle?.writeBuffer !== "function" || typeof handle.writeQueueSize !== "number") return;
    this.#handle = handle;
    if (WriteWrap === undefined) learnFrom(handle);
  }

  /** Bytes that the peer has not taken yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Sends `bytes`, which nobody may change afterwards. False: the peer is slow, and `drained` follows. */
  write(bytes: Buffer): boolean {
    const handle = this.#handle;
    const socket = this.#socket;
    // What waits in the stream comes first.
    if (handle === undefined || WriteWrap === undefined || socket.writableLength > 0) return socket.write(bytes);
    const request = idle ?? new WriteWrap();
    idle = undefined;
    if (handle.writeBuffer(request, bytes) < 0) {
      socket.destroy();
      return true;
    }
    this.#waiting = handle.writeQueueSize;
    if (this.#waiting === 0) idle = request;
    else this.#keep(request, bytes, handle);
    return this.#waiting === 0;
  }

  /** Request and bytes are Node.js's until it says so. */
  #keep(request: WriteRequest, bytes: Buffer, handle: Handle): void {
    request.buffer = bytes;
    request.oncomplete = (status) => {
      this.#waiting = handle.writeQueueSize;
      if (status < 0) this.#socket.destroy();
      else if (this.#waiting === 0) this.#drained();
    };
  }
}

/** Looks at the next write that Node.js makes with this handle. */
function learnFrom(handle: Handle): void {
  const { writeBuffer } = handle;
  handle.writeBuffer = (request, bytes) => {
    Reflect.deleteProperty(handle, "writeBuffer");
    const made = request.constructor;
    if (made.name === "WriteWrap") WriteWrap = made as new () => WriteRequest;
    return writeBuffer.call(handle, request, bytes);
  };
}
