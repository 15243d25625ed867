import type { Decision } from "./types.js";

/** The text AWS prints for a denial (documented); for AssumeRole without the reason (observed). */
export function denialMessage(decision: Decision): string {
  return `User: is not authorized to perform: ${decision.request.action}`;
}
