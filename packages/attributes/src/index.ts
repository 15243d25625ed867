export * from "./expression.js";
export * from "./value.js";
