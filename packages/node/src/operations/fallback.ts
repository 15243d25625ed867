import { AwsError } from "@hotkeep/core";
import { TableUnreachable } from "../table/table-calls.js";
import type { OperationContext } from "./context.js";

const late = Symbol("late");

/**
 * What `read` brings; or what `expired` has when the read fails for lack of an answer, or takes too long. A late read
 * goes on, and what it brings is cached. A refusal, a throttling or any other word of the table's is an answer.
 *
 * @param expired looked at when it is needed: what a write has dropped meanwhile is not served
 * @throws whatever `read` throws
 */
export async function orExpired<Value>(
  { fallback, clock }: Pick<OperationContext, "fallback" | "clock">,
  read: Promise<Value>,
  expired: () => Promise<Value> | undefined,
): Promise<Value> {
  const { staleMs, staleAfterMs } = fallback();
  if (staleMs === 0) return read;
  try {
    if (staleAfterMs === undefined) return await read;
    let giveUp!: () => void;
    const patience = new Promise<typeof late>((resolve) => {
      giveUp = () => resolve(late);
    });
    const timer = clock.after(staleAfterMs, giveUp);
    try {
      const first = await Promise.race([read, patience]);
      if (first !== late) return first;
    } finally {
      timer.cancel();
    }
    return await (expired() ?? read);
  } catch (error) {
    const instead = lacksAnswer(error) ? expired() : undefined;
    if (instead === undefined) throw error;
    return instead;
  }
}

function lacksAnswer(error: unknown): boolean {
  return error instanceof TableUnreachable || (error instanceof AwsError && error.fault === "server");
}
