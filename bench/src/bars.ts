import { readFileSync } from "node:fs";
import type { Figures } from "./figures.js";

/** Lower or upper bound of one figure. */
interface Bar {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** One sentence for every figure of a benchmark that misses its bar in bench/bars.json, or that was not measured. */
export function checkBars(bench: string, figures: Figures): readonly string[] {
  const path = new URL("../bars.json", import.meta.url);
  const bars = (JSON.parse(readFileSync(path, "utf8")) as Record<string, Record<string, Bar>>)[bench] ?? {};
  return Object.entries(bars).flatMap(([name, { atLeast, atMost }]) => {
    const value = figures[name];
    if (value === undefined) return [`${name} was not measured: is its peer installed?`];
    if (atLeast !== undefined && value < atLeast) return [`${name} is ${value}, the bar is at least ${atLeast}`];
    if (atMost !== undefined && value > atMost) return [`${name} is ${value}, the bar is at most ${atMost}`];
    return [];
  });
}
