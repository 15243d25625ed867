import { type RunResult, run } from "./run.js";

/** Values of `--seed N` and `--seeds M`. */
function option(name: string, fallback: number): number {
  const at = process.argv.indexOf(`--${name}`);
  if (at < 0) return fallback;
  const value = Number(process.argv[at + 1]);
  if (Number.isInteger(value) && value >= 0) return value;
  console.error(`✗ --${name} takes a whole number, not \`${process.argv[at + 1] ?? ""}\``);
  process.exit(2);
}

const seed = option("seed", 1);
const one = process.argv.includes("--seed") && !process.argv.includes("--seeds");
const count = one ? 1 : option("seeds", 2_000);
const started = process.cpuUsage();
const results: RunResult[] = [];
for (let next = seed; next < seed + count; next++) {
  const result = await run({ seed: next, ...(one && { trace: (line: string) => console.log(line) }) });
  results.push(result);
  if (result.violation === undefined) continue;
  if (!one) await run({ seed: next, trace: (line) => console.log(line) });
  console.error(`✗ seed ${next}: ${result.violation}`);
  console.error(`  again: npm run simulate -- --seed ${next}`);
  process.exit(1);
}
const sum = (of: (result: RunResult) => number) => results.reduce((total, result) => total + of(result), 0);
const { user, system } = process.cpuUsage(started);
console.log(
  `✓ ${results.length} seeds: ${sum((r) => r.reads)} reads, ${sum((r) => r.writes)} acknowledged writes, ` +
    `${sum((r) => r.failures)} failures, ${sum((r) => r.faults)} faults, ${sum((r) => r.epochs)} epochs, ` +
    `${Math.round(sum((r) => r.lastedMs) / 60_000)} min of cluster time in ${((user + system) / 1e6).toFixed(1)} s of CPU`,
);
