import { build, install, step, tool } from "./house.mjs";

await install();
await build();
await step("checking the types of tests and benchmarks", tool("tsc"), ["-p", "tsconfig.tests.json"]);
await step("checking the types of the console's page", tool("tsc"), ["-p", "packages/console/page/tsconfig.json"]);
await step("checking lint and format", tool("biome"), ["ci", "--error-on-warnings", "."]);
