// Written by tools/generate-models.mjs from models/hotkeep.
import type { OpaqueValue } from "./data-plane-typed.js";

/** Account of the model. */
export interface Account {
  readonly AccountId?: string;
  readonly AccountName?: string;
  readonly CreatedAt?: Date;
}

/** CacheSettings of the model. */
export interface CacheSettings {
  readonly Tables?: readonly TableCacheRule[];
  /** A write drops the answers to queries of its partition, and of its table's scans and indexes. */
  readonly CoherentQueries?: boolean;
  /** Changes that others made to the tables drop what is cached, as the tables' streams tell of them. */
  readonly FollowStreams?: boolean;
  /** Which items stay when room is short: those used last (lru, as DAX), or those used often (frequent). */
  readonly Admission?: "lru" | "frequent";
  /** When the tables do not answer, what has expired is served for so much longer. */
  readonly StaleMillis?: number;
  /** How long the tables may take before what has expired is served. */
  readonly StaleAfterMillis?: number;
}

/** CreateAccountRequest of the model. */
export interface CreateAccountRequest {
  /** Twelve digits; any that are free when absent. */
  readonly AccountId?: string;
  /** For people; the number when absent. */
  readonly AccountName?: string;
}

/** CreateAccountResponse of the model. */
export interface CreateAccountResponse {
  readonly AccountId?: string;
  readonly AccessKeyId?: string;
  /** Kept nowhere else in readable form. */
  readonly SecretAccessKey?: string;
}

/** CreateJoinTokenRequest of the model. */
export interface CreateJoinTokenRequest {
  readonly ClusterName: string;
  /** The token is for this node only, and takes its place from whoever has it. */
  readonly NodeId?: string;
  /** An hour when absent. */
  readonly ValidSeconds?: number;
}

/** CreateJoinTokenResponse of the model. */
export interface CreateJoinTokenResponse {
  /** Kept nowhere else. */
  readonly Token?: string;
  readonly JoinToken?: JoinToken;
}

/** DeleteJoinTokenRequest of the model. */
export interface DeleteJoinTokenRequest {
  readonly JoinTokenId: string;
}

/** DeleteJoinTokenResponse of the model. */
export type DeleteJoinTokenResponse = Readonly<Record<string, never>>;

/** GetCacheSettingsRequest of the model. */
export interface GetCacheSettingsRequest {
  readonly ClusterName: string;
}

/** GetCacheSettingsResponse of the model. */
export interface GetCacheSettingsResponse {
  readonly ClusterArn?: string;
  readonly Settings?: CacheSettings;
}

/** HotKey of the model. */
export interface HotKey {
  readonly TableName?: string;
  readonly Key?: Readonly<Record<string, OpaqueValue>>;
  readonly RequestsPerSecond?: number;
  /** Of all look-ups of items on the cluster. */
  readonly Percent?: number;
  readonly Nodes?: readonly string[];
}

/** InvalidateCacheRequest of the model. */
export interface InvalidateCacheRequest {
  readonly ClusterName: string;
  readonly TableName?: string;
  /** Only with TableName. */
  readonly Key?: Readonly<Record<string, OpaqueValue>>;
}

/** InvalidateCacheResponse of the model. */
export interface InvalidateCacheResponse {
  readonly Nodes?: readonly InvalidatedNode[];
}

/** InvalidatedNode of the model. */
export interface InvalidatedNode {
  readonly NodeId?: string;
  /** Items forgotten. */
  readonly Items?: number;
  /** Answers to queries and scans forgotten. */
  readonly Pages?: number;
  /** Why the node could not be told. */
  readonly Message?: string;
}

/** ItemCounts of the model. */
export interface ItemCounts {
  readonly Hit?: number;
  readonly Negative?: number;
  readonly Miss?: number;
  readonly Coalesced?: number;
  readonly Bypass?: number;
  readonly Stale?: number;
}

/** JoinToken of the model. */
export interface JoinToken {
  readonly JoinTokenId?: string;
  readonly ClusterArn?: string;
  readonly NodeId?: string;
  readonly CreatedAt?: Date;
  readonly ExpiresAt?: Date;
  readonly CreatedBy?: string;
}

/** ListAccountsRequest of the model. */
export type ListAccountsRequest = Readonly<Record<string, never>>;

/** ListAccountsResponse of the model. */
export interface ListAccountsResponse {
  readonly Accounts?: readonly Account[];
}

/** ListHotKeysRequest of the model. */
export interface ListHotKeysRequest {
  readonly ClusterName: string;
  readonly MaxResults?: number;
}

/** ListHotKeysResponse of the model. */
export interface ListHotKeysResponse {
  readonly HotKeys?: readonly HotKey[];
  readonly Nodes?: readonly SampledNode[];
}

/** ListJoinTokensRequest of the model. */
export type ListJoinTokensRequest = Readonly<Record<string, never>>;

/** ListJoinTokensResponse of the model. */
export interface ListJoinTokensResponse {
  readonly JoinTokens?: readonly JoinToken[];
}

/** NodeXRay of the model. */
export interface NodeXRay {
  readonly NodeId?: string;
  readonly State?: "cached" | "negative" | "absent" | "refused" | "unreachable";
  readonly Item?: Readonly<Record<string, OpaqueValue>>;
  readonly AgeMillis?: number;
  /** Absent: the entry does not expire. */
  readonly ExpiresInMillis?: number;
  /** Absent where there is nothing to compare. */
  readonly SameAsStored?: boolean;
  readonly Message?: string;
}

/** PutCacheSettingsRequest of the model. */
export interface PutCacheSettingsRequest {
  readonly ClusterName: string;
  readonly Settings: CacheSettings;
}

/** PutCacheSettingsResponse of the model. */
export interface PutCacheSettingsResponse {
  readonly ClusterArn?: string;
  readonly Settings?: CacheSettings;
}

/** SampledNode of the model. */
export interface SampledNode {
  readonly NodeId?: string;
  readonly WindowSeconds?: number;
  readonly RequestsPerSecond?: number;
  readonly Message?: string;
}

/** SeenRequest of the model. */
export interface SeenRequest {
  readonly Time?: Date;
  readonly NodeId?: string;
  readonly Operation?: string;
  /** hit, negative, miss, coalesced, bypass, stale, mixed, write, denied or error. */
  readonly Outcome?: string;
  readonly TableName?: string;
  readonly Key?: Readonly<Record<string, OpaqueValue>>;
  readonly AgeMillis?: number;
  readonly Items?: ItemCounts;
  readonly TookMicros?: number;
  readonly PrincipalArn?: string;
  /** caller: the cluster refused its caller; service-role: the table refused the cluster. */
  readonly DeniedBy?: string;
  /** Of an error; opens a denial with hotkeep explain. */
  readonly RequestId?: string;
  readonly ErrorCode?: string;
}

/** StoredXRay of the model. */
export interface StoredXRay {
  readonly State?: "found" | "none" | "refused" | "unreachable";
  readonly Item?: Readonly<Record<string, OpaqueValue>>;
  /** The session of the service role that read it. */
  readonly ReadBy?: string;
  readonly Message?: string;
}

/** TableCacheRule of the model. */
export interface TableCacheRule {
  readonly TableName: string;
  /** 0: items never expire. */
  readonly RecordTtlMillis?: number;
  /** 0: answers to queries and scans are not kept. */
  readonly QueryTtlMillis?: number;
  readonly NeverCache?: boolean;
}

/** TailRequestsRequest of the model. */
export interface TailRequestsRequest {
  readonly ClusterName: string;
  /** What the last call answered; absent: from now on. */
  readonly After?: string;
  /** Of the requests; 100 when absent. */
  readonly SamplePercent?: number;
}

/** TailRequestsResponse of the model. */
export interface TailRequestsResponse {
  readonly Requests?: readonly SeenRequest[];
  readonly After?: string;
  /** Sampled requests that came too fast to be told. */
  readonly Missed?: number;
}

/** XRayRequest of the model. */
export interface XRayRequest {
  readonly ClusterName: string;
  readonly TableName: string;
  readonly Key: Readonly<Record<string, OpaqueValue>>;
}

/** XRayResponse of the model. */
export interface XRayResponse {
  readonly ClusterArn?: string;
  readonly TableName?: string;
  readonly Key?: Readonly<Record<string, OpaqueValue>>;
  readonly Stored?: StoredXRay;
  readonly Nodes?: readonly NodeXRay[];
}

/** The operations of Hotkeep with the types of their inputs and outputs, for `operationsOf`. */
export type HotkeepOperations = {
  /** Makes another account with a root key. Only this answer has the key's secret. */
  CreateAccount: { readonly input: CreateAccountRequest; readonly output: CreateAccountResponse };
  /** Makes a token with which one node that somebody else starts may join a cluster, once. Only this answer has it. */
  CreateJoinToken: { readonly input: CreateJoinTokenRequest; readonly output: CreateJoinTokenResponse };
  /** Takes a token away that nobody has used. */
  DeleteJoinToken: { readonly input: DeleteJoinTokenRequest; readonly output: DeleteJoinTokenResponse };
  /** What a cluster does beyond DAX. */
  GetCacheSettings: { readonly input: GetCacheSettingsRequest; readonly output: GetCacheSettingsResponse };
  /** Has every node of a cluster forget one item; or, without a key, a table's items and all answers to queries and scans; or, without a table, everything. */
  InvalidateCache: { readonly input: InvalidateCacheRequest; readonly output: InvalidateCacheResponse };
  /** The accounts of this house. */
  ListAccounts: { readonly input: ListAccountsRequest; readonly output: ListAccountsResponse };
  /** The keys that a cluster's callers ask for most, over the last one to two minutes, estimated from samples. */
  ListHotKeys: { readonly input: ListHotKeysRequest; readonly output: ListHotKeysResponse };
  /** The tokens that may still be used, without their secrets. */
  ListJoinTokens: { readonly input: ListJoinTokensRequest; readonly output: ListJoinTokensResponse };
  /** Sets what a cluster does beyond DAX, all of it: what is left out is off. In force on every connected node within a second. */
  PutCacheSettings: { readonly input: PutCacheSettingsRequest; readonly output: PutCacheSettingsResponse };
  /** What became of the requests that a cluster's nodes answered since the last call. Nodes tell of requests for ten seconds after each call. */
  TailRequests: { readonly input: TailRequestsRequest; readonly output: TailRequestsResponse };
  /** Compares what each node of a cluster has cached for one key with what the table holds. The stored value is read by a node as the cluster's service role. */
  XRay: { readonly input: XRayRequest; readonly output: XRayResponse };
};
