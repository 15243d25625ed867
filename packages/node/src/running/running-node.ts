import type { NodeConfiguration, OutsidePlace } from "@hotkeep/control-feed";
import type { Clock, Logger, Random } from "@hotkeep/core";
import type { Span } from "@hotkeep/traces";
import type { Gateway } from "../gateway.js";
import type { NodeLimits } from "../limits.js";
import type { NodeMetrics } from "../metrics.js";
import type { TableEndpoint } from "../table/table-calls.js";
import type { Transport } from "../transport/transport.js";

/** What a node is started with. */
export interface NodeOptions {
  /** The connection to the gateway; the node neither opens nor closes it. */
  readonly feed: Gateway;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits?: Partial<NodeLimits>;
  /** Where it serves, for a node that was not started by the gateway. */
  readonly outside?: OutsidePlace;
  /** Sockets; when absent the better transport that is there, or the one that HOTKEEP_TRANSPORT names. */
  readonly transport?: Transport;
  /** The tables; the configured endpoint over HTTP when absent. */
  readonly tables?: TableEndpoint;
  /** Processor time that this process has used, in microseconds; what the system says when absent. */
  readonly cpuMicros?: () => number;
  /** Where spans of a share of the requests go (0 to 1); none are made when absent. */
  readonly traces?: { readonly ratio: number; readonly export: (span: Span) => void };
}

/** A node that listens. */
export interface RunningNode {
  readonly configuration: NodeConfiguration;
  readonly address: string;
  /** The port it listens on. */
  readonly port: number;
  /** What carries its connections: `batched`, `net`, or what the given transport calls itself. */
  readonly transport: string;
  /** A snapshot of what it has counted. */
  metrics(): NodeMetrics;
  /**
   * The node has left the roster: serves on until its clients have gone, at most `withinMs`, then stops. Also begun by
   * the gateway's `drain` notice.
   */
  drain(withinMs: number): Promise<void>;
  /** Ends every connection with FIN and stops. */
  close(): Promise<void>;
  /** Settles when the node has stopped, however that came about. */
  readonly stopped: Promise<void>;
}
