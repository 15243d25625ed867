import { minutesKeptMs } from "../limits.js";
import { addSet, type StatisticSet } from "./statistic-set.js";

const minuteMs = 60_000;
const minutesPerHour = 60;
const hourMs = minutesPerHour * minuteMs;
/** Sample count, sum, minimum, maximum of each minute of an hour. */
const numbersPerMinute = 4;

/** One metric of one node, minute by minute. Hours without samples take no memory, old hours are dropped. */
export class Series {
  readonly #hours = new Map<number, Float64Array>();
  #lastAt = 0;

  /** When it was added to last. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Adds one sample; `at` is in milliseconds since the epoch. */
  add(at: number, value: number): void {
    this.#lastAt = Math.max(this.#lastAt, at);
    const hour = Math.floor(at / hourMs);
    let minutes = this.#hours.get(hour);
    if (minutes === undefined) {
      this.#forgetBefore(at - minutesKeptMs);
      minutes = new Float64Array(minutesPerHour * numbersPerMinute);
      this.#hours.set(hour, minutes);
    }
    const place = (Math.floor(at / minuteMs) % minutesPerHour) * numbersPerMinute;
    const first = minutes[place] === 0;
    minutes[place]! += 1;
    minutes[place + 1]! += value;
    minutes[place + 2] = first ? value : Math.min(minutes[place + 2]!, value);
    minutes[place + 3] = first ? value : Math.max(minutes[place + 3]!, value);
  }

  /** Adds the minutes that begin in `[from, to)` to what `setAt` gives for each. */
  collect(from: number, to: number, setAt: (minute: number) => StatisticSet): void {
    for (const [hour, minutes] of this.#hours) {
      const start = hour * hourMs;
      if (start >= to || start + hourMs <= from) continue;
      for (let minute = 0; minute < minutesPerHour; minute++) {
        const at = start + minute * minuteMs;
        const place = minute * numbersPerMinute;
        const count = minutes[place]!;
        if (count === 0 || at < from || at >= to) continue;
        addSet(setAt(at), { count, sum: minutes[place + 1]!, min: minutes[place + 2]!, max: minutes[place + 3]! });
      }
    }
  }

  #forgetBefore(at: number): void {
    for (const hour of this.#hours.keys()) if ((hour + 1) * hourMs <= at) this.#hours.delete(hour);
  }
}
