import { type Clock, type Principal, type Random, uuid } from "@hotkeep/core";
import { type DaxError, type DaxRequest, decodeRequest, encodeError, type MethodName } from "@hotkeep/dax-wire";
import { accessDenied, daxErrorFor, overloaded, throttled } from "../failure.js";
import type { Gateway } from "../gateway.js";
import type { NodeLimits } from "../limits.js";
import type { NodeMetrics } from "../metrics.js";
import type { Sighting } from "../sight/sighting.js";
import type { Watch } from "../sight/watch.js";
import { type ActionVariant, actionOf, actionsOfTransaction, everyAction } from "./actions.js";
import { countError } from "./counting.js";
import type { Denial, Identity } from "./identity.js";
import type { LoopDelay } from "./loop-delay.js";

/** Executes decoded requests; never rejects: an error is an answer too. */
export interface Executor {
  /** The answer when it is at hand, without looking at any table; undefined otherwise. */
  immediate(method: MethodName): Buffer | undefined;
  /** The cached answer of a query or scan frame `buffer[start, end)`. */
  cachedPage(
    method: "query" | "scan",
    buffer: Buffer,
    start: number,
    end: number,
    now: number,
    sighting?: Sighting,
  ): Buffer | undefined;
  /** `frame` belongs to the executor; `caller` is who asks. */
  execute(request: DaxRequest, frame: Buffer, caller: Principal, sighting?: Sighting): Promise<Buffer>;
}

/** Requests that wait for something outside this process now. */
export interface RunningCount {
  count: number;
}

/** What a gatekeeper works with. */
export interface GatekeeperOptions {
  readonly limits: Pick<NodeLimits, "requestsRunningMax">;
  readonly clock: Clock;
  readonly random: Random;
  readonly gateway: Pick<Gateway, "notify">;
  readonly executor: Executor;
  readonly metrics: NodeMetrics;
  readonly running: RunningCount;
  readonly watch: Watch;
  readonly loopDelay: Pick<LoopDelay, "tooLong">;
}

/** The first hop: decides what a connection's identity may do, before anything is read, looked up or asked for. */
export class Gatekeeper {
  readonly #options: GatekeeperOptions;

  constructor(options: GatekeeperOptions) {
    this.#options = options;
  }

  /** Counts and encodes an error. */
  error(error: DaxError, sighting?: Sighting): Buffer {
    if (sighting !== undefined) sighting.error = error;
    countError(this.#options.metrics, error);
    return encodeError(error);
  }

  /**
   * Decides one request of a valid identity and answers it. `buffer[at, next)` is the frame, lent; `now` is monotonic.
   * Never rejects but for failures of this process.
   */
  admit(
    identity: Identity,
    method: MethodName,
    buffer: Buffer,
    at: number,
    next: number,
    now: number,
  ): Buffer | Promise<Buffer> {
    const { watch } = this.#options;
    const sighting = watch.begin(method, identity, now);
    const answer = this.#admit(identity, method, buffer, at, next, now, sighting);
    if (sighting === undefined) return answer;
    if (!(answer instanceof Promise)) {
      watch.end(sighting);
      return answer;
    }
    return answer.finally(() => watch.end(sighting));
  }

  #admit(
    identity: Identity,
    method: MethodName,
    buffer: Buffer,
    at: number,
    next: number,
    now: number,
    sighting: Sighting | undefined,
  ): Buffer | Promise<Buffer> {
    const { clock, executor } = this.#options;
    const wallNow = clock.now();
    // What needs one fixed permission is decided before anything is decoded.
    const action = actionOf(method);
    const { uses } = identity.known;
    if (action !== undefined) {
      uses[action.index]!++;
      const denial = identity.refuses(action, wallNow);
      if (denial !== undefined) return this.#denied(denial, sighting);
      if (method === "query" || method === "scan") {
        const page = executor.cachedPage(method, buffer, at, next, now, sighting);
        if (page !== undefined) return page;
      }
    } else if (method === "defineKeySchema") {
      const denial = this.#refusesEverything(identity, wallNow);
      if (denial !== undefined) return this.#denied(denial, sighting);
    } else {
      const answer = executor.immediate(method);
      if (answer !== undefined) return answer;
    }
    // The chunk is only lent, and the request looks at its bytes long after.
    const frame = Buffer.from(buffer.subarray(at, next));
    let request: DaxRequest;
    try {
      request = decodeRequest(frame);
    } catch (error) {
      return this.error(daxErrorFor(error, uuid(this.#options.random)), sighting);
    }
    if (request.method === "transactWriteItems") {
      const needed = actionsOfTransaction(request.writes);
      for (const { index } of needed) uses[index]!++;
      // An empty transaction needs nothing by itself, but is the table's to refuse, so not every stranger's to send.
      const denial =
        needed.length === 0 ? this.#refusesEverything(identity, wallNow) : firstDenial(identity, needed, wallNow);
      if (denial !== undefined) return this.#denied(denial, sighting);
    }
    const { running, limits, random, loopDelay } = this.#options;
    if (running.count >= limits.requestsRunningMax) {
      return this.error(throttled("The node is processing too many requests.", uuid(random)), sighting);
    }
    if (loopDelay.tooLong && !perhapsInMemory(request)) return this.error(overloaded(uuid(random)), sighting);
    return executor.execute(request, frame, identity.known.caller.principal, sighting);
  }

  /** The first action's denial when none is allowed. */
  #refusesEverything(identity: Identity, wallNow: number): Denial | undefined {
    let first: Denial | undefined;
    for (const action of everyAction) {
      const denial = identity.refuses(action, wallNow);
      if (denial === undefined) return undefined;
      first ??= denial;
    }
    return first;
  }

  #denied(denial: Denial, sighting: Sighting | undefined): Buffer {
    if (sighting !== undefined) sighting.deniedBy = "caller";
    const { clock, random, gateway } = this.#options;
    const id = uuid(random);
    const { action, resource } = denial.decision.request;
    gateway.notify("denied", {
      id,
      at: clock.now(),
      hop: "caller",
      principal: denial.principal,
      accessKeyId: denial.accessKeyId,
      action,
      resource,
      message: denial.message,
      decision: denial.decision,
    });
    return this.error(accessDenied(denial.message, id), sighting);
  }
}

/** Whether a request may still find all it needs in memory; the operation itself turns it away where it does not. */
function perhapsInMemory(request: DaxRequest): boolean {
  switch (request.method) {
    case "getItem":
      return !request.consistentRead;
    case "batchGetItem":
      return request.tables.every((table) => !table.consistentRead);
    case "defineKeySchema":
    case "defineAttributeList":
    case "defineAttributeListId":
      return true;
    default:
      return false;
  }
}

function firstDenial(identity: Identity, needed: readonly ActionVariant[], wallNow: number): Denial | undefined {
  for (const action of needed) {
    const denial = identity.refuses(action, wallNow);
    if (denial !== undefined) return denial;
  }
  return undefined;
}
