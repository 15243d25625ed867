/** Ways in which a request can be refused before anything is done. */
export type Refusal =
  | "missing"
  | "incomplete"
  | "bad signature"
  | "stale"
  | "unknown key"
  | "expired session"
  | "unknown operation"
  | "malformed query";

/** Status and code of one refusal. */
export type Spelling = readonly [status: number, code: string];

/** How one service is spoken to, with a call that changes nothing and that root may make. */
export interface Dialect {
  readonly service: "dynamodb" | "dax" | "iam" | "sts" | "ec2";
  readonly contentType: string;
  /** `X-Amz-Target`, for JSON services. */
  readonly target?: string;
  readonly body: string;
  /** A piece of every good answer. */
  readonly answer: string;
  /** How far a client's clock may be off, in seconds (observed). */
  readonly skewSeconds: number;
  readonly spellings: Readonly<Record<Refusal, Spelling>>;
}

/** Documented as DynamoDB's common errors; DAX's control plane has the same. */
const json: Dialect["spellings"] = {
  missing: [400, "MissingAuthenticationTokenException"],
  incomplete: [400, "IncompleteSignatureException"],
  "bad signature": [400, "InvalidSignatureException"],
  stale: [400, "InvalidSignatureException"],
  "unknown key": [400, "UnrecognizedClientException"],
  "expired session": [400, "ExpiredTokenException"],
  "unknown operation": [400, "UnknownOperationException"],
  "malformed query": [404, "MalformedQueryString"],
};

/** Documented as the common errors of IAM and STS. */
const query: Dialect["spellings"] = {
  missing: [403, "MissingAuthenticationToken"],
  incomplete: [400, "IncompleteSignature"],
  "bad signature": [403, "SignatureDoesNotMatch"],
  stale: [403, "SignatureDoesNotMatch"],
  "unknown key": [403, "InvalidClientTokenId"],
  "expired session": [403, "ExpiredToken"],
  "unknown operation": [400, "InvalidAction"],
  "malformed query": [404, "MalformedQueryString"],
};

/** Documented in EC2's table of error codes. */
const ec2: Dialect["spellings"] = {
  missing: [401, "AuthFailure"],
  incomplete: [400, "IncompleteSignature"],
  "bad signature": [401, "AuthFailure"],
  stale: [400, "RequestExpired"],
  "unknown key": [401, "AuthFailure"],
  "expired session": [400, "RequestExpired"],
  "unknown operation": [400, "InvalidAction"],
  "malformed query": [404, "MalformedQueryString"],
};

const form = "application/x-www-form-urlencoded; charset=utf-8";

/** Every service that is served over HTTP. */
export const dialects: readonly Dialect[] = [
  {
    service: "dynamodb",
    contentType: "application/x-amz-json-1.0",
    target: "DynamoDB_20120810.ListTables",
    body: '{"Limit":10}',
    answer: '"TableNames"',
    skewSeconds: 300,
    spellings: json,
  },
  {
    service: "dax",
    contentType: "application/x-amz-json-1.1",
    target: "AmazonDAXV3.DescribeClusters",
    body: '{"MaxResults":20}',
    answer: '"Clusters"',
    skewSeconds: 300,
    spellings: json,
  },
  {
    service: "iam",
    contentType: form,
    body: "Action=GetAccountSummary&Version=2010-05-08",
    answer: "<SummaryMap>",
    skewSeconds: 900,
    spellings: query,
  },
  {
    service: "sts",
    contentType: form,
    body: "Action=GetCallerIdentity&Version=2011-06-15",
    answer: "<GetCallerIdentityResult>",
    skewSeconds: 900,
    spellings: query,
  },
  {
    service: "ec2",
    contentType: form,
    body: "Action=DescribeVpcs&Version=2016-11-15",
    answer: "<vpcSet>",
    skewSeconds: 900,
    spellings: ec2,
  },
];
