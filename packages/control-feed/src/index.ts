export * from "./address.js";
export * from "./client.js";
export * from "./connection.js";
export * from "./join-token.js";
export * from "./limits.js";
export * from "./messages.js";
export * from "./peer-gate.js";
export * from "./server.js";
