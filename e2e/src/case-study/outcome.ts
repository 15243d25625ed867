import type { Expected } from "./scenarios.js";

/** What really happened to one call. */
export interface Outcome {
  readonly result: Exclude<Expected, "n/a"> | "error";
  /** The message of a denial or of an unexpected error. */
  readonly message?: string;
  /** Id of the denial, for `hotkeep explain`. */
  readonly requestId?: string;
}

interface ClientError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly requestId?: string;
  readonly $metadata?: { readonly requestId?: string };
}

/** Runs a call and sorts what came of it: the message tells which hop refused. */
export async function outcomeOf(call: () => Promise<unknown>, path: "direct" | "dax"): Promise<Outcome> {
  try {
    await call();
    return { result: "A" };
  } catch (caught) {
    const error = caught as ClientError;
    const message = error.message ?? String(caught);
    const requestId = error.$metadata?.requestId ?? error.requestId;
    const found = requestId === undefined ? { message } : { message, requestId };
    const denied = error.name === "AccessDeniedException" || error.code === "AccessDeniedException";
    if (!denied) return { result: "error", ...found };
    if (path === "direct") return { result: "d", ...found };
    if (/not authorized to perform: dax:/.test(message)) return { result: "d1", ...found };
    if (/assumed-role\/\S+ is not authorized to perform: dynamodb:/.test(message)) return { result: "d2", ...found };
    return { result: "error", ...found };
  }
}
