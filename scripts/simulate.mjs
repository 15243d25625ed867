import { join } from "node:path";
import { install, root, run } from "./house.mjs";

// A cluster's nodes and gateway in one process, under faults that follow from a seed; docs/consistency.md.
//   npm run simulate                        2,000 seeds from 1 on
//   npm run simulate -- --seed N            one seed, with what happens in it
//   npm run simulate -- --seed N --seeds M  M seeds from N on
await install();
const { build } = await import("esbuild");
const outfile = join(root, ".cache", "simulate.mjs");
await build({
  entryPoints: [join(root, "packages/hotkeep/test/simulation/main.ts")],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  conditions: ["hotkeep-source"],
  // Reached by imports, and not used: what is native stays outside.
  external: ["lmdb"],
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
  logLevel: "warning",
});
process.exitCode = await run(process.execPath, [outfile, ...process.argv.slice(2)]);
