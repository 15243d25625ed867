import { type Clock, type Logger, type Random, uuid } from "@hotkeep/core";
import {
  closingResponse,
  type DaxError,
  FrameScanner,
  type MethodName,
  methodName,
  plainGetItem,
  readPlainGetItem,
  readPreamble,
  WireError,
} from "@hotkeep/dax-wire";
import type { ItemCache } from "../cache/item-cache.js";
import { authenticationRequired, daxErrorFor, recovering, throttled } from "../failure.js";
import type { NodeLimits } from "../limits.js";
import type { NodeMetrics } from "../metrics.js";
import type { ReportRefusal } from "../refusal-reports.js";
import type { Watch } from "../sight/watch.js";
import type { Connection, ConnectionEvents } from "../transport/transport.js";
import { getItemBit, getItemIndex } from "./actions.js";
import { type Authorization, authorize } from "./authorize.js";
import type { Callers } from "./callers.js";
import { countRequest } from "./counting.js";
import type { Gatekeeper, RunningCount } from "./gatekeeper.js";
import type { ClusterFacts, Identity } from "./identity.js";
import { type InputBudget, WaitingInput } from "./input.js";

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
  /** Clients are not told why their signature does not count: whoever runs the node is. */
  readonly reportRefusal: ReportRefusal;
  /** Requests that wait for a table, a policy or the gateway now. */
  readonly running: RunningCount;
}

/** One for all: filled and read within one synchronous step. */
const plain = plainGetItem();

/**
 * One DAX connection from preamble to FIN. Requests are answered in the order of their arrival, one at a time; what
 * can be answered from memory is answered within the call that brought the bytes.
 */
export class Session implements ConnectionEvents {
  readonly #shared: SessionShared;
  readonly #connection: Connection;
  readonly #scanner = new FrameScanner();
  readonly #waiting: WaitingInput;
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
  }

  receive(memory: Buffer, start: number, end: number, now: number): void {
    if (this.#over) return;
    if (this.#waiting.length === 0 && !this.#busy && !this.#clogged) {
      const consumed = this.#process(memory, start, end, now);
      if (!this.#over && consumed < end) this.#keep(memory, consumed, end);
      return;
    }
    this.#keep(memory, start, end);
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
  #keep(memory: Buffer, from: number, to: number): void {
    // Behind a request that runs nobody has looked yet, so nothing is known of how much is to come.
    const announced = this.#busy || this.#clogged ? 0 : this.#scanner.bytesNeeded;
    if (!this.#waiting.append(memory, from, to, announced)) {
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
      this.#waiting.consumeTo(this.#process(buffer, start, end, this.#shared.clock.monotonic()));
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
  #process(buffer: Buffer, start: number, end: number, now: number): number {
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
      return this.#frames(buffer, at, end, now);
    } catch (error) {
      this.#unreadable(error);
      this.#finish();
      return end;
    }
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
    if (answer !== null) this.#write(answer);
  }

  #frames(buffer: Buffer, start: number, end: number, now: number): number {
    const scanner = this.#scanner;
    let at = start;
    while (at < end && !this.#busy && !this.#clogged) {
      const plainEnd = readPlainGetItem(buffer, at, end, plain);
      if (plainEnd >= 0) {
        // It may have looked at the frame when not all of it was there.
        scanner.reset();
        if (!this.#hit(buffer, now)) this.#frame("getItem", buffer, at, plainEnd);
        at = plainEnd;
        continue;
      }
      const next = scanner.scan(buffer, at, end);
      if (next < 0) {
        const { frameBytesMax, strangerFrameBytesMax } = this.#shared.limits;
        if (scanner.bytesNeeded > (this.#identity === undefined ? strangerFrameBytesMax : frameBytesMax)) {
          throw new WireError("too-large", "the request is too long");
        }
        break;
      }
      this.#frame(methodName(scanner.method)!, buffer, at, next);
      at = next;
    }
    return at;
  }

  /** Answers the plain getItem that was just found, if the caller is known to be allowed and the item is here. */
  #hit(buffer: Buffer, now: number): boolean {
    const identity = this.#identity;
    const { callers, items, metrics, watch } = this.#shared;
    if (
      identity === undefined ||
      (identity.allowed & getItemBit) === 0 ||
      identity.known.stale ||
      now >= identity.until ||
      now >= callers.blindFrom
    ) {
      return false;
    }
    // Table and key as they lie in the frame are the cache's key.
    const entry = items.find(buffer, plain.argumentsStart, plain.keyEnd, now);
    if (entry === undefined) return false;
    metrics.GetItemRequestCount++;
    metrics.TotalRequestCount++;
    metrics.ItemCacheHits++;
    identity.known.uses[getItemIndex]!++;
    const { memory, responseStart, responseLength } = entry;
    const taken = this.#connection.writeSteady(memory, responseStart, responseStart + responseLength);
    if (--watch.countdown < 0) watch.hit(identity, entry, now);
    if (!taken) this.#pressed();
    return true;
  }

  #frame(method: MethodName, buffer: Buffer, at: number, next: number): void {
    const now = this.#shared.clock.monotonic();
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
    else this.#write(answer);
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
    else this.#shared.reportRefusal(this.#connection.remoteAddress, authorization.refusal);
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
        if (bytes !== undefined) this.#write(bytes);
        this.#proceed();
      })
      .catch((error: unknown) => {
        logger.error("a session failed", { error });
        this.#finish();
      });
  }

  #refused(error: DaxError): void {
    this.#write(this.#error(error));
  }

  #error(error: DaxError): Buffer {
    return this.#shared.gatekeeper.error(error);
  }

  #write(answer: Buffer): void {
    if (!this.#over && !this.#connection.write(answer)) this.#pressed();
  }

  /** The peer takes answers more slowly than they come. */
  #pressed(): void {
    if (this.#connection.bytesWaiting > this.#shared.limits.outputBytesMax) this.#clogged = true;
  }

  /** One last answer, then the end. */
  #refuse(error: DaxError): void {
    if (!this.#busy) this.#refused(error);
    this.#finish();
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#waiting.release();
    this.#connection.finish();
  }
}
