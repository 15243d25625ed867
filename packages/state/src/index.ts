export * from "./limits.js";
export { memoryStore, openLmdbStore } from "./open.js";
export * from "./store.js";
