export * from "./arn.js";
export * from "./clock.js";
export * from "./errors.js";
export * from "./ids.js";
export * from "./logger.js";
export * from "./permission.js";
export * from "./principal.js";
export * from "./random.js";
