import { AwsError, type Clock, HotkeepError, type Logger } from "@hotkeep/core";
import type { SigningCredentials } from "@hotkeep/protocols";
import type { Tables } from "../open.js";
import { describeEndpoints } from "../operations/describe-endpoints.js";
import { forwardedOperations, type RefuseEarly } from "./forwarded-operations.js";
import { forwardedStreams } from "./forwarded-streams.js";
import { defaultRemoteLimits, type RemoteLimits } from "./limits.js";
import { type EndpointState, RemoteEndpoint } from "./remote-endpoint.js";
import { RemoteHome } from "./remote-home.js";
import { RemoteIterators } from "./remote-iterators.js";
import { learnHome } from "./table-arns.js";
import { TableSchemas } from "./table-schemas.js";

/** What {@link openRemoteTables} needs from outside. */
export interface RemoteTablesOptions {
  /** `http://host:port` or `https://host` of a DynamoDB-compatible service. */
  readonly endpoint: string;
  /** The Region in the signatures for the endpoint; by default that of the tables. */
  readonly endpointRegion?: string;
  /** Keys for the endpoint; read again when it refuses them. @throws whatever says that there are none */
  readonly credentials: () => SigningCredentials;
  /** The account and the one Region under which callers and policies know the tables. */
  readonly account: string;
  readonly region: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<RemoteLimits>;
  /**
   * Throws the denial of a call that is denied whatever the values of the unknown condition keys. Asked before this
   * gateway describes a table in order to know its partition key. Without it that is described for any caller.
   */
  readonly refuseEarly?: RefuseEarly;
  /** As in `TablesOptions`. */
  readonly endpointAddress?: () => string;
}

/** The DynamoDB API over a remote endpoint. */
export interface RemoteTables extends Tables {
  /** Whether the endpoint has answered the last call made to it. */
  state(): EndpointState;
}

/**
 * The DynamoDB API in front of a remote DynamoDB-compatible endpoint: every call is decoded, validated and authorised
 * here, and what is forwarded is written anew from what was authorised, signed with this gateway's own credentials.
 * Makes no call by itself: an endpoint that is away is told to callers, not here.
 *
 * @throws HotkeepError `BadConfiguration` when `endpoint` is no such URL.
 */
export function openRemoteTables(options: RemoteTablesOptions): RemoteTables {
  const { clock, logger, account, region, credentials } = options;
  const limits = { ...defaultRemoteLimits, ...options.limits };
  const url = readEndpoint(options.endpoint);
  const endpointRegion = options.endpointRegion ?? region;
  const access = { region: endpointRegion, credentials, clock, logger, limits };
  const endpoint = new RemoteEndpoint({ ...access, url, target: "DynamoDB_20120810" });
  let streams: RemoteEndpoint | undefined;
  const openStreams = () => {
    streams ??= new RemoteEndpoint({ ...access, url: streamsEndpoint(url), target: "DynamoDBStreams_20120810" });
    return streams;
  };
  const home = new RemoteHome({ account, region });
  const schemas = new TableSchemas((name) => describeTable(endpoint, home, name), clock, limits);
  const forwarded = forwardedOperations({ endpoint, schemas, home, refuseEarly: options.refuseEarly });
  const iterators = new RemoteIterators(credentials);
  const { endpointAddress } = options;
  return {
    handlers: {
      service: "dynamodb",
      operations: endpointAddress === undefined ? forwarded : [...forwarded, describeEndpoints(endpointAddress)],
    },
    // Policies on a remote table are its endpoint's affair.
    policiesFor: () => undefined,
    streams: {
      service: "dynamodbstreams",
      operations: forwardedStreams({ endpoint: openStreams, schemas, home, iterators, region }),
    },
    state: () => endpoint.state(),
    async close() {
      endpoint.close();
      streams?.close();
    },
  };
}

/** The origin in a URL. @throws HotkeepError `BadConfiguration` */
export function readEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    `${url.username}${url.password}${url.search}${url.hash}` === "" &&
    url.pathname === "/";
  if (isOrigin) return url;
  // What stands before an @ may be a password.
  throw new HotkeepError("BadConfiguration", `\`${text.replace(/\/\/.*@/, "//…@")}\` cannot be the table endpoint`, {
    help: "give scheme, host and port only, such as http://127.0.0.1:8000; credentials have variables of their own",
  });
}

/** Where the streams of an endpoint's tables are: AWS has them under a name of their own (documented), others do not. */
export function streamsEndpoint(url: URL): URL {
  const streams = new URL(url);
  if (/^dynamodb\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(url.hostname)) streams.hostname = `streams.${url.hostname}`;
  return streams;
}

async function describeTable(endpoint: RemoteEndpoint, home: RemoteHome, name: string): Promise<unknown> {
  try {
    const body = Buffer.from(JSON.stringify({ TableName: name }), "utf8");
    const answer = JSON.parse((await endpoint.call("DescribeTable", body, true)).toString("utf8")) as {
      readonly Table?: unknown;
    };
    learnHome(answer, home);
    return answer.Table ?? {};
  } catch (error) {
    if (error instanceof AwsError && error.code === "ResourceNotFoundException") return undefined;
    throw error;
  }
}
