import { type Clock, type Logger, type Random, uuid } from "@hotkeep/core";
import {
  closingResponse,
  type DaxError,
  FrameScanner,
  type GetItemHead,
  type MethodName,
  methodIds,
  methodName,
  readGetItemHead,
  readPreamble,
  WireError,
} from "@hotkeep/dax-wire";
import type { ItemCache } from "../cache/item-cache.js";
import { authenticationRequired, daxErrorFor, recovering, throttled } from "../failure.js";
import type { NodeLimits } from "../limits.js";
import type { NodeMetrics } from "../metrics.js";
import type { Watch } from "../sight/watch.js";
import type { Connection, ConnectionEvents } from "../transport/transport.js";
import { getItemBit, getItemIndex } from "./actions.js";
import { type Authorization, authorize } from "./authorize.js";
import type { Callers } from "./callers.js";
import { countRequest } from "./counting.js";
import type { Gatekeeper, RunningCount } from "./gatekeeper.js";
import type { ClusterFacts, Identity } from "./identity.js";
import { type InputBudget, WaitingInput } from "./input.js";
import { Output, type OutputScratch } from "./output.js";

/** What all sessions of a node share. */
export interface SessionShared {
  readonly limits: NodeLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly cluster: ClusterFacts;
  readonly callers: Callers;
  readonly items: ItemCache;
  readonly gatekeeper: Gatekeeper;
  readonly metrics: NodeMetrics;
  readonly watch: Watch;
  readonly inputBudget: InputBudget;
  readonly outputScratch: OutputScratch;
  /** Requests that wait for a table, a policy or the gateway now. */
  readonly running: RunningCount;
}

/** Answers of one chunk go out in more than one write when they are longer than this: a small frame may ask for much. */
const outputStepBytes = 256 * 1024;
/** Answers up to this length are lent by the cache and copied if need be; longer ones go by themselves. */
const lentBytesMax = 32 * 1024;

/** One for all: filled and read within one synchronous step. */
const head: GetItemHead = { tableStart: 0, tableEnd: 0, keyStart: 0, keyEnd: 0, plain: false };

/**
 * One DAX connection from preamble to FIN. Requests are answered in the order of their arrival, one at a time; what
 * can be answered from memory is answered within the call that brought the bytes, all of it in one write.
 */
export class Session implements ConnectionEvents {
  readonly #shared: SessionShared;
  readonly #connection: Connection;
  readonly #scanner = new FrameScanner();
  readonly #waiting: WaitingInput;
  readonly #output: Output;
  #greeted = false;
  #userAgent: string | null = null;
  #identity: Identity | undefined;
  /** A request runs, or the peer does not read: nothing further is begun. */
  #busy = false;
  #clogged = false;
  #paused = false;
  #ended = false;
  #over = false;

  constructor(shared: SessionShared, connection: Connection) {
    this.#shared = shared;
    this.#connection = connection;
    this.#waiting = new WaitingInput(shared.inputBudget);
    this.#output = new Output(shared.outputScratch);
  }

  receive(chunk: Buffer): void {
    if (this.#over) return;
    if (this.#waiting.length === 0 && !this.#busy && !this.#clogged) {
      const consumed = this.#process(chunk, 0, chunk.length);
      if (this.#over || consumed === chunk.length) return;
      this.#keep(chunk, consumed);
      return;
    }
    this.#keep(chunk, 0);
    this.#proceed();
  }

  drained(): void {
    this.#clogged = false;
    this.#proceed();
  }

  ended(): void {
    this.#ended = true;
    // What is complete is still answered; an incomplete frame never will be.
    if (!this.#busy && !this.#clogged) this.#finish();
  }

  closed(): void {
    this.#over = true;
    this.#waiting.release();
  }

  /** Copies what cannot be processed yet, and stops reading when enough waits. */
  #keep(chunk: Buffer, from: number): void {
    // Behind a request that runs nobody has looked yet, so nothing is known of how much is to come.
    const announced = this.#busy || this.#clogged ? 0 : this.#scanner.bytesNeeded;
    if (!this.#waiting.append(chunk, from, chunk.length, announced)) {
      this.#refuse(throttled("The node is holding too many incomplete requests.", uuid(this.#shared.random)));
      return;
    }
    if ((this.#busy || this.#clogged) && !this.#paused) {
      // The kernel holds the rest, and TCP slows the peer down.
      this.#paused = true;
      this.#connection.pause();
    }
  }

  /** Goes on with what waits. */
  #proceed(): void {
    if (this.#over || this.#busy || this.#clogged) return;
    if (this.#waiting.length > 0) {
      const { buffer, start, end } = this.#waiting;
      this.#waiting.consumeTo(this.#process(buffer, start, end));
      if (this.#over || this.#busy || this.#clogged) return;
    }
    if (this.#ended) {
      this.#finish();
      return;
    }
    if (this.#paused) {
      this.#paused = false;
      this.#connection.resume();
    }
  }

  /** Processes complete frames; the answer is the offset of the first byte that must wait. */
  #process(buffer: Buffer, start: number, end: number): number {
    let at = start;
    try {
      if (!this.#greeted) {
        const preamble = readPreamble(buffer, at, end);
        if (preamble === undefined) {
          if (end - at > this.#shared.limits.preambleBytesMax)
            throw new WireError("too-large", "the preamble is too long");
          return at;
        }
        this.#greeted = true;
        this.#userAgent = preamble.userAgent;
        at = preamble.end;
      }
      at = this.#frames(buffer, at, end);
    } catch (error) {
      this.#unreadable(error);
      this.#flush();
      this.#finish();
      return end;
    }
    this.#flush();
    return at;
  }

  /** Nothing behind this can be understood, or this process has failed to: either way only this connection ends. */
  #unreadable(error: unknown): void {
    const { logger } = this.#shared;
    if (!(error instanceof WireError)) {
      logger.error("a session failed", { error });
      return;
    }
    logger.debug("connection ended: unreadable input", { peer: this.#connection.remoteAddress, reason: error.message });
    const answer = closingResponse(error);
    if (answer !== null) this.#output.add(answer);
  }

  #frames(buffer: Buffer, start: number, end: number): number {
    const { clock, callers, items, metrics, watch } = this.#shared;
    const now = clock.monotonic();
    let at = start;
    while (at < end && !this.#busy && !this.#clogged) {
      const next = this.#scanner.scan(buffer, at, end);
      if (next < 0) {
        const { frameBytesMax, strangerFrameBytesMax } = this.#shared.limits;
        if (this.#scanner.bytesNeeded > (this.#identity === undefined ? strangerFrameBytesMax : frameBytesMax)) {
          throw new WireError("too-large", "the request is too long");
        }
        break;
      }
      const { method, argumentsStart } = this.#scanner;
      const identity = this.#identity;
      if (
        method === methodIds.getItem &&
        identity !== undefined &&
        (identity.allowed & getItemBit) !== 0 &&
        !identity.known.stale &&
        now < identity.until &&
        now < callers.blindFrom &&
        readGetItemHead(buffer, argumentsStart, next, head) &&
        head.plain
      ) {
        // Table and key as they lie in the frame are the cache's key.
        const entry = items.find(buffer, argumentsStart, head.keyEnd, now);
        if (entry !== undefined) {
          metrics.GetItemRequestCount++;
          metrics.TotalRequestCount++;
          metrics.ItemCacheHits++;
          identity.known.uses[getItemIndex]!++;
          const answer = entry.lent;
          if (answer.length > lentBytesMax) this.#output.add(entry.response);
          else this.#output.addLent(answer);
          if (--watch.countdown < 0) watch.hit(identity, entry, now);
          at = next;
          if (this.#output.length > outputStepBytes) this.#flush();
          continue;
        }
      }
      this.#frame(methodName(method)!, buffer, at, next, now);
      at = next;
      if (this.#output.length > outputStepBytes) this.#flush();
    }
    return at;
  }

  #frame(method: MethodName, buffer: Buffer, at: number, next: number, now: number): void {
    this.#output.keep();
    if (method === "authorizeConnection") {
      this.#authorize(buffer, at, next);
      return;
    }
    countRequest(this.#shared.metrics, method);
    const identity = this.#identity;
    if (identity === undefined || now >= identity.until) {
      this.#refused(authenticationRequired());
      return;
    }
    if (identity.known.stale || now >= this.#shared.callers.blindFrom) {
      const frame = Buffer.from(buffer.subarray(at, next));
      this.#wait(this.#renew(identity, method, frame));
      return;
    }
    const answer = this.#shared.gatekeeper.admit(identity, method, buffer, at, next, now);
    if (answer instanceof Promise) this.#wait(answer);
    else this.#output.add(answer);
  }

  /** Asks for a caller that has changed, then goes on with the request. */
  async #renew(identity: Identity, method: MethodName, frame: Buffer): Promise<Buffer> {
    const { callers, logger, random, clock } = this.#shared;
    const { accessKeyId, signingKey } = identity.known.caller;
    let known: Awaited<ReturnType<Callers["fetch"]>>;
    try {
      known = await callers.fetch(accessKeyId, identity.date);
    } catch (error) {
      logger.warn("a caller's permissions cannot be learned", { accessKeyId, error: (error as Error).message });
      return this.#error(recovering("The node cannot learn the caller's permissions.", uuid(random)));
    }
    // Another key under the same id, or none: what was signed proves nothing any more.
    if (known === undefined || known.caller.signingKey !== signingKey) {
      if (this.#identity === identity) this.#identity = undefined;
      return this.#error(authenticationRequired());
    }
    const renewed = identity.renewed(known);
    if (this.#identity === identity) this.#identity = renewed;
    return this.#shared.gatekeeper.admit(renewed, method, frame, 0, frame.length, clock.monotonic());
  }

  #authorize(buffer: Buffer, at: number, next: number): void {
    // Whatever comes of it: the identity before is gone.
    this.#identity = undefined;
    const facts = {
      sourceIp: this.#connection.remoteAddress,
      secureTransport: this.#connection.secure,
      userAgent: this.#userAgent,
    };
    const outcome = authorize(Buffer.from(buffer.subarray(at, next)), facts, this.#shared);
    if (!(outcome instanceof Promise)) {
      this.#authorized(outcome);
      return;
    }
    this.#wait(
      outcome.then((authorization) => {
        this.#authorized(authorization);
        return undefined;
      }),
    );
  }

  #authorized(authorization: Authorization): void {
    if ("identity" in authorization) this.#identity = authorization.identity;
    else {
      const { refusal: reason } = authorization;
      this.#shared.logger.info("connection not authorised", { peer: this.#connection.remoteAddress, reason });
    }
  }

  /** Holds everything behind this request until its answer is there. */
  #wait(answer: Promise<Buffer | undefined>): void {
    const { running, logger, random } = this.#shared;
    this.#busy = true;
    running.count++;
    answer
      .catch((error: unknown) => {
        logger.error("a request failed unexpectedly", { error });
        return this.#error(daxErrorFor(error, uuid(random)));
      })
      .then((bytes) => {
        running.count--;
        this.#busy = false;
        if (this.#over) return;
        if (bytes !== undefined) this.#output.add(bytes);
        this.#flush();
        this.#proceed();
      })
      .catch((error: unknown) => {
        logger.error("a session failed", { error });
        this.#finish();
      });
  }

  #refused(error: DaxError): void {
    this.#output.add(this.#error(error));
  }

  #error(error: DaxError): Buffer {
    return this.#shared.gatekeeper.error(error);
  }

  #flush(): void {
    if (this.#over) {
      this.#output.discard();
      return;
    }
    const connection = this.#connection;
    if (!this.#output.sendTo(connection) && connection.bytesWaiting > this.#shared.limits.outputBytesMax) {
      this.#clogged = true;
    }
  }

  /** One last answer, then the end. */
  #refuse(error: DaxError): void {
    if (!this.#busy) {
      this.#refused(error);
      this.#flush();
    }
    this.#finish();
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#waiting.release();
    this.#connection.finish();
  }
}
