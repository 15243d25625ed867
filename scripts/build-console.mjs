// Bundles the console's page: TypeScript and the SDK clients it calls, for browsers.
import { copyFileSync, mkdirSync } from "node:fs";
import { build } from "esbuild";
import { root } from "./house.mjs";

const source = `${root}/packages/console/page`;
const target = `${root}/packages/console/dist/page`;
mkdirSync(target, { recursive: true });
for (const file of ["index.html", "console.css"]) copyFileSync(`${source}/${file}`, `${target}/${file}`);
await build({
  entryPoints: [`${source}/console.ts`],
  outfile: `${target}/console.js`,
  bundle: true,
  minify: true,
  platform: "browser",
  format: "esm",
  target: "es2022",
  logLevel: "warning",
});
