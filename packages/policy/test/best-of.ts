/** The shortest of several runs, in milliseconds: what the machine does besides does not count. */
export function bestOf(rounds: number, work: () => void): number {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    work();
    bestMs = Math.min(bestMs, performance.now() - started);
  }
  return bestMs;
}
