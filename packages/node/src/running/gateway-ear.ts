import type { GatewayNotices, NodeConfiguration } from "@hotkeep/control-feed";
import type { Clock, Logger } from "@hotkeep/core";
import { invalidate } from "../cache/invalidate.js";
import type { Gateway } from "../gateway.js";
import { hotKeysOf } from "../sight/x-ray.js";
import type { NodeParts } from "./node-parts.js";

/** What the gateway's notices have a node do as a whole. */
export interface Commanded {
  /** Settles when the node is what `configuration` says; undefined: it is already. */
  configure(configuration: NodeConfiguration): Promise<void> | undefined;
  /** Says to a gateway that is back who this node is, and becomes what the answer says. */
  introduce(): Promise<void>;
  reboot(withinMs: number): Promise<void>;
  drain(withinMs: number): Promise<void>;
  close(): Promise<void>;
  readonly isStopping: boolean;
}

/** Where a node hears its gateway. */
export interface GatewayEarOptions {
  readonly feed: Gateway;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly parts: NodeParts;
  readonly node: Commanded;
}

/** Pause before a node that the gateway did not take back tries again. */
const introduceAgainMs = 1_000;

/** Hands what the gateway tells and asks to the part of the node that it is for, and makes up for a feed that was lost. */
export class GatewayEar {
  readonly #options: GatewayEarOptions;
  readonly #stopListening: (() => void)[] = [];
  #feedLost = false;

  constructor(options: GatewayEarOptions) {
    this.#options = options;
  }

  listen(): void {
    const { feed, clock, logger, parts, node } = this.#options;
    const { callers, roleSessions, lists, tail, xRay, context, watch, membership } = parts;
    this.#on("configuration", (configuration) => node.configure(configuration));
    this.#on("callerChanged", ({ accessKeyIds }) => callers.changed(accessKeyIds));
    this.#on("roleSessionRevoked", () => roleSessions.discard());
    this.#on("attributeList", ({ id, names }) => lists.learn(id, names));
    this.#on("reboot", ({ withinMs }) => {
      node.reboot(withinMs).catch((error: unknown) => {
        // The supervisor starts it again.
        logger.error("a reboot failed: this node ends", { error });
        void node.close();
      });
    });
    this.#on("follow", ({ forMs, percent }) => tail.follow(forMs, percent));
    feed.handle("xray", (ask) => xRay.look(ask));
    feed.handle("invalidate", (ask) => invalidate(context, ask));
    feed.handle("hotKeys", ({ keysMax }) => hotKeysOf(context, watch, clock, keysMax));
    this.#on("drain", ({ withinMs }) => {
      node.drain(withinMs).catch((error: unknown) => logger.error("draining failed", { error }));
    });
    membership.hear();
    this.#stopListening.push(
      feed.onDisconnected(() => {
        this.#feedLost = true;
        callers.feedLost();
      }),
      feed.onConnected(() => {
        if (!this.#feedLost) return;
        this.#feedLost = false;
        this.#greetAgain();
      }),
    );
  }

  stop(): void {
    for (const stop of this.#stopListening) stop();
  }

  #on<Name extends keyof GatewayNotices>(
    name: Name,
    listener: (notice: GatewayNotices[Name]) => void | Promise<void>,
  ): void {
    this.#stopListening.push(this.#options.feed.on(name, listener));
  }

  /** The feed is back. */
  #greetAgain(): void {
    const { feed, clock, logger, parts, node } = this.#options;
    // Everything that the gateway may have told meanwhile is asked for again, or given up.
    parts.callers.feedBack();
    parts.roleSessions.discard();
    node.introduce().catch((error: unknown) => {
      logger.warn("the gateway did not take the node back", { error: (error as Error).message });
      clock.after(introduceAgainMs, () => {
        if (feed.connected && !node.isStopping) this.#greetAgain();
      });
    });
  }
}
