import { build, install, root, run } from "./house.mjs";

await install();
await build();
process.exitCode = await run(process.execPath, [`${root}/e2e/dist/demo.js`, ...process.argv.slice(2)]);
