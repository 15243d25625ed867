import { createHash, createHmac } from "node:crypto";
import { connect, type Socket } from "node:net";
import { encodeEndpointsRequest, encodePreamble, methodIds } from "@hotkeep/dax-wire";
import { amzDate, signingKey } from "@hotkeep/protocols";
import type { Keys } from "../clients.js";

/** The five arguments of authorizeConnection, as a client that may lie fills them in. */
export interface Claim {
  readonly accessKeyId: string;
  readonly signature: string;
  readonly stringToSign: string;
  readonly sessionToken: string | null;
}

/** What a claim is made from. */
export interface ClaimWish {
  readonly keys: Keys;
  readonly region: string;
  readonly aheadSeconds?: number;
  /** In place of `dax`, in the scope and in the key. */
  readonly service?: string;
  /** The host that the fixed request is for. */
  readonly host?: string;
  /** In place of the signed request's method. */
  readonly method?: string;
  readonly path?: string;
  readonly payload?: string;
  /** Changes the string before it is signed. */
  edit?(stringToSign: string): string;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A claim that is signed, over the fixed request or another. */
export function claim(wish: ClaimWish): Claim {
  const { keys, region, service = "dax", host = "dax.amazonaws.com", method = "POST", path = "/" } = wish;
  const date = amzDate(Date.now() + (wish.aheadSeconds ?? 0) * 1000);
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const canonical = `${method}\n${path}\n\nhost:${host}\nx-amz-date:${date}\n\nhost;x-amz-date\n${sha256(wish.payload ?? "")}`;
  const plain = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`;
  const stringToSign = wish.edit === undefined ? plain : wish.edit(plain);
  const key = signingKey(keys.secretAccessKey, date.slice(0, 8), region, service);
  const signature = createHmac("sha256", key).update(stringToSign).digest("hex");
  return { accessKeyId: keys.accessKeyId, signature, stringToSign, sessionToken: keys.sessionToken ?? null };
}

/** The head of a CBOR value of `major` type with the number `value`. */
function cborHead(major: number, value: number): Buffer {
  const type = major << 5;
  if (value < 24) return Buffer.from([type | value]);
  if (value < 256) return Buffer.from([type | 24, value]);
  if (value < 65_536) return Buffer.from([type | 25, value >> 8, value & 255]);
  const wide = Buffer.from([type | 26, 0, 0, 0, 0]);
  wide.writeUInt32BE(value, 1);
  return wide;
}

function cborInteger(value: number): Buffer {
  return value < 0 ? cborHead(1, -1 - value) : cborHead(0, value);
}

function cborBytes(major: 2 | 3, text: string | null): Buffer {
  if (text === null) return Buffer.from([0xf6]);
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([cborHead(major, bytes.length), bytes]);
}

/** The frame of a claim. */
export function authorizeFrame({ accessKeyId, signature, stringToSign, sessionToken }: Claim): Buffer {
  return Buffer.concat([
    cborInteger(1),
    cborInteger(methodIds.authorizeConnection),
    cborBytes(3, accessKeyId),
    cborBytes(3, signature),
    cborBytes(2, stringToSign),
    cborBytes(3, sessionToken),
    cborBytes(3, null),
  ]);
}

/** `[4, 23, 31, 33]`: what every client takes for "authorise first". */
const authenticationRequired = Buffer.from([0x84, 0x04, 0x17, 0x18, 31, 0x18, 33]);
const answerMs = 60_000;

/** What a node makes of a request behind an authorisation. */
export type DaxVerdict = "served" | "authentication required" | "closed" | "error";

/** One connection to a node, told frame by frame what to send. */
export class DaxConnection {
  readonly #socket: Socket;
  readonly #received: Buffer[] = [];
  #ended = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (part) => {
      this.#received.push(part);
      this.#wake();
    });
    const end = (): void => {
      this.#ended = true;
      this.#wake();
    };
    socket.on("close", end);
    socket.on("error", end);
  }

  /** Connects and greets. @throws Error when nobody listens */
  static async open(daxEndpoint: string): Promise<DaxConnection> {
    const { hostname, port } = new URL(daxEndpoint.replace(/^dax:/, "http:"));
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    const connection = new DaxConnection(socket);
    socket.write(encodePreamble("forger", null));
    return connection;
  }

  send(frame: Buffer): void {
    this.#socket.write(frame);
  }

  /** Asks for the cluster's endpoints, which needs an authorisation and no permission. */
  async probe(): Promise<{ readonly verdict: DaxVerdict; readonly bytes: Buffer }> {
    const bytes = await this.ask(encodeEndpointsRequest());
    if (bytes.length === 0) return { verdict: "closed", bytes };
    if (bytes[0] === 0x80) return { verdict: "served", bytes };
    const required = bytes.subarray(0, authenticationRequired.length).equals(authenticationRequired);
    return { verdict: required ? "authentication required" : "error", bytes };
  }

  /** Sends a frame and waits for the beginning of its answer; empty when the connection has ended. */
  async ask(frame: Buffer): Promise<Buffer> {
    this.#received.length = 0;
    this.send(frame);
    const late = setTimeout(() => this.#socket.destroy(), answerMs);
    while (this.#received.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    clearTimeout(late);
    return Buffer.concat(this.#received);
  }

  close(): void {
    this.#socket.destroy();
  }
}
