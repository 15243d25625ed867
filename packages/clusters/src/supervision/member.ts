import type { FeedConnection } from "@hotkeep/control-feed";
import type { Clock, Logger } from "@hotkeep/core";
import type { Attachments } from "../attach/attachments.js";
import type { ClusterLimits } from "../limits.js";

/** What looking after a node takes. */
export interface MemberOptions {
  readonly nodeId: string;
  /** The name under which the node joins the feed. */
  readonly joinId: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: ClusterLimits;
  readonly attachments: Attachments;
  /** Told when the node came up, went down, connected or was lost. */
  readonly changed: () => void;
}

/** One node as it runs: its connection, and whether clients may be sent to it. */
export abstract class Member {
  readonly nodeId: string;
  readonly joinId: string;
  protected readonly common: MemberOptions;
  protected currentGeneration = -1;
  protected leaving = false;
  #connection: FeedConnection | undefined;
  #listeningPort: number | undefined;
  #greetedPid: number | undefined;
  #reboot: { readonly generation: number; readonly settle: (came: boolean) => void } | undefined;

  constructor(options: MemberOptions) {
    this.nodeId = options.nodeId;
    this.joinId = options.joinId;
    this.common = options;
  }

  /** True while its process may still hold what a node holds. */
  abstract get running(): boolean;

  /** The process, if it is this gateway's. */
  abstract get pid(): number | undefined;

  /** Has the node run, unless it does or is about to. @param generation the reboot count that it is to have */
  abstract start(generation: number): void;

  /** Ends the node: within `drainMs` if it obeys, by force else. Settles when it is gone. */
  abstract stop(drainMs: number): Promise<void>;

  /** Ends the process and has it run again, where {@link reboot} was not to be had. */
  abstract restart(generation: number, drainMs: number): Promise<void>;

  /** The gateway ends. Settles when nothing of this node depends on it any more. */
  abstract release(finishMs: number): Promise<void>;

  /** The reboot count that the running process belongs to; below 0 before the first start. */
  get generation(): number {
    return this.currentGeneration;
  }

  get connection(): FeedConnection | undefined {
    return this.#connection;
  }

  /** The port on which the node serves; undefined while it does not. */
  get listeningPort(): number | undefined {
    return this.#listeningPort;
  }

  /** Whether clients may be sent to the node, if it has its seat: it listens and is not leaving. */
  get onRoster(): boolean {
    return this.#listeningPort !== undefined && !this.leaving;
  }

  /** The node has proved itself on a new connection. */
  connected(connection: FeedConnection): void {
    this.#connection = connection;
    void connection.closed.then(() => {
      if (this.#connection === connection) this.#connection = undefined;
    });
  }

  /** The node has said which process it is. Another one than before does not listen yet. */
  greeted(pid: number): void {
    const isNew = pid !== this.#greetedPid;
    this.#greetedPid = pid;
    if (!isNew || this.#listeningPort === undefined) return;
    this.#listeningPort = undefined;
    this.common.changed();
  }

  /** The node serves on this port now. */
  listening(port: number): void {
    this.#listeningPort = port;
    if (this.#reboot === undefined) return;
    // At once, so that the roster that is made now has the node again.
    this.currentGeneration = this.#reboot.generation;
    this.leaving = false;
    this.#reboot.settle(true);
  }

  /** Takes the node off the roster; it may still finish what runs. */
  leave(): void {
    this.leaving = true;
    this.common.changed();
  }

  /**
   * Has a node that has left the roster begin anew, with its cache kept. False: it did not, or cannot be told; then
   * only {@link restart} helps.
   */
  async reboot(generation: number, drainMs: number): Promise<boolean> {
    const { clock, limits, attachments, logger } = this.common;
    if (this.#connection === undefined || this.#listeningPort === undefined) return false;
    this.#listeningPort = undefined;
    const came = new Promise<boolean>((resolve) => {
      this.#reboot = { generation, settle: resolve };
    });
    const timer = clock.after(drainMs + limits.launchTimeoutMs, () => this.#reboot?.settle(false));
    this.#connection.notify("reboot", { withinMs: drainMs });
    const done = await came;
    timer.cancel();
    this.#reboot = undefined;
    if (!done) {
      logger.warn("node did not come back from its reboot", { nodeId: this.joinId });
      return false;
    }
    attachments.keep(this.joinId, { generation });
    return true;
  }

  /** Nothing of the node is left. */
  protected forget(reason: string): void {
    this.#listeningPort = undefined;
    this.#greetedPid = undefined;
    this.#connection?.close(reason);
    this.#connection = undefined;
    this.#reboot?.settle(false);
  }
}
