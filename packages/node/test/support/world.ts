import { type Clock, type LogFields, type Logger, systemClock, systemRandom } from "@hotkeep/core";
import { type NodeLimits, type RunningNode, startNode, type Transport } from "@hotkeep/node";
import { BareTables } from "./bare-tables.js";
import { allowing, StandInGateway } from "./stand-in-gateway.js";

/** A logger that keeps what it is told. */
export class KeptLog implements Logger {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: LogFields | undefined }[] = [];
  debug(message: string, fields?: LogFields): void {
    this.lines.push({ level: "debug", message, fields });
  }
  info(message: string, fields?: LogFields): void {
    this.lines.push({ level: "info", message, fields });
  }
  warn(message: string, fields?: LogFields): void {
    this.lines.push({ level: "warn", message, fields });
  }
  error(message: string, fields?: LogFields): void {
    this.lines.push({ level: "error", message, fields });
  }
}

/** A node with stand-ins around it. */
export interface World {
  readonly gateway: StandInGateway;
  readonly tables: BareTables;
  readonly node: RunningNode;
  readonly log: KeptLog;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly limits?: Partial<NodeLimits>;
  readonly clock?: Clock;
  readonly transport?: Transport;
  readonly configuration?: Partial<StandInGateway["configuration"]>;
}

/** A clock whose wall and monotonic time tests push forward; timers run on the machine's own. */
export class ShiftedClock implements Clock {
  #shiftMs = 0;
  now(): number {
    return systemClock.now() + this.#shiftMs;
  }
  monotonic(): number {
    return systemClock.monotonic() + this.#shiftMs;
  }
  after(delayMs: number, fire: () => void) {
    return systemClock.after(delayMs, fire);
  }
  advance(ms: number): void {
    this.#shiftMs += ms;
  }
}

/** Starts it. User `AKIAALICE` may do everything. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const tables = await new BareTables().listen();
  const gateway = new StandInGateway({ tableEndpoint: tables.url, ...options.configuration });
  gateway.user("AKIAALICE", "alice", [allowing("dax:*")]);
  const log = new KeptLog();
  const node = await startNode({
    feed: gateway,
    clock: options.clock ?? systemClock,
    random: systemRandom,
    logger: log,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.transport === undefined ? {} : { transport: options.transport }),
  });
  return {
    gateway,
    tables,
    node,
    log,
    async close() {
      await node.close();
      await tables.close();
    },
  };
}

/** Waits until `what` holds; fails after two seconds. */
export async function eventually(what: () => boolean | Promise<boolean>, name: string): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error(`did not come true: ${name}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
