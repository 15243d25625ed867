import type { AuditRecord, SigningName } from "@hotkeep/protocols";
import { type SessionOrigin, trailTime, type UserIdentity, userIdentity, webIdentityUser } from "./user-identity.js";

/** DynamoDB's operations on items: CloudTrail's data events (documented). All others are management events. */
const DATA_OPERATIONS: ReadonlySet<string> = new Set([
  ...["BatchExecuteStatement", "BatchGetItem", "BatchWriteItem", "DeleteItem", "ExecuteStatement"],
  ...["ExecuteTransaction", "GetItem", "PutItem", "Query", "Scan", "TransactGetItems", "TransactWriteItems"],
  ...["UpdateItem", "GetRecords", "GetShardIterator", "DescribeStream", "ListStreams"],
]);

const READS = /^(?:Get|List|Describe|BatchGet|Query$|Scan$|TransactGet|Simulate|Decode|AssumeRole)/;

/** Longest error message that is kept: those of signatures repeat the whole request. */
const messageCharactersMax = 1024;

const RESOURCE_TYPES: Readonly<Record<string, string>> = {
  dynamodb: "AWS::DynamoDB::Table",
  dax: "AWS::DAX::Cluster",
};

const STREAM_TYPE = "AWS::DynamoDB::Stream";
const isStream = (arn: string): boolean => /^arn:[^:]*:dynamodb:.*:table\/[^/]+\/stream\//.test(arn);

/** One event in the form of CloudTrail's records, version 1.11 (documented). */
export interface TrailEvent {
  readonly eventVersion: "1.11";
  readonly userIdentity: UserIdentity;
  /** `YYYY-MM-DDThh:mm:ssZ` */
  readonly eventTime: string;
  /** `iam.amazonaws.com` */
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  /** An address, or the name of the service that called. */
  readonly sourceIPAddress: string;
  readonly userAgent: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly requestParameters: Readonly<Record<string, unknown>> | null;
  /** null for calls that only read. */
  readonly responseElements: Readonly<Record<string, unknown>> | null;
  readonly additionalEventData?: Readonly<Record<string, unknown>>;
  readonly requestID: string;
  readonly eventID: string;
  readonly readOnly: boolean;
  readonly resources?: readonly { readonly accountId: string; readonly type: string; readonly ARN: string }[];
  readonly eventType: "AwsApiCall";
  readonly managementEvent: boolean;
  readonly recipientAccountId: string;
  readonly eventCategory: "Management" | "Data";
}

/** Whether a call is one on items. */
export function isDataEvent({ service, operation }: Pick<AuditRecord, "service" | "operation">): boolean {
  return service === "dynamodb" && operation !== undefined && DATA_OPERATIONS.has(operation);
}

/**
 * Whether a call belongs in the trail. Whoever nobody has authenticated stays outside, as in CloudTrail: strangers could
 * otherwise push everything else out of the files. A good token of an identity provider counts as authentication.
 */
export function isTraceable({ service, operation, principal, errorCode }: AuditRecord): boolean {
  if (service === undefined || operation === undefined || principal === undefined) return false;
  return principal.kind !== "anonymous" || errorCode === undefined || errorCode === "AccessDenied";
}

function resourcesOf({ permissions, account }: AuditRecord, service: SigningName): TrailEvent["resources"] {
  const type = RESOURCE_TYPES[service];
  const arns = new Set(permissions.map(({ resource }) => resource).filter((arn) => arn.startsWith("arn:")));
  if (type === undefined || account === undefined || arns.size === 0) return undefined;
  return [...arns].map((ARN) => ({ accountId: account, type: isStream(ARN) ? STREAM_TYPE : type, ARN }));
}

function errorOf({ service, errorCode, errorMessage }: AuditRecord) {
  if (errorCode === undefined) return {};
  const code = service === "ec2" && errorCode === "AccessDenied" ? "Client.UnauthorizedOperation" : errorCode;
  return errorMessage === undefined
    ? { errorCode: code }
    : { errorCode: code, errorMessage: errorMessage.slice(0, messageCharactersMax) };
}

/** What the record does not have in itself. */
export interface TrailFacts {
  /** A UUID. */
  readonly eventId: string;
  /** The account whose trail it is. */
  readonly account: string;
  readonly origin?: SessionOrigin | undefined;
}

/**
 * The event for a call; undefined when it does not belong in the trail. Pure. Data events tell which table was meant but
 * neither keys nor items.
 */
export function trailEvent(record: AuditRecord, facts: TrailFacts): TrailEvent | undefined {
  const { service, operation, principal, account = facts.account } = record;
  if (!isTraceable(record) || service === undefined || operation === undefined || principal === undefined) {
    return undefined;
  }
  const data = isDataEvent(record);
  const readOnly = READS.test(operation);
  const { origin } = facts;
  const invoker = principal.kind === "service" ? principal.service : origin?.service;
  const answer = data ? undefined : record.tellOutput?.();
  const anonymous = principal.kind === "anonymous";
  const resources = resourcesOf(record, service);
  return {
    eventVersion: "1.11",
    userIdentity: anonymous && answer !== undefined ? webIdentityUser(answer) : userIdentity(principal, record, origin),
    eventTime: trailTime(record.time),
    eventSource: `${service}.amazonaws.com`,
    eventName: operation,
    awsRegion: record.region ?? "us-east-1",
    // A service's calls show its name, not an address of its machines (documented).
    sourceIPAddress: invoker ?? record.sourceIp ?? "unknown",
    userAgent: invoker ?? record.userAgent ?? "unknown",
    ...errorOf(record),
    requestParameters: (data ? undefined : record.tellInput?.()) ?? null,
    responseElements: (readOnly && !operation.startsWith("AssumeRole") ? undefined : answer) ?? null,
    ...(origin?.sourceArn === undefined ? {} : { additionalEventData: { sourceArn: origin.sourceArn } }),
    requestID: record.requestId,
    eventID: facts.eventId,
    readOnly,
    ...(resources === undefined ? {} : { resources }),
    eventType: "AwsApiCall",
    managementEvent: !data,
    recipientAccountId: account,
    eventCategory: data ? "Data" : "Management",
  };
}

/** Uses of one action on a cache cluster, added up by a node. */
export interface ClusterUse {
  readonly clusterArn: string;
  readonly action: string;
  readonly count: number;
  readonly at: number;
  readonly region: string;
  readonly accessKeyId: string;
  /** Present when it is one call, and it was refused. */
  readonly denial?: { readonly decisionId: string; readonly message: string };
}

/**
 * The first hop's data event: what a caller did on a cluster. Nodes answer from memory and tell a few seconds' calls
 * together, so one event stands for `additionalEventData.count` of them, allowed or not; each refusal has an event of its
 * own besides (ours; DAX has no data events of its own).
 */
export function clusterUseEvent(
  use: ClusterUse,
  who: { readonly principal: NonNullable<AuditRecord["principal"]>; readonly session?: AuditRecord["session"] },
  facts: TrailFacts,
): TrailEvent {
  const { clusterArn, accessKeyId, region, denial } = use;
  const operation = use.action.slice(use.action.indexOf(":") + 1);
  return {
    eventVersion: "1.11",
    userIdentity: userIdentity(who.principal, { accessKeyId, session: who.session }, facts.origin),
    eventTime: trailTime(use.at),
    eventSource: "dax.amazonaws.com",
    eventName: operation,
    awsRegion: region,
    sourceIPAddress: "unknown",
    userAgent: "unknown",
    ...(denial === undefined ? {} : { errorCode: "AccessDenied", errorMessage: denial.message }),
    requestParameters: null,
    responseElements: null,
    ...(denial === undefined ? { additionalEventData: { count: use.count } } : {}),
    requestID: denial?.decisionId ?? facts.eventId,
    eventID: facts.eventId,
    readOnly: READS.test(operation),
    resources: [{ accountId: facts.account, type: "AWS::DAX::Cluster", ARN: clusterArn }],
    eventType: "AwsApiCall",
    managementEvent: false,
    recipientAccountId: facts.account,
    eventCategory: "Data",
  };
}
