export { type LoopbackRange, takeLoopbackRange } from "./loopback-range.js";
export { type HotkeepOptions, type RunningHotkeep, startHotkeep } from "./start-hotkeep.js";
