export * from "./authorizer.js";
export * from "./credentials.js";
export * from "./http.js";
export * from "./operation.js";
export * from "./router.js";
