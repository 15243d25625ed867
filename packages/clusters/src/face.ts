import type { CertificateAuthority } from "@hotkeep/certificates";
import type { DenialRecord, FeedAddress, FeedLimits, NodeReport, UseRecord } from "@hotkeep/control-feed";
import type { Clock, Logger, Random } from "@hotkeep/core";
import type { Identity, Sealer } from "@hotkeep/identity";
import type { Network } from "@hotkeep/network";
import type { LocalCall, ServiceHandlers } from "@hotkeep/protocols";
import type { StateStore } from "@hotkeep/state";
import type { DenialLog } from "./denials/denial-log.js";
import type { NodeLauncher } from "./launch/launcher.js";
import type { ClusterLimits } from "./limits.js";
import type { ClusterNotification } from "./model/cluster-store.js";
import type { Launch } from "./model/launch.js";

export type { ClusterNotification } from "./model/cluster-store.js";

/** What callers did on one cluster, as one of its nodes told. */
export interface NodeUses {
  readonly clusterArn: string;
  readonly region: string;
  readonly uses: readonly UseRecord[];
}

/** How one of a cluster's nodes stands, as it told. */
export interface NodeMetricsReport {
  readonly account: string;
  readonly region: string;
  readonly cluster: string;
  readonly nodeId: string;
  readonly report: NodeReport;
}

/** What the control plane works with. */
export interface ClustersOptions {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** For the feed's key and what is kept of join tokens. */
  readonly sealer: Sealer;
  readonly identity: Pick<
    Identity,
    | "assumeRoleForService"
    | "endSession"
    | "serviceMayAssume"
    | "findRole"
    | "findServiceLinkedRole"
    | "ensureServiceLinkedRole"
    | "withServiceLinkedRole"
    | "onServiceLinkedRoleDeletion"
    | "callerFacts"
    | "noteUses"
    | "onChange"
  >;
  readonly network: Network;
  /** The router's `invoke`: how the control plane calls our EC2 with the service-linked role's session. */
  readonly invoke: (call: LocalCall) => Promise<unknown>;
  readonly launcher: NodeLauncher;
  /** Address on which the control feed listens: 127.0.0.1 when not given. */
  readonly feedHost?: string;
  /** 0 when not given: the one of the last run if it is free, so that nodes which outlived it come back; else any. */
  readonly feedPort?: number;
  readonly feedLimits?: Partial<FeedLimits>;
  /**
   * `interface` (when not given): every node listens on its network interface's own address. `loopback`: all nodes on
   * 127.0.0.1 with ports of their own, where other loopback addresses do not exist.
   */
  readonly advertise?: "interface" | "loopback";
  /** Who starts the nodes of clusters that do not say it themselves: this gateway, when not given, or somebody else. */
  readonly launch?: Launch;
  /** Certifies the nodes of clusters whose endpoint is encrypted; without it such clusters are refused. */
  readonly authority?: Pick<CertificateAuthority, "issue" | "fingerprint">;
  /** Names and addresses that every node's certificate has beside the nodes' own; none when not given. */
  readonly tlsNames?: readonly string[];
  /** False: security groups do not keep anybody out. For development; true when not given. */
  readonly enforceSecurityGroups?: boolean;
  /** Cache size of a node by node type, in bytes; a table from AWS's memory sizes, scaled down, when not given. */
  readonly cacheBytesOf?: (nodeType: string) => number;
  /** Told of every denial a node reports, after it was put into {@link Clusters.denials}. */
  readonly onDenial?: (denial: DenialRecord) => void;
  /** Told of the events of clusters with an active notification topic, once they are stored. */
  readonly onNotification?: (notification: ClusterNotification) => void;
  /** Told of every use a node reports, after identity was. */
  readonly onUses?: (uses: NodeUses) => void;
  /** Told every few seconds how each node stands. */
  readonly onMetrics?: (report: NodeMetricsReport) => void;
  readonly limits?: Partial<ClusterLimits>;
}

/** What only is known once the gateway listens. */
export interface ClustersStart {
  /** URL of the DynamoDB API that nodes read from and write to. */
  readonly tableEndpoint: string;
  /** PEM: the only authority by which nodes check that URL's certificate. When not given, those that Node.js knows. */
  readonly tableEndpointAuthority?: string;
}

/** One cluster as other rooms of the gateway may see it. */
export interface ClusterView {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly status: string;
  readonly serviceRoleArn: string;
  /** Who starts its nodes: this gateway, or somebody else. */
  readonly launch: "local" | "external";
  /** `dax://127.31.0.4:8111` or `daxs://127.31.0.4:9111`; absent while the cluster has no address. */
  readonly endpoint?: string;
  readonly nodes: readonly { readonly nodeId: string; readonly status: string; readonly pid?: number }[];
}

/** The DAX control plane, of every account. */
export interface Clusters {
  /** The operations of `dax`, for the router. */
  readonly handlers: ServiceHandlers;
  /** Join tokens, and looking into clusters: operations of `hotkeep`, for the router. */
  readonly ownHandlers: ServiceHandlers;
  /** The last denials that nodes reported, by decision id. */
  readonly denials: DenialLog;
  /**
   * Opens the control feed, launches the nodes of every stored cluster and takes up what a stop interrupted.
   * Returns when that is under way, not when the nodes listen.
   */
  start(options: ClustersStart): Promise<void>;
  /** Settles when the named cluster is available. @throws HotkeepError when it is gone or `timeoutMs` has passed */
  whenAvailable(name: string, region: string, timeoutMs: number): Promise<ClusterView>;
  list(): Promise<readonly ClusterView[]>;
  /** Where nodes on this machine reach the control feed. @throws HotkeepError `FeedNotStarted` before `start` */
  feedAddress(): FeedAddress;
  /** Calls `listener` after anything about a cluster or its nodes has changed. The answer stops that. */
  watch(listener: () => void): () => void;
  /** Drains and stops all nodes and closes the feed; bounded by `drainMs` and `stopMs`. Clusters stay stored. */
  stop(): Promise<void>;
}
