export { type Configuration, type ConfigurationInput, readConfiguration } from "./configuration.js";
export { type Gateway, startGateway } from "./gateway/gateway.js";
export type { Running } from "./gateway/running-file.js";
