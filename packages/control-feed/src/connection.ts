import { HotkeepError, type Logger } from "@hotkeep/core";
import { Listeners } from "./listeners.js";
import type { GatewayNotices, GatewayRequests, NodeNotices, NodeRequests } from "./messages.js";
import type { FeedPeer, PeerReceiver } from "./peer.js";

/** The gateway's view of one connected node. The node has proved that it holds its join token. */
export interface FeedConnection {
  readonly nodeId: string;
  readonly remoteAddress: string;
  /** The gateway's own address, as this node reached it. */
  readonly localAddress: string;
  /** Answers a kind of request; one handler a kind. Errors thrown travel to the node. */
  handle<Name extends keyof NodeRequests>(
    name: Name,
    handler: (
      request: NodeRequests[Name]["request"],
    ) => NodeRequests[Name]["response"] | Promise<NodeRequests[Name]["response"]>,
  ): void;
  /** Listens to a kind of notice; the answer stops listening. */
  on<Name extends keyof NodeNotices>(name: Name, listener: (notice: NodeNotices[Name]) => void): () => void;
  /**
   * Tells the node without waiting. A node that does not keep up with `outgoingBytesMax` loses its connection, so that
   * no notice is ever skipped silently: after reconnecting it asks anew.
   */
  notify<Name extends keyof GatewayNotices>(name: Name, notice: GatewayNotices[Name]): void;
  /**
   * Tells the node and waits until its listeners have run.
   *
   * @throws HotkeepError `FeedTimeout`, `FeedDisconnected`, `FeedOverloaded`, or what the listener threw
   */
  deliver<Name extends keyof GatewayNotices>(
    name: Name,
    notice: GatewayNotices[Name],
    options?: { readonly timeoutMs?: number },
  ): Promise<void>;
  /**
   * Asks the node.
   *
   * @throws HotkeepError `FeedTimeout`, `FeedDisconnected`, `FeedOverloaded`, or what the node's handler threw
   */
  request<Name extends keyof GatewayRequests>(
    name: Name,
    request: GatewayRequests[Name]["request"],
    options?: { readonly timeoutMs?: number },
  ): Promise<GatewayRequests[Name]["response"]>;
  /** Settles when the connection has ended. */
  readonly closed: Promise<void>;
  close(reason: string): void;
}

/** The server's end of a connection: receiver of its peer and face for the gateway. */
export class ServerConnection implements FeedConnection, PeerReceiver {
  readonly nodeId: string;
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly closed: Promise<void>;
  readonly #logger: Logger;
  readonly #handlers = new Map<string, (body: unknown) => unknown>();
  readonly #listeners = new Listeners();
  #peer: FeedPeer | undefined;
  #settleClosed: () => void = () => {};

  constructor(nodeId: string, addresses: { readonly remote: string; readonly local: string }, logger: Logger) {
    this.nodeId = nodeId;
    this.remoteAddress = addresses.remote;
    this.localAddress = addresses.local;
    this.#logger = logger;
    this.closed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
  }

  attach(peer: FeedPeer): void {
    this.#peer = peer;
  }

  handle<Name extends keyof NodeRequests>(
    name: Name,
    handler: (
      request: NodeRequests[Name]["request"],
    ) => NodeRequests[Name]["response"] | Promise<NodeRequests[Name]["response"]>,
  ): void {
    this.#handlers.set(name, handler as (body: unknown) => unknown);
  }

  on<Name extends keyof NodeNotices>(name: Name, listener: (notice: NodeNotices[Name]) => void): () => void {
    return this.#listeners.add(name, listener as (body: unknown) => unknown);
  }

  notify<Name extends keyof GatewayNotices>(name: Name, notice: GatewayNotices[Name]): void {
    if (this.#peer?.clogged === true) {
      this.#logger.warn("control feed: node does not keep up", { nodeId: this.nodeId });
      this.#peer.destroy("the node does not keep up with its notices");
      return;
    }
    this.#peer?.notify(name, notice);
  }

  async deliver<Name extends keyof GatewayNotices>(
    name: Name,
    notice: GatewayNotices[Name],
    options: { readonly timeoutMs?: number } = {},
  ): Promise<void> {
    if (this.#peer === undefined) throw new HotkeepError("FeedDisconnected", "The node is not connected.");
    await this.#peer.deliver(name, notice, options.timeoutMs);
  }

  async request<Name extends keyof GatewayRequests>(
    name: Name,
    request: GatewayRequests[Name]["request"],
    options: { readonly timeoutMs?: number } = {},
  ): Promise<GatewayRequests[Name]["response"]> {
    if (this.#peer === undefined) throw new HotkeepError("FeedDisconnected", "The node is not connected.");
    return (await this.#peer.request(name, request, options.timeoutMs)) as GatewayRequests[Name]["response"];
  }

  close(reason: string): void {
    this.#peer?.close(reason);
  }

  onRequest(name: string, body: unknown): unknown {
    const handler = this.#handlers.get(name);
    if (handler === undefined) {
      throw new HotkeepError("FeedUnknownMessage", `The gateway does not answer \`${name}\`.`);
    }
    return handler(body);
  }

  onNotice(name: string, body: unknown): unknown {
    return this.#listeners.tell(name, body);
  }

  onClose(): void {
    this.#settleClosed();
  }
}
