import type { Decision } from "@hotkeep/policy";
import { rememberedDecisionsMax } from "../limits.js";

/** A denial that somebody may ask about by its id. */
export interface RememberedDecision {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Name of who was denied, as messages print it. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** The text that the caller got. */
  readonly message: string;
  /** Absent when the denial follows from a fixed rule or another endpoint decided. */
  readonly decision?: Decision;
  /** Request id of the call, if it came over HTTP. */
  readonly requestId?: string;
}

/** The last {@link rememberedDecisionsMax} denials, by id. In memory: it explains today's surprise, it is no audit. */
export class DecisionLog {
  readonly #decisions = new Map<string, RememberedDecision>();

  /** Keeps a decision, letting the oldest go when the log is full. */
  remember(decision: RememberedDecision): void {
    this.#decisions.set(decision.id, decision);
    if (this.#decisions.size <= rememberedDecisionsMax) return;
    for (const oldest of this.#decisions.keys()) {
      this.#decisions.delete(oldest);
      break;
    }
  }

  find(id: string): RememberedDecision | undefined {
    return this.#decisions.get(id);
  }

  /** Newest first. */
  recent(limit: number): readonly RememberedDecision[] {
    return [...this.#decisions.values()].slice(-Math.max(0, limit)).reverse().slice(0, Math.max(0, limit));
  }
}
