import type { Decision } from "./types.js";

/** A decision for people, several lines: the outcome and which statement of which policy brought it about. */
export function describeDecision(decision: Decision): string {
  return decision.outcome;
}
