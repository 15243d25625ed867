import { build, install, run, tool } from "./house.mjs";

const families = {
  frames: {
    tells: "mutated frames to the decoder and to a node's sessions, offline",
    files: ["packages/dax-wire/test/fuzz.spec.ts", "packages/node/test/session/fuzz.spec.ts"],
    project: "units",
    count: "HOTKEEP_FUZZ_FRAMES",
    runs: 5_000_000,
  },
  sockets: {
    tells: "mutated frames to a running node over its sockets",
    files: ["e2e/test/fuzz-frames.spec.ts"],
    project: "e2e",
    count: "HOTKEEP_FUZZ_FRAMES",
    runs: 1_000_000,
  },
  policy: {
    tells: "random policies: the engine and a plain evaluator agree, and what must hold of every decision holds",
    files: ["packages/policy/test/properties.spec.ts"],
    project: "units",
    count: "HOTKEEP_FUZZ_POLICIES",
    runs: 100_000,
  },
};

const given = process.argv.slice(2);
// Without a name: the frames.
const [name, ...rest] = given[0]?.startsWith("--") === false || given[0] === "--help" ? given : ["frames", ...given];
const family = Object.hasOwn(families, name ?? "") ? families[name] : undefined;
const option = (flag, otherwise) => (rest.includes(flag) ? rest[rest.indexOf(flag) + 1] : otherwise);
if (family === undefined) {
  const lines = Object.entries(families).map(
    ([each, { tells, runs }]) => `  npm run fuzz -- ${each.padEnd(8)}${tells} (${runs})`,
  );
  process.stdout.write(`Looks for what tests did not think of.\n\n${lines.join("\n")}\n  --runs N   --seed S\n`);
  process.exitCode = name === undefined || name === "--help" ? 0 : 2;
} else {
  await install();
  await build();
  const runs = option("--runs", String(family.runs));
  const seed = option("--seed", String(Date.now() % 2 ** 31));
  process.stdout.write(`${runs} runs of \`${name}\` with seed ${seed}\n`);
  const args = [
    "run",
    "--project",
    family.project,
    ...family.files,
    "--testTimeout",
    "3600000",
    "--hookTimeout",
    "3600000",
  ];
  const env = { ...process.env, [family.count]: runs, HOTKEEP_FUZZ_SEED: seed };
  process.exitCode = await run(tool("vitest"), args, { env });
}
