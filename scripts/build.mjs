import { build, install } from "./house.mjs";

await install();
await build();
