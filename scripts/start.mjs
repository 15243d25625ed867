import { build, install, root, run } from "./house.mjs";

await install();
await build();
// Ctrl-C reaches the child too, and it is the child that drains: wait for it.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.exitCode = await run(process.execPath, [
  `${root}/packages/hotkeep/bin/hotkeep.js`,
  "up",
  ...process.argv.slice(2),
]);
