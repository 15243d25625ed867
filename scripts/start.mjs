import { build, install, root, run } from "./house.mjs";

await install();
await build();
// Ctrl-C reaches the child too, and it is the child that drains: wait for it.
process.on("SIGINT", () => {});
const up = [`${root}/packages/hotkeep/bin/hotkeep.js`, "up", ...process.argv.slice(2)];
process.exitCode = await run(process.execPath, up, { forward: ["SIGTERM"] });
