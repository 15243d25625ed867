import type { RoleSession } from "@hotkeep/control-feed";
import { AwsError, type Clock } from "@hotkeep/core";
import { Collapse } from "../cache/collapse.js";
import { ask, type Gateway } from "../gateway.js";
import type { NodeLimits } from "../limits.js";

/** The node's session of the cluster's service role: asked for once, renewed before its end, dropped when revoked. */
export class RoleSessions {
  readonly #gateway: Gateway;
  readonly #clock: Clock;
  readonly #limits: NodeLimits;
  readonly #asking = new Collapse<RoleSession>();
  #session: RoleSession | undefined;
  /** Wall-clock time from which a new session is wanted. */
  #renewAt = 0;
  #refusal: { readonly error: AwsError; readonly until: number } | undefined;

  constructor(gateway: Gateway, clock: Clock, limits: NodeLimits) {
    this.#gateway = gateway;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** ARN of the session in use, for records; undefined when there is none. */
  get arn(): string | undefined {
    return this.#session?.arn;
  }

  /**
   * A session that is valid now.
   *
   * @throws AwsError the gateway's words when the role cannot be assumed
   * @throws HotkeepError when the gateway cannot be asked and no valid session is left
   */
  async get(): Promise<RoleSession> {
    const now = this.#clock.now();
    if (this.#session !== undefined && now < this.#renewAt) return this.#session;
    if (this.#refusal !== undefined && this.#clock.monotonic() < this.#refusal.until) throw this.#refusal.error;
    try {
      return await this.#asking.run("session", (current) => this.#ask(current));
    } catch (error) {
      // No news is not a refusal: what is still valid may still be used.
      const session = this.#session;
      if (!(error instanceof AwsError) && session !== undefined && this.#clock.now() < session.expiresAt)
        return session;
      throw error;
    }
  }

  /** This session was refused by the endpoint, or revoked: the next call gets another one. */
  discard(session?: RoleSession): void {
    if (session !== undefined && session !== this.#session) return;
    this.#session = undefined;
    this.#refusal = undefined;
    this.#asking.detach("session");
  }

  async #ask(current: () => boolean): Promise<RoleSession> {
    try {
      const session = await ask(this.#gateway, "roleSession", {});
      if (current()) {
        const now = this.#clock.now();
        const earlyMs = Math.min(this.#limits.roleSessionRenewMs, (session.expiresAt - now) / 4);
        this.#session = session;
        this.#renewAt = session.expiresAt - earlyMs;
        this.#refusal = undefined;
      }
      return session;
    } catch (error) {
      if (error instanceof AwsError && current()) {
        this.#session = undefined;
        this.#refusal = { error, until: this.#clock.monotonic() + this.#limits.roleRefusalMs };
      }
      throw error;
    }
  }
}
