export * from "./expression.js";
export * from "./face.js";
export * from "./limits.js";
export * from "./value.js";
