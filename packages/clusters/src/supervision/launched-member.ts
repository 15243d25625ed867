import type { FeedAddress } from "@hotkeep/control-feed";
import type { Logger, Timer } from "@hotkeep/core";
import type { NodeExit, NodeLaunch, NodeLauncher, NodeProcess } from "../launch/launcher.js";
import { Member, type MemberOptions } from "./member.js";
import { settlesWithin } from "./waiting.js";

/** What supervising a node of this gateway's takes. */
export interface LaunchedMemberOptions extends MemberOptions {
  readonly clusterArn: string;
  readonly launcher: NodeLauncher;
  readonly feedAddress: () => FeedAddress;
  /** Told when a launch did not lead to a listening node, with the number of such launches in a row. */
  readonly launchFailed: (reason: string, inARow: number) => void;
}

/** A node whose process this gateway starts, or an earlier one has started, and what is done when the process ends. */
export class LaunchedMember extends Member {
  readonly #options: LaunchedMemberOptions;
  #process: NodeProcess | undefined;
  #startedAnew = false;
  #listeningSince = 0;
  #failures = 0;
  #retry: Timer | undefined;
  #launchTimer: Timer | undefined;

  constructor(options: LaunchedMemberOptions) {
    super(options);
    this.#options = options;
  }

  get running(): boolean {
    return this.#process !== undefined;
  }

  /** Whether this gateway has started the node's process, after every earlier one that it may have had has ended. */
  get startedAnew(): boolean {
    return this.#startedAnew;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  start(generation: number): void {
    if (this.#process !== undefined || this.#retry !== undefined) return;
    this.leaving = false;
    this.currentGeneration = generation;
    const { attachments, launcher } = this.#options;
    const earlier = attachments.of(this.joinId);
    const found = typeof earlier?.mark === "string" ? launcher.adopt(earlier.mark) : undefined;
    if (earlier !== undefined && found !== undefined) {
      this.#adopt(found, earlier.generation);
      return;
    }
    // Of one without a mark nobody knows whether it has ended.
    this.#startedAnew = earlier === undefined || earlier.mark !== null;
    this.#launch();
  }

  override listening(port: number): void {
    this.#launchTimer?.cancel();
    this.#listeningSince = this.#options.clock.monotonic();
    super.listening(port);
  }

  async stop(drainMs: number): Promise<void> {
    const { clock, limits } = this.#options;
    this.leaving = true;
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#launchTimer?.cancel();
    const running = this.#process;
    if (running === undefined) return;
    if (this.connection !== undefined) {
      this.connection.notify("drain", { withinMs: drainMs });
      if (await settlesWithin(clock, running.exited, drainMs)) return;
    }
    running.stop("SIGTERM");
    if (await settlesWithin(clock, running.exited, limits.stopMs)) return;
    running.stop("SIGKILL");
    await running.exited;
  }

  async restart(generation: number, drainMs: number): Promise<void> {
    await this.stop(drainMs);
    this.start(generation);
  }

  release(finishMs: number): Promise<void> {
    return this.stop(finishMs);
  }

  #launch(): void {
    const { launcher, limits, clusterArn, feedAddress, logger, attachments } = this.#options;
    this.#retry = undefined;
    const token = attachments.begin(this.joinId, this.currentGeneration);
    const launch = { nodeId: this.joinId, clusterArn, feedAddress: feedAddress(), token };
    const running = launchOrFail(launcher, launch, logger);
    if (running.mark !== undefined) attachments.keep(this.joinId, { mark: running.mark });
    logger.info("node launched", { nodeId: this.joinId, pid: running.pid });
    this.#watch(running, limits.launchTimeoutMs);
  }

  /** A process that outlived an earlier gateway is given time to come back, so that its cache is not lost. */
  #adopt(running: NodeProcess, generation: number): void {
    const { logger, limits } = this.#options;
    this.currentGeneration = generation;
    logger.info("node found running", { nodeId: this.joinId, pid: running.pid });
    this.#watch(running, limits.reattachMs);
  }

  #watch(running: NodeProcess, listensWithinMs: number): void {
    const { clock, logger } = this.#options;
    this.#process = running;
    this.#launchTimer = clock.after(listensWithinMs, () => {
      logger.warn("node did not listen in time", { nodeId: this.joinId, listensWithinMs });
      running.stop("SIGKILL");
    });
    void running.exited.then((exit) => this.#exited(exit));
  }

  #exited(exit: NodeExit): void {
    const { clock, limits, logger, changed, launchFailed, attachments } = this.#options;
    const listened = this.listeningPort !== undefined;
    const lastedMs = clock.monotonic() - this.#listeningSince;
    this.#launchTimer?.cancel();
    this.#process = undefined;
    this.#startedAnew = true;
    attachments.end(this.joinId);
    this.forget("the node has ended");
    if (this.leaving) {
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
