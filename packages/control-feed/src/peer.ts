import type { Duplex } from "node:stream";
import { type Clock, HotkeepError, type Logger, type Timer } from "@hotkeep/core";
import { encodeFrame, type Frame, FrameReader } from "./frames.js";
import type { FeedLimits } from "./limits.js";
import { fromWireError, toWireError } from "./wire-error.js";

/** What the owner of a peer does with what comes in. */
export interface PeerReceiver {
  /** @throws what the other end shall see; anything but AwsError and HotkeepError is told as `FeedHandlerFailed` */
  onRequest(name: string, body: unknown): unknown;
  /** May return a promise; a delivered notice is acknowledged when it settles. */
  onNotice(name: string, body: unknown): unknown;
  onClose(reason: string): void;
}

interface Waiting {
  readonly resolve: (body: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: Timer;
}

/** One end of one connection: frames, requests with their answers, notices, signs of life. Knows no message by name. */
export class FeedPeer {
  readonly #socket: Duplex;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #limits: FeedLimits;
  readonly #receiver: PeerReceiver;
  readonly #reader: FrameReader;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #running = 0;
  #heardAt: number;
  #lifeTimer: Timer;
  #corked = false;
  #closed = false;

  constructor(socket: Duplex, clock: Clock, logger: Logger, limits: FeedLimits, receiver: PeerReceiver) {
    this.#socket = socket;
    this.#clock = clock;
    this.#logger = logger;
    this.#limits = limits;
    this.#receiver = receiver;
    this.#reader = new FrameReader(limits.frameBytesMax);
    this.#heardAt = clock.monotonic();
    this.#lifeTimer = clock.after(limits.pingAfterMs, () => this.#checkLife());
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("error", (error) => this.close(error.message));
    socket.on("end", () => this.close("the other end closed the connection"));
    socket.on("close", () => this.close("the connection is closed"));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** True when so much waits to be sent that nothing optional should be added. */
  get clogged(): boolean {
    return this.#socket.writableLength > this.#limits.outgoingBytesMax;
  }

  /** @throws HotkeepError `FeedDisconnected`, `FeedOverloaded`, `FeedTimeout`, or what the other end's handler threw */
  request(name: string, body: unknown, timeoutMs = this.#limits.requestTimeoutMs): Promise<unknown> {
    return this.#ask("request", name, body, timeoutMs);
  }

  /** As {@link request}, for a notice that must have been taken in. */
  deliver(name: string, body: unknown, timeoutMs = this.#limits.requestTimeoutMs): Promise<unknown> {
    return this.#ask("deliver", name, body, timeoutMs);
  }

  notify(name: string, body: unknown): void {
    this.#send(["notice", name, body]);
  }

  /** Ends the connection; everything still waiting is refused with `FeedDisconnected`. */
  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#lifeTimer.cancel();
    // What was handed over before still goes out; a peer that does not read must not hold the socket.
    this.#socket.end();
    this.#clock.after(this.#limits.silenceMaxMs, () => this.#socket.destroy());
    const error = new HotkeepError("FeedDisconnected", `The control feed's connection ended: ${reason}.`);
    for (const waiting of this.#waiting.values()) {
      waiting.timer.cancel();
      waiting.reject(error);
    }
    this.#waiting.clear();
    this.#receiver.onClose(reason);
  }

  /** Ends the connection at once, unsent bytes and all. */
  destroy(reason: string): void {
    this.close(reason);
    this.#socket.destroy();
  }

  #ask(kind: "request" | "deliver", name: string, body: unknown, timeoutMs: number): Promise<unknown> {
    if (this.#closed) {
      return Promise.reject(new HotkeepError("FeedDisconnected", "The control feed's connection is closed."));
    }
    if (this.clogged || this.#waiting.size >= this.#limits.requestsWaitingMax) {
      return Promise.reject(
        new HotkeepError("FeedOverloaded", `Too much waits on the control feed to ask for \`${name}\`.`),
      );
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(timeoutMs, () => {
        this.#waiting.delete(id);
        reject(new HotkeepError("FeedTimeout", `No answer to \`${name}\` on the control feed in ${timeoutMs} ms.`));
      });
      this.#waiting.set(id, { resolve, reject, timer });
      try {
        this.#send([kind, id, name, body]);
      } catch (error) {
        timer.cancel();
        this.#waiting.delete(id);
        reject(error);
      }
    });
  }

  #send(frame: Frame): void {
    if (this.#closed) return;
    const bytes = encodeFrame(frame, this.#limits.frameBytesMax);
    if (!this.#corked) {
      // One TLS record and one system call for everything said in this turn.
      this.#corked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#corked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(bytes);
  }

  #receive(chunk: Buffer): void {
    this.#heardAt = this.#clock.monotonic();
    let frames: readonly Frame[];
    try {
      frames = this.#reader.push(chunk);
    } catch (error) {
      this.#logger.warn("control feed: unreadable message", { error });
      this.destroy((error as Error).message);
      return;
    }
    for (const frame of frames) {
      if (this.#closed) return;
      this.#take(frame);
    }
  }

  #take(frame: Frame): void {
    switch (frame[0]) {
      case "request":
        void this.#answer(frame[1], frame[2], () => this.#receiver.onRequest(frame[2], frame[3]));
        return;
      case "deliver":
        void this.#answer(frame[1], frame[2], async () => {
          await this.#receiver.onNotice(frame[2], frame[3]);
          return null;
        });
        return;
      case "notice":
        void this.#hear(frame[1], frame[2]);
        return;
      case "answer":
        this.#settle(frame[1])?.resolve(frame[2]);
        return;
      case "failure":
        this.#settle(frame[1])?.reject(fromWireError(frame[2]));
        return;
      case "ping":
        this.#send(["pong"]);
        return;
      case "pong":
        return;
    }
  }

  async #hear(name: string, body: unknown): Promise<void> {
    try {
      await this.#receiver.onNotice(name, body);
    } catch (error) {
      this.#logger.error("control feed: a listener failed", { name, error });
    }
  }

  async #answer(id: number, name: string, work: () => unknown): Promise<void> {
    if (this.#running >= this.#limits.requestsRunningMax) {
      const message = `More than ${this.#limits.requestsRunningMax} requests run on this control feed connection.`;
      this.#send(["failure", id, { type: "hotkeep", code: "FeedOverloaded", message }]);
      return;
    }
    this.#running += 1;
    try {
      this.#send(["answer", id, await work()]);
    } catch (error) {
      const wire = toWireError(error);
      if (wire === undefined) this.#logger.error("control feed: a request failed", { name, error });
      this.#send([
        "failure",
        id,
        wire ?? { type: "hotkeep", code: "FeedHandlerFailed", message: `The other end failed to answer \`${name}\`.` },
      ]);
    } finally {
      this.#running -= 1;
    }
  }

  #settle(id: number): Waiting | undefined {
    // An answer that comes after its timeout finds nobody.
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.timer.cancel();
    return waiting;
  }

  #checkLife(): void {
    if (this.#closed) return;
    if (this.#silentMs() >= this.#limits.silenceMaxMs) {
      // This process may have been busy itself: what has arrived meanwhile is read before the verdict.
      setImmediate(() => {
        if (this.#silentMs() < this.#limits.silenceMaxMs) this.#watchLife();
        else this.destroy(`nothing heard for ${Math.round(this.#silentMs())} ms`);
      });
      return;
    }
    if (this.#silentMs() >= this.#limits.pingAfterMs) this.#send(["ping"]);
    this.#watchLife();
  }

  #watchLife(): void {
    if (!this.#closed) this.#lifeTimer = this.#clock.after(this.#limits.pingAfterMs, () => this.#checkLife());
  }

  #silentMs(): number {
    return this.#clock.monotonic() - this.#heardAt;
  }
}
