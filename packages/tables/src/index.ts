export * from "./limits.js";
export * from "./open.js";
