import type { ContextValues, Principal } from "@hotkeep/core";

/** How the rest of the cluster should dial a node, and what it does. */
export interface RosterEntry {
  /** `daxcluster01-a` */
  readonly nodeId: string;
  /** Small number that the wire protocol uses, unique in the cluster. */
  readonly ordinal: number;
  readonly address: string;
  readonly port: number;
  readonly zone: string;
  readonly leader: boolean;
}

/** The cluster's members as clients see them. `epoch` changes whenever the leader does. */
export interface Roster {
  readonly epoch: number;
  readonly nodes: readonly RosterEntry[];
}

/**
 * A node's seat in its cluster: for a short time it may acknowledge writes, and lead if it is told so. It counts
 * from the moment at which the node asked, on the node's own clock; the gateway waits longer than that before it gives
 * the node's place away.
 */
export interface SeatGrant {
  /** 0: no seat. */
  readonly seatMs: number;
  /** Names a leader only while that leader's own seat may run. */
  readonly roster: Roster;
  /** Whether this node leads. Also told by a gateway that has just started and sends no roster before all are back. */
  readonly leads: boolean;
  /** The number of the last notice of each other node's writes, by origin. */
  readonly sequences: Readonly<Record<string, number>>;
  /** How often nodes have been lost, with them perhaps notices of their writes. */
  readonly losses: number;
  /** For so long writes of lost nodes may still reach the tables, and nobody will tell of them. */
  readonly doubtMs: number;
  /** Nobody else has been in the cluster while this node was away. */
  readonly alone: boolean;
}

/** What holds for one table instead of the parameter group. */
export interface TableCacheRule {
  readonly table: string;
  /** Milliseconds; 0: items never expire. Absent: as the parameter group says. */
  readonly recordTtlMs?: number;
  /** Milliseconds; 0: answers to queries and scans are not kept. Absent: as the parameter group says. */
  readonly queryTtlMs?: number;
  /** Nothing of this table is kept. */
  readonly neverCache?: boolean;
}

/** What a cluster does beyond DAX. Everything is off where it is absent. */
export interface CacheSettings {
  readonly tables?: readonly TableCacheRule[];
  /** A write drops the answers to queries of its partition, and of its table's scans and indexes. */
  readonly coherentQueries?: boolean;
  /** Changes that others made to the tables drop what is cached, as the tables' streams tell of them. */
  readonly followStreams?: boolean;
  /** Which items stay when room is short: those used last, or those used often, so that a scan pushes out nothing. */
  readonly admission?: "lru" | "frequent";
  /** When the tables do not answer, what has expired is served for so many milliseconds longer. */
  readonly staleMs?: number;
  /** How long the tables may take before what has expired is served; their own time-out when absent. */
  readonly staleAfterMs?: number;
}

/** What a node needs to know about its cluster. */
export interface NodeConfiguration {
  readonly clusterArn: string;
  readonly account: string;
  readonly region: string;
  readonly nodeId: string;
  readonly listenAddress: string;
  readonly port: number;
  /** Where tables are: a DynamoDB endpoint URL. */
  readonly tableEndpoint: string;
  readonly serviceRoleArn: string;
  /** 0: items never expire. */
  readonly recordTtlMs: number;
  /** 0: query results are not cached. */
  readonly queryTtlMs: number;
  /** Absent: as DAX. */
  readonly cacheSettings?: CacheSettings;
  readonly cacheBytesMax: number;
  /** How long the node serves on when it has lost the gateway, before it ends; 0: not at all. */
  readonly withoutGatewayMs: number;
  /**
   * Who may connect to the node's port, as CIDRs: the ingress rules of its security groups. Checked at accept with a
   * `PeerGate`, before any byte is read. Absent: the operator has switched the gate off.
   */
  readonly ingressCidrs?: readonly string[];
  /**
   * The node listens with TLS and shows a certificate for at least these names and addresses, by the authority with
   * this fingerprint; absent: plain TCP. A running node does not change from one to the other.
   */
  readonly tls?: { readonly names: readonly string[]; readonly authority: string };
  /** PEM: the only authority by which the table endpoint's certificate is checked. Absent: those that Node.js knows. */
  readonly tableEndpointAuthority?: string;
}

/** What a TLS node shows its clients. Times in milliseconds since the epoch. */
export interface NodeCertificate {
  /** PEM. */
  readonly certificate: string;
  readonly names: readonly string[];
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Fingerprint of the authority that made it. */
  readonly authority: string;
}

/** Where a node that somebody else has started serves, and where its clients find it. */
export interface OutsidePlace {
  readonly listenAddress: string;
  /** 0, here and below: the port of the cluster. */
  readonly port: number;
  readonly advertiseAddress: string;
  readonly advertisePort: number;
}

/** A policy on its way to a node: text and origin; the node parses and compiles it. */
export interface FeedPolicy {
  readonly kind: "identity" | "boundary" | "session" | "service-control";
  /** Of a service control policy: its level, from 0; every level must allow. */
  readonly level?: number;
  readonly name: string;
  readonly carrier?: string;
  readonly document: string;
}

/**
 * What a node may know of a caller: enough to verify one day's DAX signatures and to decide `dax:` actions. Never the
 * secret key.
 */
export interface Caller {
  readonly accessKeyId: string;
  readonly principal: Principal;
  /** SHA-256 (hex) of the session token that must come along; absent for long-term keys. */
  readonly sessionTokenSha256?: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number;
  /** When the user showed a second factor for the session, in milliseconds since the epoch: `aws:MultiFactorAuthAge`. */
  readonly mfaAt?: number;
  /** Signing key for service `dax`, as hex, for this date (YYYYMMDD) and Region. */
  readonly signingKey: string;
  readonly signingDate: string;
  readonly signingRegion: string;
  readonly policies: readonly FeedPolicy[];
  /** Condition keys that belong to the principal and session (`aws:PrincipalTag/…`, `aws:TokenIssueTime`, …). */
  readonly context: ContextValues;
}

/** A session of the cluster's service role. */
export interface RoleSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The session's ARN, for messages. */
  readonly arn: string;
}

/** A denial a node wants remembered, so that `hotkeep explain` can open it. */
export interface DenialRecord {
  readonly id: string;
  readonly at: number;
  readonly hop: "caller" | "service-role";
  readonly principal: string;
  /** The caller's key; absent for the service role. */
  readonly accessKeyId?: string;
  /** On the second hop: who had asked the cluster. */
  readonly askedBy?: string;
  readonly action: string;
  readonly resource: string;
  readonly message: string;
  /** The decision with its reasons, as JSON; absent when another endpoint decided. */
  readonly decision?: unknown;
}

/** How often a caller has tried one action on a node since the node last told. Attempts count, allowed or not. */
export interface UseRecord {
  readonly accessKeyId: string;
  /** `dax:GetItem` */
  readonly action: string;
  readonly count: number;
  /** Milliseconds since the epoch: the last use, to within the pause between two notices. */
  readonly at: number;
}

/**
 * How a node stands, by CloudWatch's names: counters since its start, and how the rest is now. Counters that only grow
 * make up for a notice that got lost.
 */
export interface NodeReport {
  /** Milliseconds since the epoch; tells one run of a node from the next. */
  readonly startedAt: number;
  readonly values: Readonly<Record<string, number>>;
}

/** Attribute values as DynamoDB's JSON has them. */
export type KeyJson = Readonly<Record<string, unknown>>;

/** What a node has, or found, of one item. */
export interface CachedItem {
  readonly state: "cached" | "negative" | "absent" | "refused" | "unreachable";
  readonly item?: KeyJson;
  readonly ageMs?: number;
  /** Absent: it does not expire. */
  readonly expiresInMs?: number;
  /** Why nothing is known. */
  readonly message?: string;
}

/** What the table holds of one item, as the service role sees it. */
export interface StoredItem {
  readonly state: "found" | "none" | "refused" | "unreachable";
  readonly item?: KeyJson;
  /** ARN of the session that read it. */
  readonly readBy?: string;
  readonly message?: string;
}

/** A key that is looked up often; `count` is what it surely has, estimated from samples. */
export interface HotKey {
  readonly table: string;
  readonly key: KeyJson;
  readonly count: number;
}

/** What became of one request. */
export interface SeenRequest {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `GetItem` */
  readonly operation: string;
  readonly outcome: string;
  readonly tookMicros: number;
  readonly principal: string;
  readonly table?: string;
  readonly key?: KeyJson;
  /** Of what the cache had. */
  readonly ageMs?: number;
  /** Look-ups by outcome, of a request for several items that fared differently. */
  readonly items?: Readonly<Record<"hit" | "negative" | "miss" | "coalesced" | "bypass" | "stale", number>>;
  readonly deniedBy?: "caller" | "service-role";
  readonly requestId?: string;
  readonly errorCode?: string;
}

/** Requests the gateway makes of a node, each with its answer. */
export interface GatewayRequests {
  /**
   * What the node has for a key and, if `stored`, what the table holds.
   *
   * @throws AwsError ValidationException when the key is none of the table's
   */
  xray: {
    request: { readonly table: string; readonly key: KeyJson; readonly stored: boolean };
    response: { readonly cached: CachedItem; readonly stored?: StoredItem };
  };
  /**
   * Forgets one item; or, without a key, a table's items and all answers to queries and scans; or, without a table,
   * everything.
   *
   * @throws AwsError ValidationException when the key is none of the table's
   */
  invalidate: {
    request: { readonly table?: string; readonly key?: KeyJson };
    /** How many entries were forgotten. */
    response: { readonly items: number; readonly pages: number };
  };
  /** The keys looked up most over the last one to two minutes. */
  hotKeys: {
    request: { readonly keysMax: number };
    response: { readonly spanMs: number; readonly total: number; readonly keys: readonly HotKey[] };
  };
}

/** Requests a node makes of the gateway, each with its answer. */
export interface NodeRequests {
  /**
   * First message of a node on every connection, with the name under which it was launched. The gateway answers with
   * what the node is to be; the configuration's `nodeId` is its name within the cluster.
   */
  hello: {
    request: { readonly nodeId: string; readonly pid: number; readonly outside?: OutsidePlace };
    response: NodeConfiguration;
  };
  /**
   * The only message of somebody who comes with a join token; uses the token up. The answer is for the connections to
   * come: the node's name and its secret.
   *
   * @throws HotkeepError `JoinTokenUsed`, `NoVacancy`, `ClusterGone`
   */
  join: {
    /** Absent zone: any. */
    request: { readonly zone?: string };
    response: { readonly nodeId: string; readonly token: string; readonly clusterArn: string };
  };
  /**
   * The node listens; from now on it may be put on the roster. `run` tells this process from an earlier one of the same
   * name, `sequence` is the number of its last `wrote`.
   */
  listening: {
    request: { readonly port: number; readonly run: string; readonly sequence: number };
    response: SeatGrant;
  };
  /** A sign of life, several times a second: asks for the seat anew. */
  seat: { request: { readonly run: string; readonly sequence: number }; response: SeatGrant };
  /** null: no such active key. Subscribes the node to `callerChanged` for this key. */
  caller: {
    request: { readonly accessKeyId: string; readonly date: string; readonly region: string };
    response: Caller | null;
  };
  /**
   * A certificate for the node's public key (SubjectPublicKeyInfo, DER in base64). The gateway decides the names.
   *
   * @throws HotkeepError when the node's cluster has no TLS, or the authority refuses
   */
  certificate: { request: { readonly publicKey: string }; response: NodeCertificate };
  /** @throws when the role cannot be assumed; the message is for the client. */
  roleSession: { request: Record<string, never>; response: RoleSession };
  /** Allots or finds the id of an ordered list of attribute names. Durable, and known to every node, when answered. */
  attributeListId: { request: { readonly names: readonly string[] }; response: { readonly id: number } };
  /** null: no such list. */
  attributeList: { request: { readonly id: number }; response: { readonly names: readonly string[] } | null };
}

/** Keys of one table that a node has written. */
export interface WriteNotice {
  /** Counts the origin's notices from 1; it has no gaps. */
  readonly sequence: number;
  readonly table: string;
  /** Canonical primary keys in base64. */
  readonly keys: readonly string[];
  /** The write's outcome is not known: it may reach the table later. */
  readonly doubt?: boolean;
}

/** What a node tells the gateway without waiting. */
export interface NodeNotices {
  denied: DenialRecord;
  /** What callers did, added up over a few seconds; for the times of last use. */
  used: { readonly uses: readonly UseRecord[] };
  /** Every few seconds. */
  metrics: NodeReport;
  /** What became of requests, while the gateway follows them; `missed` came too fast to be told. */
  seen: { readonly requests: readonly SeenRequest[]; readonly missed: number };
  /** Keys this node has written; the gateway relays them to the cluster's other nodes. */
  wrote: WriteNotice;
  /** The node stops, no write of its is on its way, and this was the number of its last `wrote`. */
  left: { readonly sequence: number };
}

/** What the gateway tells a node without waiting. */
export interface GatewayNotices {
  roster: Roster;
  /** Something about these keys' principals or policies changed: ask again before the next request. */
  callerChanged: { readonly accessKeyIds: readonly string[] };
  /** The service role's sessions are void (trust or role gone, or policies changed): get a new one. */
  roleSessionRevoked: Record<string, never>;
  attributeList: { readonly id: number; readonly names: readonly string[] };
  /** Writes another node made. A gap in `sequence` per origin means: drop the whole item cache. */
  wrote: WriteNotice & {
    readonly origin: string;
    /** The notices up to this number have not reached the gateway: a gap, told at once. */
    readonly missing?: boolean;
  };
  /** A node is lost, and perhaps notices of its writes. */
  writesLost: Pick<SeatGrant, "losses" | "doubtMs">;
  configuration: NodeConfiguration;
  /** Leaving the roster has happened: serve on while clients leave, begin anew with the cache kept, say `listening`. */
  reboot: { readonly withinMs: number };
  /** Tell of requests for so long: this many percent of them. */
  follow: { readonly forMs: number; readonly percent: number };
  /** Leave the roster has happened: finish what runs, then stop. */
  drain: { readonly withinMs: number };
}
