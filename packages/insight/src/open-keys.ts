/** Global condition keys that every call brings along but no snapshot can know. */
const ofAnyCall = [
  "aws:CurrentTime",
  "aws:EpochTime",
  "aws:SourceIp",
  "aws:SecureTransport",
  "aws:UserAgent",
  "aws:Referer",
  "aws:TokenIssueTime",
  "aws:MultiFactorAuth*",
  "aws:SourceIdentity",
  "aws:FederatedProvider",
  "aws:ResourceTag/*",
];

/** Keys that are open when a user calls: it may do so with long-term keys or with a session of its own. */
export const openForUsers: readonly string[] = ofAnyCall;

/** Keys that are open when somebody calls with a role: a session may bring tags, and has a name. */
export const openForRoles: readonly string[] = [...ofAnyCall, "aws:userid", "aws:PrincipalTag/*"];

/** Keys that are open when a cluster calls with its service role: only the circumstances of the call. */
export const openForClusters: readonly string[] = ofAnyCall;

/** Keys that tell what a call asks of the table. */
export const openAtTable = "dynamodb:*";

/** The key that tells whether a call through a cluster stands in a transaction. */
export const openAtCluster = "dax:EnclosingOperation";
