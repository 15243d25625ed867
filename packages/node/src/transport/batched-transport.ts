import { lookup } from "node:dns/promises";
import { constants } from "node:os";
import { getSystemErrorMap } from "node:util";
import type { Clock, Timer } from "@hotkeep/core";
import { BatchedConnection, type BatchedSockets } from "./batched-connection.js";
import { listenFailed } from "./listen-failed.js";
import {
  entryNumbers,
  eventKinds,
  type NativeSockets,
  outputNumbers,
  type SocketsHandle,
  watchBits,
} from "./native-sockets.js";
import type { Listening, ListenOptions, Transport } from "./transport.js";

/** Longer answers are sent by a call of their own, from where they are. */
const gatheredBytesMax = 16 * 1024;

/** Sockets beyond `connectionsMax`, for connections that are being told that they are too many. */
const turnedAwayMax = 1_024;

/** Pause before connections are accepted again after the process ran out of descriptors. */
const acceptAgainMs = 100;

const backlog = 4_096;

const { EAGAIN } = constants.errno;

/** The transport that reads many sockets per wake-up and answers them all with one call. Linux, compiled part needed. */
export function batchedTransport(clock: Clock, native: NativeSockets): Transport {
  return {
    name: "batched",
    async listen(options) {
      try {
        const { address } = await lookup(options.address);
        return new BatchedListener(clock, native, options, address);
      } catch (cause) {
        throw listenFailed(options, cause as Error);
      }
    },
  };
}

function systemError(call: string, status: number): Error {
  const [code, text] = getSystemErrorMap().get(status) ?? [`errno ${-status}`, "unknown error"];
  return Object.assign(new Error(`${call} ${code}: ${text}`), { code, errno: status, syscall: call });
}

class BatchedListener implements Listening, BatchedSockets {
  readonly port: number;
  readonly traffic = { bytesIn: 0, bytesOut: 0 };
  readonly #clock: Clock;
  readonly #native: NativeSockets;
  readonly #options: ListenOptions;
  readonly #handle: SocketsHandle;
  readonly #events: Int32Array;
  readonly #outputs: Int32Array;
  readonly #input: Buffer;
  readonly #output: Buffer;
  readonly #slots: (BatchedConnection | undefined)[] = [];
  #connections = 0;
  #bytesWaiting = 0;
  #stopped = false;
  #closed = false;
  #acceptAgain: Timer | undefined;
  #whenEmpty: (() => void) | undefined;
  #serving = false;
  /** Answers are gathered: entries, bytes that were copied, memory that was not, and which batch it is. */
  #batch = 0;
  #outputCount = 0;
  #outputUsed = 0;
  #lastOutput: BatchedConnection | undefined;
  readonly #sources: Buffer[] = [];
  readonly #sourceNumbers = new Map<Buffer, number>();
  #lastSource: Buffer | undefined;
  #lastSourceNumber = 0;
  #flushSoon = false;

  /** @throws Error as the system calls give it */
  constructor(clock: Clock, native: NativeSockets, options: ListenOptions, address: string) {
    this.#clock = clock;
    this.#native = native;
    this.#options = options;
    const region = new ArrayBuffer(native.regionBytes);
    this.#events = new Int32Array(region, native.eventsAt, native.eventsMax * entryNumbers);
    this.#outputs = new Int32Array(region, native.outputsAt, native.outputsMax * outputNumbers);
    this.#input = Buffer.from(region, native.inputAt, native.outputAt - native.inputAt);
    this.#output = Buffer.from(region, native.outputAt, native.outputBytes);
    const slotsMax = options.connectionsMax + turnedAwayMax;
    const ready = (events: number): void => this.#serve(events);
    const opened = native.open(address, options.port, backlog, slotsMax, region, ready);
    if (typeof opened === "number") throw systemError("listen", opened);
    this.#handle = opened;
    this.port = native.port(opened);
    if (this.port < 0) {
      native.close(opened);
      throw systemError("getsockname", this.port);
    }
  }

  get connections(): number {
    return this.#connections;
  }

  evict(): void {
    for (const connection of this.#open()) {
      if (!this.#options.admits(connection.remoteAddress)) connection.finish();
    }
  }

  settle(connection?: BatchedConnection): void {
    if (connection === undefined || connection.batch === this.#batch) this.#flush();
  }

  stopAccepting(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#acceptAgain?.cancel();
    this.#native.stop(this.#handle);
    this.#closeWhenIdle();
  }

  async close(withinMs: number): Promise<void> {
    this.stopAccepting();
    for (const connection of this.#open()) connection.finish();
    if (this.#connections > 0) {
      await new Promise<void>((resolve) => {
        this.#whenEmpty = resolve;
        this.#clock.after(withinMs, resolve);
      });
    }
    for (const connection of this.#open()) connection.drop();
    this.#closeWhenIdle();
  }

  #open(): BatchedConnection[] {
    return this.#slots.filter((connection) => connection !== undefined);
  }

  // The wake-up.

  #serve(count: number): void {
    this.#serving = true;
    const now = this.#clock.monotonic();
    for (let i = 0, at = 0; i < count; i++, at += entryNumbers) {
      try {
        this.#happened(at, now);
      } catch (error) {
        // One session's mistake is not another's: the rest of the batch goes on, and the error where uncaught ones go.
        process.nextTick(() => {
          throw error;
        });
      }
    }
    this.#serving = false;
    this.#flush();
    this.#closeWhenIdle();
  }

  #happened(at: number, now: number): void {
    const events = this.#events;
    const kind = events[at]!;
    const slot = events[at + 1]!;
    const offset = events[at + 2]!;
    const length = events[at + 3]!;
    if (kind === eventKinds.accepted) {
      this.#accept(slot, this.#input.toString("latin1", offset, offset + length));
      return;
    }
    if (kind === eventKinds.acceptFailed) {
      this.#acceptAgain = this.#clock.after(acceptAgainMs, () => {
        if (!this.#stopped) this.#native.accepting(this.#handle);
      });
      return;
    }
    // Something earlier in this batch may have ended it.
    const connection = this.#slots[slot];
    if (connection === undefined) return;
    if (kind === eventKinds.received) {
      this.traffic.bytesIn += length;
      connection.received(this.#input, offset, offset + length, now);
    } else if (kind === eventKinds.writable) connection.writable();
    else if (kind === eventKinds.ended) connection.ended();
    else connection.drop();
  }

  #accept(slot: number, remoteAddress: string): void {
    const { admits, accept, connectionsMax } = this.#options;
    if (!admits(remoteAddress)) {
      this.#native.drop(this.#handle, slot);
      return;
    }
    const connection = new BatchedConnection(this, slot, remoteAddress);
    this.#slots[slot] = connection;
    this.#connections++;
    if (this.#connections > connectionsMax) connection.finish();
    else connection.events = accept(connection);
  }

  // What connections ask for.

  gather(connection: BatchedConnection, bytes: Buffer, start: number, end: number, steady: boolean): boolean {
    const length = end - start;
    if (length > gatheredBytesMax) return false;
    // Two entries of one connection in a batch: should the first fall short, the second must not be sent. Unless they
    // follow one another, for then they are sent together.
    const apart = this.#lastOutput !== connection && connection.batch === this.#batch;
    if (
      apart ||
      this.#outputCount === this.#native.outputsMax ||
      (steady && this.#sources.length === this.#native.sourcesMax) ||
      (!steady && this.#outputUsed + length > this.#output.length)
    ) {
      this.#flush();
      if (connection.bytesWaiting > 0) return false;
    }
    if (steady) this.#enter(connection, this.#sourceOf(bytes), start, length);
    else {
      // Part of a buffer needs a view, and that costs more than the copying.
      if (length === bytes.length) this.#output.set(bytes, this.#outputUsed);
      else bytes.copy(this.#output, this.#outputUsed, start, end);
      this.#enter(connection, 0, this.#outputUsed, length);
      this.#outputUsed += length;
    }
    this.traffic.bytesOut += length;
    if (!this.#serving && !this.#flushSoon) {
      // Answers that do not come from within a wake-up often come several at a time: they leave when all have come.
      this.#flushSoon = true;
      queueMicrotask(() => {
        this.#flushSoon = false;
        this.#flush();
      });
    }
    return true;
  }

  #enter(connection: BatchedConnection, source: number, offset: number, length: number): void {
    const outputs = this.#outputs;
    const at = this.#outputCount++ * outputNumbers;
    outputs[at] = connection.slot;
    outputs[at + 1] = source;
    outputs[at + 2] = offset;
    outputs[at + 3] = length;
    connection.batch = this.#batch;
    this.#lastOutput = connection;
  }

  /** Number under which a piece of memory is known in this batch. */
  #sourceOf(memory: Buffer): number {
    if (memory === this.#lastSource) return this.#lastSourceNumber;
    let number = this.#sourceNumbers.get(memory);
    if (number === undefined) {
      number = this.#sources.push(memory);
      this.#sourceNumbers.set(memory, number);
    }
    this.#lastSource = memory;
    this.#lastSourceNumber = number;
    return number;
  }

  send(connection: BatchedConnection, bytes: Buffer, start: number, end: number): number | undefined {
    const sent = this.#native.send(this.#handle, connection.slot, bytes, start, end);
    if (sent >= 0) {
      this.traffic.bytesOut += sent;
      return sent;
    }
    if (sent === -EAGAIN) return 0;
    connection.drop();
    return undefined;
  }

  waiting(bytes: number): boolean {
    this.#bytesWaiting += bytes;
    return this.#bytesWaiting <= this.#options.bytesWaitingTotalMax;
  }

  watch(connection: BatchedConnection): void {
    const bits = (connection.wantsRead ? watchBits.read : 0) | (connection.wantsWrite ? watchBits.write : 0);
    if (this.#native.watch(this.#handle, connection.slot, bits) < 0) connection.drop();
  }

  fin(connection: BatchedConnection): void {
    // A peer that has reset is not connected any more: it has gone.
    if (this.#native.finish(this.#handle, connection.slot) < 0) connection.drop();
  }

  release(connection: BatchedConnection): void {
    this.#native.drop(this.#handle, connection.slot);
    this.#slots[connection.slot] = undefined;
    this.#connections--;
    // Not from within a call of the session's.
    queueMicrotask(() => {
      const { events } = connection;
      connection.events = undefined;
      events?.closed();
    });
    if (this.#connections > 0) return;
    this.#whenEmpty?.();
    this.#closeWhenIdle();
  }

  linger(fire: () => void): Timer {
    return this.#clock.after(this.#options.lingerMs, fire);
  }

  /** Sends what was gathered. */
  #flush(): void {
    const count = this.#outputCount;
    if (count === 0 || this.#closed) return;
    this.#outputCount = 0;
    this.#outputUsed = 0;
    this.#lastOutput = undefined;
    this.#batch++;
    const sources = this.#sources;
    if (this.#native.flush(this.#handle, count, sources)) this.#takeBack(count);
    if (sources.length === 0) return;
    sources.length = 0;
    this.#sourceNumbers.clear();
    this.#lastSource = undefined;
  }

  /** What peers have not taken waits with their connections. */
  #takeBack(count: number): void {
    const outputs = this.#outputs;
    for (let i = 0, at = 0; i < count; i++, at += outputNumbers) {
      const source = outputs[at + 1]!;
      const offset = outputs[at + 2]!;
      const length = outputs[at + 3]!;
      const result = outputs[at + 4]!;
      if (result === length) continue;
      const connection = this.#slots[outputs[at]!];
      if (connection === undefined) continue;
      const memory = source === 0 ? this.#output : this.#sources[source - 1]!;
      if (result < 0 && result !== -EAGAIN) connection.drop();
      else connection.fellShort(Buffer.from(memory.subarray(offset + Math.max(0, result), offset + length)));
    }
  }

  /** Lets the process end: nothing listens and nobody is connected. */
  #closeWhenIdle(): void {
    if (!this.#stopped || this.#connections > 0 || this.#serving || this.#closed) return;
    this.#closed = true;
    this.#native.close(this.#handle);
  }
}
