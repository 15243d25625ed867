import { connect, type TLSSocket } from "node:tls";
import { type Clock, HotkeepError, type Logger, type Random, systemRandom, type Timer } from "@hotkeep/core";
import { type FeedAddress, formatFeedAddress } from "./address.js";
import { type ConnectError, connectFailure, isRefusal } from "./connect-failure.js";
import { defaultFeedLimits, type FeedLimits } from "./limits.js";
import { Listeners } from "./listeners.js";
import type { GatewayNotices, GatewayRequests, NodeNotices, NodeRequests } from "./messages.js";
import { FeedPeer } from "./peer.js";
import { pskOf, pskTls } from "./psk.js";

/** How a node reaches its gateway. */
export interface FeedClientOptions {
  readonly address: FeedAddress;
  readonly nodeId: string;
  /** The node's join token. */
  readonly token: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Spreads reconnections of many nodes. */
  readonly random?: Random;
  readonly limits?: Partial<FeedLimits>;
}

/** A node's end of the feed. It keeps itself connected until it is closed. */
export interface FeedClient {
  readonly nodeId: string;
  readonly connected: boolean;
  /**
   * Asks the gateway. Waits for a connection when there is none, at most until the timeout.
   *
   * @throws AwsError or HotkeepError what the gateway answered
   * @throws HotkeepError `FeedTimeout`, `FeedDisconnected` (the connection broke before the answer), `FeedOverloaded`,
   * `FeedClosed`
   */
  request<Name extends keyof NodeRequests>(
    name: Name,
    request: NodeRequests[Name]["request"],
    options?: { readonly timeoutMs?: number },
  ): Promise<NodeRequests[Name]["response"]>;
  /** Tells the gateway. False: not sent, because there is no connection or too much waits to be sent already. */
  notify<Name extends keyof NodeNotices>(name: Name, notice: NodeNotices[Name]): boolean;
  /** Answers a kind of the gateway's requests; one handler a kind. Errors thrown travel to the gateway. */
  handle<Name extends keyof GatewayRequests>(
    name: Name,
    handler: (
      request: GatewayRequests[Name]["request"],
    ) => GatewayRequests[Name]["response"] | Promise<GatewayRequests[Name]["response"]>,
  ): void;
  /** Listens to the gateway. The gateway may wait until a listener's promise settles. The answer stops listening. */
  on<Name extends keyof GatewayNotices>(
    name: Name,
    listener: (notice: GatewayNotices[Name]) => void | Promise<void>,
  ): () => void;
  /**
   * Called on every new connection (and soon, when there is one already): say `hello` here, and ask anew for everything
   * that the gateway may have told meanwhile.
   */
  onConnected(listener: () => void): () => void;
  /** Called when a connection is lost. */
  onDisconnected(listener: (reason: string) => void): () => void;
  /**
   * Called when the gateway is there and does not know this node or its token, several times in a row: trying on is of
   * no use. The client tries on all the same until it is closed.
   */
  onRefused(listener: () => void): () => void;
  /** Ends the connection for good. */
  close(): Promise<void>;
}

/**
 * Starts connecting and returns at once. Until the first connection the log is silent at `warn`: whoever asks is told by
 * the request that fails. Of a connection that is lost later the log has each new reason, not each attempt.
 */
export function connectFeed(options: FeedClientOptions): FeedClient {
  return new ReconnectingClient(options);
}

class ReconnectingClient implements FeedClient {
  readonly nodeId: string;
  readonly #options: FeedClientOptions;
  readonly #limits: FeedLimits;
  readonly #listeners = new Listeners();
  readonly #handlers = new Map<string, (body: unknown) => unknown>();
  readonly #connectedListeners = new Set<() => void>();
  readonly #disconnectedListeners = new Set<(reason: string) => void>();
  readonly #refusedListeners = new Set<() => void>();
  readonly #awaitingPeer = new Set<(peer: FeedPeer | HotkeepError) => void>();
  #peer: FeedPeer | undefined;
  #socket: TLSSocket | undefined;
  #retry: Timer | undefined;
  /** Why the last attempt failed. */
  #failure: string | undefined;
  /** The last reason at `warn` since there was a connection. */
  #warnedOf: string | undefined;
  #wasConnected = false;
  #failures = 0;
  #refusals = 0;
  #closed = false;

  constructor(options: FeedClientOptions) {
    this.nodeId = options.nodeId;
    this.#options = options;
    this.#limits = { ...defaultFeedLimits, ...options.limits };
    this.#dial();
  }

  get connected(): boolean {
    return this.#peer !== undefined;
  }

  async request<Name extends keyof NodeRequests>(
    name: Name,
    request: NodeRequests[Name]["request"],
    options: { readonly timeoutMs?: number } = {},
  ): Promise<NodeRequests[Name]["response"]> {
    const { clock } = this.#options;
    const deadline = clock.monotonic() + (options.timeoutMs ?? this.#limits.requestTimeoutMs);
    const peer = this.#peer ?? (await this.#nextPeer(name, deadline));
    const leftMs = Math.max(1, deadline - clock.monotonic());
    return (await peer.request(name, request, leftMs)) as NodeRequests[Name]["response"];
  }

  notify<Name extends keyof NodeNotices>(name: Name, notice: NodeNotices[Name]): boolean {
    if (this.#peer === undefined || this.#peer.clogged) return false;
    this.#peer.notify(name, notice);
    return true;
  }

  on<Name extends keyof GatewayNotices>(
    name: Name,
    listener: (notice: GatewayNotices[Name]) => void | Promise<void>,
  ): () => void {
    return this.#listeners.add(name, listener as (body: unknown) => unknown);
  }

  handle<Name extends keyof GatewayRequests>(
    name: Name,
    handler: (
      request: GatewayRequests[Name]["request"],
    ) => GatewayRequests[Name]["response"] | Promise<GatewayRequests[Name]["response"]>,
  ): void {
    this.#handlers.set(name, handler as (body: unknown) => unknown);
  }

  onConnected(listener: () => void): () => void {
    this.#connectedListeners.add(listener);
    if (this.#peer !== undefined) {
      queueMicrotask(() => {
        if (this.#connectedListeners.has(listener) && this.connected) listener();
      });
    }
    return () => this.#connectedListeners.delete(listener);
  }

  onDisconnected(listener: (reason: string) => void): () => void {
    this.#disconnectedListeners.add(listener);
    return () => this.#disconnectedListeners.delete(listener);
  }

  onRefused(listener: () => void): () => void {
    this.#refusedListeners.add(listener);
    return () => this.#refusedListeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#retry?.cancel();
    const error = new HotkeepError("FeedClosed", "This control feed client has been closed.");
    for (const settle of [...this.#awaitingPeer]) settle(error);
    const socket = this.#socket;
    if (socket === undefined || socket.closed) return;
    const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    if (this.#peer === undefined) socket.destroy();
    else this.#peer.close("the node stops");
    await ended;
  }

  #nextPeer(name: string, deadline: number): Promise<FeedPeer> {
    if (this.#closed) {
      return Promise.reject(new HotkeepError("FeedClosed", "This control feed client has been closed."));
    }
    if (this.#awaitingPeer.size >= this.#limits.requestsWaitingMax) {
      return Promise.reject(
        new HotkeepError("FeedOverloaded", `Too many requests wait for the gateway to ask for \`${name}\`.`),
      );
    }
    const { clock, address } = this.#options;
    return new Promise((resolve, reject) => {
      const settle = (outcome: FeedPeer | HotkeepError): void => {
        timer.cancel();
        this.#awaitingPeer.delete(settle);
        if (outcome instanceof HotkeepError) reject(outcome);
        else resolve(outcome);
      };
      const timer = clock.after(deadline - clock.monotonic(), () => {
        const why = this.#failure ?? "no answer yet";
        const where = formatFeedAddress(address);
        settle(
          new HotkeepError("FeedTimeout", `The gateway at ${where} cannot be reached to ask for \`${name}\`: ${why}.`, {
            help: "Is it running, and is this the address of its control feed? `hotkeep up --feed` sets it.",
          }),
        );
      });
      this.#awaitingPeer.add(settle);
    });
  }

  #dial(): void {
    const { address, nodeId, token, clock } = this.#options;
    let settled = false;
    const socket = connect({
      ...pskTls,
      host: address.host,
      port: address.port,
      pskCallback: () => ({ psk: pskOf(token), identity: nodeId }),
      // There is no certificate: knowing the key is what proves the server.
      checkServerIdentity: () => undefined,
    });
    this.#socket = socket;
    const fail = (reason: string): void => {
      if (settled) return;
      settled = true;
      timer.cancel();
      socket.destroy();
      this.#scheduleRetry(reason);
    };
    const timer = clock.after(this.#limits.connectTimeoutMs, () => fail("the handshake took too long"));
    socket.once("error", (error: ConnectError) => {
      if (!settled) this.#countRefusal(error);
      fail(connectFailure(error));
    });
    socket.once("close", () => fail("the gateway closed the connection during the handshake"));
    socket.once("secureConnect", () => {
      if (settled) return;
      settled = true;
      timer.cancel();
      this.#established(socket);
    });
  }

  #countRefusal(error: ConnectError): void {
    this.#refusals = isRefusal(error) ? this.#refusals + 1 : 0;
    if (this.#refusals === this.#limits.refusalsMax) for (const listener of [...this.#refusedListeners]) listener();
  }

  #established(socket: TLSSocket): void {
    const { clock, logger } = this.#options;
    this.#refusals = 0;
    this.#failure = undefined;
    this.#wasConnected = true;
    this.#warnedOf = undefined;
    socket.setNoDelay(true);
    const peer = new FeedPeer(socket, clock, logger, this.#limits, {
      onRequest: (name, body) => {
        const handler = this.#handlers.get(name);
        if (handler === undefined) {
          throw new HotkeepError("FeedUnknownMessage", `A node does not answer \`${name}\`.`);
        }
        return handler(body);
      },
      onNotice: (name, body) => this.#listeners.tell(name, body),
      onClose: (reason) => {
        this.#peer = undefined;
        // A gateway that accepts and hangs up at once is no reason to hurry.
        if (clock.monotonic() - since > this.#limits.reconnectMaxMs) this.#failures = 0;
        for (const listener of this.#disconnectedListeners) listener(reason);
        this.#scheduleRetry(reason);
      },
    });
    this.#peer = peer;
    const since = clock.monotonic();
    for (const listener of [...this.#connectedListeners]) listener();
    for (const settle of [...this.#awaitingPeer]) settle(peer);
  }

  #scheduleRetry(reason: string): void {
    this.#failure = reason;
    if (this.#closed) return;
    const { clock, logger, nodeId } = this.#options;
    const { reconnectMinMs, reconnectMaxMs } = this.#limits;
    const fullMs = Math.min(reconnectMaxMs, reconnectMinMs * 2 ** Math.min(this.#failures, 20));
    this.#failures += 1;
    // Between half and the whole of the pause, so that nodes do not come back all at once.
    const byte = (this.#options.random ?? systemRandom).bytes(1)[0]!;
    const delayMs = fullMs / 2 + (fullMs / 2) * (byte / 255);
    const isNew = this.#wasConnected && this.#warnedOf !== reason;
    if (isNew) this.#warnedOf = reason;
    logger[isNew ? "warn" : "debug"]("control feed: no connection", {
      nodeId,
      reason,
      retryInMs: Math.round(delayMs),
    });
    this.#retry = clock.after(delayMs, () => this.#dial());
  }
}
