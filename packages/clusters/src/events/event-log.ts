import type { Clock } from "@hotkeep/core";
import { prefixRange, type StateReader, type StateTransaction } from "@hotkeep/state";
import { daxQuotas } from "../limits.js";
import type { EventRecord, Place } from "../model/records.js";
import { placePrefix } from "../model/state.js";

/** An event with its place in the order of events. */
export interface MarkedEvent {
  readonly mark: string;
  readonly event: EventRecord;
}

/** What happened to clusters and groups; kept 14 days (documented), bounded in number besides. */
export class EventLog {
  readonly #clock: Clock;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Writes an event along with what it tells of. */
  async add(
    transaction: StateTransaction,
    place: Place,
    sourceType: EventRecord["sourceType"],
    source: string,
    message: string,
  ): Promise<EventRecord> {
    const prefix = eventsPrefix(place);
    const at = this.#clock.now();
    const old = await transaction.range(prefixRange(prefix));
    const surplus = old.length + 1 - daxQuotas.eventsPerRegionMax;
    old.forEach((entry, index) => {
      const expired = (entry.value as EventRecord).at < at - daxQuotas.eventsKeptMs;
      if (index < surplus || expired) transaction.delete(entry.key);
    });
    // Time first, so that keys sort as events happened; the count keeps those of one millisecond apart and in order.
    this.#count = (this.#count + 1) % 1_000_000;
    const mark = `${String(at).padStart(15, "0")}-${String(this.#count).padStart(6, "0")}`;
    const event: EventRecord = { source, sourceType, message, at };
    transaction.put(prefix + mark, event);
    return event;
  }

  /** All events of a place, oldest first. */
  async all(reader: StateReader, place: Place): Promise<readonly MarkedEvent[]> {
    const prefix = eventsPrefix(place);
    const earliest = this.#clock.now() - daxQuotas.eventsKeptMs;
    return (await reader.range(prefixRange(prefix)))
      .map((entry) => ({ mark: entry.key.slice(prefix.length), event: entry.value as EventRecord }))
      .filter(({ event }) => event.at >= earliest);
  }
}

function eventsPrefix(place: Place): string {
  return `${placePrefix(place)}events/`;
}
