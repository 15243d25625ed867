import type { OutsideNode } from "../lifecycle/configuration.js";
import { Member } from "./member.js";
import { settlesWithin } from "./waiting.js";

/**
 * A node whose process somebody else starts, on whatever host. It comes in with a join token, and comes back with the
 * secret that it was given then. This gateway can only ask it to end, and turn it away.
 */
export class JoinedMember extends Member {
  /** Monotonic: when it was last known to be connected, or else when this gateway began to wait for it. */
  #heardAt = 0;
  /** Where it serves, as it said itself. */
  outside: OutsideNode | undefined;

  get running(): boolean {
    return this.connection !== undefined;
  }

  get pid(): number | undefined {
    return undefined;
  }

  start(generation: number): void {
    if (this.currentGeneration >= 0 && !this.leaving) return;
    this.leaving = false;
    this.currentGeneration = this.common.attachments.of(this.joinId)?.generation ?? generation;
    this.#heardAt = this.common.clock.monotonic();
  }

  /** Whether nobody has this place, or whoever has it was not heard of for so long that it does not serve any more. */
  get vacant(): boolean {
    const { attachments, clock, limits } = this.common;
    if (this.connection !== undefined || this.leaving) return false;
    return attachments.of(this.joinId) === undefined || clock.monotonic() - this.#heardAt > limits.withoutGatewayMs;
  }

  /** Gives the place to a process that has just joined: the secret with which it comes back. */
  takeIn(): string {
    const { attachments } = this.common;
    this.forget("another process has joined as this node");
    this.#heardAt = this.common.clock.monotonic();
    const secret = attachments.begin(this.joinId, this.currentGeneration);
    attachments.keep(this.joinId);
    this.common.changed();
    return secret;
  }

  override connected(connection: Parameters<Member["connected"]>[0]): void {
    super.connected(connection);
    void connection.closed.then(() => {
      this.#heardAt = this.common.clock.monotonic();
      this.common.changed();
    });
  }

  async stop(drainMs: number): Promise<void> {
    await this.#drain(drainMs);
    this.common.attachments.end(this.joinId);
    this.forget("the node is not expected any more");
    this.common.changed();
  }

  /** Whoever started it starts it again; it comes back with the secret that it has. */
  async restart(generation: number, drainMs: number): Promise<void> {
    await this.#drain(drainMs);
    this.forget("the node must restart");
    this.currentGeneration = generation;
    this.common.attachments.keep(this.joinId, { generation });
    this.leaving = false;
    this.common.changed();
  }

  /** It serves on by itself for a while, and comes back to the next gateway. */
  async release(): Promise<void> {
    this.leaving = true;
  }

  async #drain(drainMs: number): Promise<void> {
    const { clock, limits } = this.common;
    this.leaving = true;
    const { connection } = this;
    if (connection === undefined) return;
    connection.notify("drain", { withinMs: drainMs });
    await settlesWithin(clock, connection.closed, drainMs + limits.stopMs);
  }
}
