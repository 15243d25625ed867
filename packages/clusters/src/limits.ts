/** DAX's quotas (documented; clusters and events per Region: ours). */
export const daxQuotas = {
  clusterNameLengthMax: 20,
  nodesPerClusterMax: 11,
  nodesPerRegionMax: 50,
  clustersPerRegionMax: 50,
  parameterGroupsPerRegionMax: 20,
  parametersPerUpdateMax: 20,
  subnetGroupsPerRegionMax: 50,
  subnetsPerGroupMax: 20,
  /** An interface has at most five groups, and one of them is the cluster's own. */
  securityGroupsPerClusterMax: 4,
  tagsPerClusterMax: 50,
  tagKeyLengthMax: 128,
  tagValueLengthMax: 256,
  groupNameLengthMax: 255,
  descriptionLengthMax: 255,
  pageSizeMin: 20,
  pageSizeMax: 100,
  eventsKeptMs: 14 * 24 * 60 * 60 * 1000,
  eventsPerRegionMax: 1_000,
} as const;

/** Waits and bounds that an operator or a test may change. */
export interface ClusterLimits {
  /** From launch to `listening`; then the launch counts as failed. */
  readonly launchTimeoutMs: number;
  /** How long a node that outlived an earlier gateway may take to come back before it is ended and launched anew. */
  readonly reattachMs: number;
  /** How long a node that has lost the gateway serves on before it ends; 0: not at all. */
  readonly withoutGatewayMs: number;
  /** How long a join token may be used when nothing else is asked for, and at the most. */
  readonly joinTokenMs: number;
  readonly joinTokenMaxMs: number;
  /** Join tokens of one account that wait to be used. */
  readonly joinTokensMax: number;
  /** Failed launches in a row after which creating a node is given up. */
  readonly launchAttemptsMax: number;
  /** Pause before a crashed node is launched again; doubles up to `relaunchMaxMs`. */
  readonly relaunchMinMs: number;
  readonly relaunchMaxMs: number;
  /** How long a node may finish what runs, and its clients take to go elsewhere, before it is stopped. */
  readonly drainMs: number;
  /** The same when the whole cluster or the gateway ends, and clients have nowhere to go. */
  readonly finishMs: number;
  /** After this a node that was told to end is killed. */
  readonly stopMs: number;
  /** How long a node holds its seat after it asked for it. */
  readonly seatMs: number;
  /** How much longer the gateway takes a seat for held, for clocks that do not run alike. */
  readonly seatMarginMs: number;
  /** How long after a start the roster waits for nodes that outlived an earlier gateway. */
  readonly gatherMs: number;
  /** How long after its node was lost a write may still reach the tables. */
  readonly lateWriteMs: number;
  /** How long a node may take to learn a new attribute list before it is cut off. */
  readonly attributeListAckMs: number;
  /** Lists the account's dictionary may hold; they are never given up. */
  readonly attributeListsMax: number;
  /** Bytes of one list's names as JSON. */
  readonly attributeListBytesMax: number;
  /** Bytes of all lists together. */
  readonly attributeListsBytesMax: number;
  readonly denialsMax: number;
  /** Keys of which one node is told changes. */
  readonly callerSubscriptionsMax: number;
  readonly serviceSessionSeconds: number;
  readonly roleSessionSeconds: number;
}

/** The waits and bounds of a gateway that was told nothing else. */
export const defaultClusterLimits: ClusterLimits = {
  launchTimeoutMs: 20_000,
  reattachMs: 5_000,
  withoutGatewayMs: 300_000,
  joinTokenMs: 60 * 60 * 1000,
  joinTokenMaxMs: 7 * 24 * 60 * 60 * 1000,
  joinTokensMax: 1_000,
  launchAttemptsMax: 5,
  relaunchMinMs: 200,
  relaunchMaxMs: 10_000,
  drainMs: 5_000,
  finishMs: 1_000,
  stopMs: 3_000,
  seatMs: 800,
  seatMarginMs: 100,
  gatherMs: 1_500,
  lateWriteMs: 20_000,
  attributeListAckMs: 3_000,
  attributeListsMax: 100_000,
  attributeListBytesMax: 256 * 1024,
  attributeListsBytesMax: 64 * 1024 * 1024,
  denialsMax: 10_000,
  callerSubscriptionsMax: 100_000,
  serviceSessionSeconds: 900,
  roleSessionSeconds: 3_600,
};

/** Port of unencrypted clusters (documented). Also the port that security group rules speak of, wherever a node listens. */
export const daxPort = 8111;

/** The same for clusters whose endpoint is encrypted (documented). */
export const daxTlsPort = 9111;
