import type { FeedAddress, FeedConnection } from "@hotkeep/control-feed";
import { type Clock, type Logger, lowerId, type Random, type Timer } from "@hotkeep/core";
import type { ClusterLimits } from "../face.js";
import type { NodeExit, NodeLaunch, NodeLauncher, NodeProcess } from "../launch/launcher.js";
import { settlesWithin } from "./waiting.js";

/** What supervising a node takes. */
export interface MemberOptions {
  readonly nodeId: string;
  /** The name under which the node joins the feed. */
  readonly joinId: string;
  readonly clusterArn: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly launcher: NodeLauncher;
  readonly limits: ClusterLimits;
  readonly feedAddress: () => FeedAddress;
  /** Told when the node came up, went down, connected or was lost. */
  readonly changed: () => void;
  /** Told when a launch did not lead to a listening node, with the number of such launches in a row. */
  readonly launchFailed: (reason: string, inARow: number) => void;
}

const tokenLength = 48;

/** One node as it runs: its process, its connection, and what is done when either ends. */
export class Member {
  readonly nodeId: string;
  readonly joinId: string;
  readonly #options: MemberOptions;
  #generation = -1;
  #token = "";
  #process: NodeProcess | undefined;
  #connection: FeedConnection | undefined;
  #listeningPort: number | undefined;
  #listeningSince = 0;
  #silent = false;
  #failures = 0;
  #retry: Timer | undefined;
  #launchTimer: Timer | undefined;
  #leaving = false;

  constructor(options: MemberOptions) {
    this.nodeId = options.nodeId;
    this.joinId = options.joinId;
    this.#options = options;
  }

  /** The reboot count that the running process belongs to. */
  get generation(): number {
    return this.#generation;
  }

  /** The secret of the running process; undefined when none may join. */
  get token(): string | undefined {
    return this.#process === undefined || this.#token === "" ? undefined : this.#token;
  }

  /** True while its process has not ended. */
  get running(): boolean {
    return this.#process !== undefined;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get connection(): FeedConnection | undefined {
    return this.#connection;
  }

  /** The port on which the node serves; undefined while it does not. */
  get listeningPort(): number | undefined {
    return this.#listeningPort;
  }

  /** Whether clients may be sent to the node: it listens, is not leaving, and was heard of lately. */
  get onRoster(): boolean {
    return this.#listeningPort !== undefined && !this.#leaving && !this.#silent;
  }

  /** Launches the node unless it runs or is about to be launched again. */
  start(generation: number): void {
    if (this.#process !== undefined || this.#retry !== undefined) return;
    this.#generation = generation;
    this.#leaving = false;
    this.#launch();
  }

  /** The node has proved itself on a new connection. */
  connected(connection: FeedConnection): void {
    this.#connection = connection;
    this.#silent = false;
    void connection.closed.then(() => {
      if (this.#connection !== connection) return;
      this.#connection = undefined;
      const { clock, limits, changed } = this.#options;
      clock.after(limits.nodeSilenceMs, () => {
        if (this.#connection !== undefined) return;
        this.#silent = true;
        changed();
      });
    });
  }

  /** The node serves on this port now. */
  listening(port: number): void {
    this.#launchTimer?.cancel();
    this.#listeningPort = port;
    this.#listeningSince = this.#options.clock.monotonic();
  }

  /** Takes the node off the roster; it may still finish what runs. */
  leave(): void {
    this.#leaving = true;
    this.#options.changed();
  }

  /**
   * Ends the process: asks it to drain within `drainMs`, then terminates it, then kills it. Settles when it is gone.
   */
  async stop(drainMs: number): Promise<void> {
    const { clock, limits } = this.#options;
    this.#leaving = true;
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#launchTimer?.cancel();
    const running = this.#process;
    if (running === undefined) return;
    if (this.#connection !== undefined) {
      this.#connection.notify("drain", { withinMs: drainMs });
      if (await settlesWithin(clock, running.exited, drainMs)) return;
    }
    running.stop("SIGTERM");
    if (await settlesWithin(clock, running.exited, limits.stopMs)) return;
    running.stop("SIGKILL");
    await running.exited;
  }

  #launch(): void {
    const { clock, random, launcher, limits, clusterArn, feedAddress, logger } = this.#options;
    this.#retry = undefined;
    this.#token = lowerId(random, tokenLength);
    const launch = { nodeId: this.joinId, clusterArn, feedAddress: feedAddress(), token: this.#token };
    const running = launchOrFail(launcher, launch, logger);
    this.#process = running;
    logger.info("node launched", { nodeId: this.joinId, pid: running.pid });
    this.#launchTimer = clock.after(limits.launchTimeoutMs, () => {
      logger.warn("node did not listen in time", { nodeId: this.joinId, launchTimeoutMs: limits.launchTimeoutMs });
      running.stop("SIGKILL");
    });
    void running.exited.then((exit) => this.#exited(exit));
  }

  #exited(exit: NodeExit): void {
    const { clock, limits, logger, changed, launchFailed } = this.#options;
    const listened = this.#listeningPort !== undefined;
    const lastedMs = clock.monotonic() - this.#listeningSince;
    this.#launchTimer?.cancel();
    this.#process = undefined;
    this.#token = "";
    this.#listeningPort = undefined;
    this.#connection?.close("the node has ended");
    this.#connection = undefined;
    this.#silent = false;
    if (this.#leaving) {
      logger.info("node ended", { nodeId: this.joinId, ...exit });
      changed();
      return;
    }
    this.#failures = listened && lastedMs >= limits.relaunchMaxMs ? 1 : this.#failures + 1;
    const delayMs = Math.min(limits.relaunchMaxMs, limits.relaunchMinMs * 2 ** Math.min(this.#failures - 1, 20));
    logger.warn("node ended unexpectedly", { nodeId: this.joinId, ...exit, relaunchInMs: delayMs });
    this.#retry = clock.after(delayMs, () => this.#launch());
    changed();
    if (!listened) {
      const how = exit.signal === null ? `exit status ${exit.code ?? "unknown"}` : `signal ${exit.signal}`;
      launchFailed(`the node's process ended before it listened (${how})`, this.#failures);
    }
  }
}

/** A launcher that throws is a node that ended at once: it is tried again like one. */
function launchOrFail(launcher: NodeLauncher, launch: NodeLaunch, logger: Logger): NodeProcess {
  try {
    return launcher.launch(launch);
  } catch (error) {
    logger.error("a node could not be launched", { nodeId: launch.nodeId, error });
    return { pid: undefined, exited: Promise.resolve({ code: null, signal: null }), stop() {} };
  }
}
