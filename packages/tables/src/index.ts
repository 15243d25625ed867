export { checkTables, type TablesReport } from "./check/check-tables.js";
export * from "./limits.js";
export * from "./open.js";
export type { RefuseEarly } from "./remote/forwarded-operations.js";
export { defaultRemoteLimits, type RemoteLimits } from "./remote/limits.js";
export { openRemoteTables, type RemoteTables, type RemoteTablesOptions, readEndpoint } from "./remote/open-remote.js";
export type { EndpointState } from "./remote/remote-endpoint.js";
export type { PolicyPrincipals } from "./resource-policies/policy-principals.js";
export { loadNativeWrites } from "./storage/direct-writes.js";
