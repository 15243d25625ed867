import { connect, type Socket } from "node:net";
import { encodeAuthorizeRequest, encodePreamble } from "@hotkeep/dax-wire";

/** A decoded answer: `codes` empty for success, then the values behind the marker. */
export interface RawAnswer {
  readonly codes: readonly number[];
  readonly message?: string;
  readonly info?: readonly unknown[] | null;
  readonly values: readonly unknown[];
  readonly bytes: Buffer;
}

/** A DAX client that sends exactly what a test tells it to. */
export class RawClient {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #ended = false;
  failure: Error | undefined;
  readonly #wake = new Set<() => void>();

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#tell();
    });
    socket.on("end", () => {
      this.#ended = true;
      this.#tell();
    });
    socket.on("error", (error) => {
      this.failure = error;
      this.#ended = true;
      this.#tell();
    });
  }

  static async dial(port: number): Promise<RawClient> {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new RawClient(socket);
  }

  /** A client on a connection of the caller's own, which is there. */
  static over(socket: Socket): RawClient {
    return new RawClient(socket);
  }

  /** Dials and says preamble and authorisation. */
  static async authorized(port: number, accessKeyId: string, options: AuthorizeOptions = {}): Promise<RawClient> {
    const client = await RawClient.dial(port);
    client.send(encodePreamble("RawClient-1", null), authorizeFrame(accessKeyId, options));
    return client;
  }

  send(...frames: Buffer[]): void {
    this.socket.write(Buffer.concat(frames));
  }

  /** Bytes received that no answer has taken yet. */
  get unread(): Buffer {
    return this.#received;
  }

  /** Sends a frame and reads its answer of `count` values behind the marker. */
  ask(frame: Buffer, count = 1): Promise<RawAnswer> {
    this.send(frame);
    return this.answer(count);
  }

  /** Reads one answer. @throws when the connection ends before it is complete */
  async answer(count = 1): Promise<RawAnswer> {
    for (;;) {
      const answer = readAnswer(this.#received, count);
      if (answer !== undefined) {
        this.#received = this.#received.subarray(answer.bytes.length);
        return answer;
      }
      if (this.#ended) throw new Error(`connection ended: ${this.failure?.message ?? "FIN"}`);
      await this.#next();
    }
  }

  /** Waits for the other end's FIN. */
  async ended(): Promise<void> {
    while (!this.#ended) await this.#next();
  }

  close(): void {
    this.socket.destroy();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wake.delete(wake);
        resolve();
      };
      this.#wake.add(wake);
    });
  }

  #tell(): void {
    for (const wake of [...this.#wake]) wake();
  }
}

export interface AuthorizeOptions {
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  readonly region?: string;
  readonly now?: number;
}

/** An authorizeConnection frame for a key of the stand-in gateway. */
export function authorizeFrame(accessKeyId: string, options: AuthorizeOptions = {}): Buffer {
  return encodeAuthorizeRequest({
    accessKeyId,
    secretAccessKey: `secret-of-${accessKeyId}`,
    region: "us-west-2",
    now: Date.now(),
    ...options,
  });
}

class Incomplete extends Error {}

function readAnswer(bytes: Buffer, count: number): RawAnswer | undefined {
  try {
    const [codes, at] = readValue(bytes, 0) as [number[], number];
    let end = at;
    const values: unknown[] = [];
    const wanted = codes.length > 0 ? 2 : count;
    for (let i = 0; i < wanted; i++) {
      const [value, next] = readValue(bytes, end);
      values.push(value);
      end = next;
    }
    const taken = bytes.subarray(0, end);
    if (codes.length === 0) return { codes, values, bytes: taken };
    const [message, info] = values as [string, unknown[] | null];
    return { codes, message, info, values: [], bytes: taken };
  } catch (error) {
    if (error instanceof Incomplete) return undefined;
    throw error;
  }
}

/** Enough CBOR for a node's answers. */
function readValue(bytes: Buffer, at: number): [unknown, number] {
  const need = (end: number): void => {
    if (end > bytes.length) throw new Incomplete();
  };
  need(at + 1);
  const major = bytes[at]! >> 5;
  const minor = bytes[at]! & 31;
  let next = at + 1;
  let size = minor;
  if (major === 7) {
    if (minor === 26 || minor === 27) {
      const length = minor === 26 ? 4 : 8;
      need(next + length);
      return [minor === 26 ? bytes.readFloatBE(next) : bytes.readDoubleBE(next), next + length];
    }
    return [minor === 20 ? false : minor === 21 ? true : null, next];
  }
  if (minor >= 24 && minor < 28) {
    const length = 1 << (minor - 24);
    need(next + length);
    size = length === 8 ? Number(bytes.readBigUInt64BE(next)) : bytes.readUIntBE(next, length);
    next += length;
  }
  switch (major) {
    case 0:
      return [size, next];
    case 1:
      return [-1 - size, next];
    case 2:
    case 3:
      need(next + size);
      return [major === 2 ? bytes.subarray(next, next + size) : bytes.toString("utf8", next, next + size), next + size];
    case 4: {
      const list: unknown[] = [];
      for (let i = 0; i < size; i++) {
        const [value, end] = readValue(bytes, next);
        list.push(value);
        next = end;
      }
      return [list, next];
    }
    case 5: {
      const map = new Map<unknown, unknown>();
      for (let i = 0; i < size; i++) {
        const [key, middle] = readValue(bytes, next);
        const [value, end] = readValue(bytes, middle);
        map.set(key, value);
        next = end;
      }
      return [map, next];
    }
    default:
      return readValue(bytes, next);
  }
}
