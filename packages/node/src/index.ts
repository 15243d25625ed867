export type { Gateway } from "./gateway.js";
export { defaultLimits, type NodeLimits } from "./limits.js";
export type { NodeMetrics } from "./metrics.js";
export { type NodeOptions, type RunningNode, startNode } from "./start-node.js";
export { type TableCalls, type TableEndpoint, TableUnreachable } from "./table/table-calls.js";
export { netTransport } from "./transport/net-transport.js";
export type { Connection, ConnectionEvents, Listening, ListenOptions, Transport } from "./transport/transport.js";
