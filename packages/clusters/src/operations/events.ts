import type { NamedOperation } from "@hotkeep/protocols";
import { fault, invalidValue } from "../errors.js";
import type { MarkedEvent } from "../events/event-log.js";
import { pageOf } from "../model/page.js";
import { type ControlDesk, daxOperation, type InputOf, needsAny } from "./desk.js";

const defaultSpanMs = 24 * 60 * 60 * 1000;

/** What happened lately. */
export function eventOperations(desk: ControlDesk): readonly NamedOperation[] {
  return [
    daxOperation("DescribeEvents", {
      needs: () => needsAny("DescribeEvents"),
      async handle(input, call) {
        const { from, to } = spanOf(input, desk.clock.now());
        const source = input.SourceName?.toLowerCase();
        const found = (await desk.clusters.events.all(desk.clusters.store, call)).filter(
          ({ event }) =>
            event.at >= from &&
            event.at <= to &&
            (source === undefined || event.source === source) &&
            (input.SourceType === undefined || event.sourceType === input.SourceType),
        );
        // Newest first: pages run along marks that grow as events grow older.
        const page = pageOf(found.toReversed(), olderMark, input);
        return {
          Events: page.items.map(({ event }) => ({
            SourceName: event.source,
            SourceType: event.sourceType,
            Message: event.message,
            Date: new Date(event.at),
          })),
          ...page.next,
        };
      },
    }),
  ];
}

function spanOf(input: InputOf<"DescribeEvents">, now: number): { readonly from: number; readonly to: number } {
  const { StartTime: start, EndTime: end, Duration: minutes } = input;
  if (minutes !== undefined) {
    if (start !== undefined || end !== undefined) {
      throw fault("InvalidParameterCombinationException", "Give Duration, or StartTime and EndTime, not both.");
    }
    if (minutes < 1) throw invalidValue("Duration must be at least one minute.");
    return { from: now - minutes * 60_000, to: now };
  }
  const to = end?.getTime() ?? now;
  const from = start?.getTime() ?? to - defaultSpanMs;
  if (from > to) throw invalidValue("StartTime must not be after EndTime.");
  return { from, to };
}

/** Every digit of an event's mark turned about, so that later becomes less. */
function olderMark(event: MarkedEvent): string {
  return event.mark.replace(/\d/g, (digit) => String(9 - Number(digit)));
}
