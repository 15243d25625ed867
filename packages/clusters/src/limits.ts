import type { ClusterLimits } from "./face.js";

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
