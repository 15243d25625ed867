import { HotkeepError } from "@hotkeep/core";
import type { WireError } from "./wire-error.js";

/**
 * What travels: one JSON array a frame. `deliver` is a notice whose sender waits until the listener has run; it is
 * answered like a request.
 */
export type Frame =
  | readonly ["request", id: number, name: string, body: unknown]
  | readonly ["deliver", id: number, name: string, body: unknown]
  | readonly ["answer", id: number, body: unknown]
  | readonly ["failure", id: number, error: WireError]
  | readonly ["notice", name: string, body: unknown]
  | readonly ["ping"]
  | readonly ["pong"];

const HEADER_BYTES = 4;

/**
 * A frame as bytes: length as four bytes, big end first, then JSON in UTF-8.
 *
 * @throws HotkeepError `FeedFrameTooLarge`
 */
export function encodeFrame(frame: Frame, frameBytesMax: number): Buffer {
  const text = JSON.stringify(frame);
  const length = Buffer.byteLength(text);
  if (length > frameBytesMax) {
    throw new HotkeepError("FeedFrameTooLarge", `A feed message of ${length} bytes exceeds ${frameBytesMax} bytes.`);
  }
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + length);
  bytes.writeUInt32BE(length, 0);
  bytes.write(text, HEADER_BYTES);
  return bytes;
}

/** Cuts a byte stream into frames. Holds at most one unfinished frame. */
export class FrameReader {
  readonly #frameBytesMax: number;
  #chunks: Buffer[] = [];
  #held = 0;
  #wanted: number | undefined;

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax;
  }

  /**
   * The frames that `chunk` completes.
   *
   * @throws HotkeepError `FeedFrameTooLarge`, `FeedFrameInvalid`: the stream cannot be read on
   */
  push(chunk: Buffer): readonly Frame[] {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    const frames: Frame[] = [];
    for (;;) {
      if (this.#wanted === undefined) {
        if (this.#held < HEADER_BYTES) return frames;
        this.#wanted = this.#take(HEADER_BYTES).readUInt32BE(0);
        if (this.#wanted > this.#frameBytesMax) {
          throw new HotkeepError(
            "FeedFrameTooLarge",
            `The other end announced a feed message of ${this.#wanted} bytes; the limit is ${this.#frameBytesMax}.`,
          );
        }
      }
      if (this.#held < this.#wanted) return frames;
      frames.push(parseFrame(this.#take(this.#wanted)));
      this.#wanted = undefined;
    }
  }

  #take(count: number): Buffer {
    const joined = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#held);
    this.#held -= count;
    this.#chunks = this.#held === 0 ? [] : [joined.subarray(count)];
    return joined.subarray(0, count);
  }
}

function parseFrame(bytes: Buffer): Frame {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new HotkeepError("FeedFrameInvalid", "A feed message is not JSON.", { cause });
  }
  if (!isFrame(value)) throw new HotkeepError("FeedFrameInvalid", "A feed message has an unknown form.");
  return value;
}

function isFrame(value: unknown): value is Frame {
  if (!Array.isArray(value)) return false;
  switch (value[0]) {
    case "request":
    case "deliver":
      return Number.isSafeInteger(value[1]) && typeof value[2] === "string" && value.length === 4;
    case "answer":
      return Number.isSafeInteger(value[1]) && value.length === 3;
    case "failure":
      return Number.isSafeInteger(value[1]) && typeof value[2] === "object" && value[2] !== null && value.length === 3;
    case "notice":
      return typeof value[1] === "string" && value.length === 3;
    case "ping":
    case "pong":
      return value.length === 1;
    default:
      return false;
  }
}
