import { build, install, run, tool } from "./house.mjs";

await install();
await build();
process.exitCode = await run(tool("vitest"), ["run", ...process.argv.slice(2)]);
