import { AwsError, formatArn, type PermissionRequest, permission } from "@hotkeep/core";
import { type CallContext, type NamedOperation, rawJson } from "@hotkeep/protocols";
import { streamReference } from "../streams/stream-reference.js";
import { askHome } from "./forwarded-operations.js";
import type { RemoteEndpoint } from "./remote-endpoint.js";
import type { RemoteHome } from "./remote-home.js";
import type { RemoteIterators } from "./remote-iterators.js";
import { arnsIn, withOurArns, withTheirArns } from "./table-arns.js";
import type { TableSchemas } from "./table-schemas.js";

/** What forwarding of calls on streams works with. */
export interface StreamForwarding {
  /** Opened with the first call. */
  readonly endpoint: () => RemoteEndpoint;
  readonly schemas: TableSchemas;
  readonly home: RemoteHome;
  readonly iterators: RemoteIterators;
  /** The Region under which callers know the tables. */
  readonly region: string;
}

type Json = Readonly<Record<string, unknown>>;

/** What a call on streams is, besides being forwarded. */
interface StreamCall {
  /** The ARN that the caller must be allowed to use. */
  resource(input: Json, call: CallContext, action: string): string;
  /** The input as the endpoint gets it. */
  given?(input: Json): Json;
  /** The endpoint's answer, with our ARNs, as callers get it. */
  answered?(answer: Json, input: Json): Json;
}

/** The operations on streams, each with what the caller must be allowed here. */
export function forwardedStreams(forwarding: StreamForwarding): readonly NamedOperation[] {
  const { iterators, region } = forwarding;
  const ofStream = ({ StreamArn: arn }: Json, call: CallContext, action: string) =>
    streamReference(String(arn), call, action);
  const calls: Readonly<Record<string, StreamCall>> = {
    ListStreams: {
      resource: ({ TableName: table = "*" }, { account }) =>
        formatArn({ service: "dynamodb", account, region, resource: `table/${table}/stream/*` }),
    },
    DescribeStream: { resource: ofStream },
    GetShardIterator: {
      resource: ofStream,
      answered: (answer, input) => withOurIterator(answer, "ShardIterator", String(input.StreamArn), iterators),
    },
    GetRecords: {
      resource: ({ ShardIterator: iterator }, call, action) =>
        streamReference(iterators.open(String(iterator)).streamArn, call, action),
      given: (input) => ({ ...input, ShardIterator: iterators.open(String(input.ShardIterator)).theirs }),
      answered(answer, input) {
        const { streamArn } = iterators.open(String(input.ShardIterator));
        const records = Array.isArray(answer.Records) ? (answer.Records as readonly Json[]) : [];
        const ours = { ...answer, Records: records.map((record) => ({ ...record, awsRegion: region })) };
        return withOurIterator(ours, "NextShardIterator", streamArn, iterators);
      },
    },
  };
  return Object.entries(calls).map(([name, call]) => forwardedCall(name, call, forwarding));
}

function forwardedCall(
  name: string,
  { resource, given = (input) => input, answered = (answer) => answer }: StreamCall,
  { endpoint, schemas, home }: StreamForwarding,
): NamedOperation {
  const action = `dynamodb:${name}`;
  const operation = {
    needs(input: Json, call: CallContext): readonly PermissionRequest[] {
      home.checkCall(call);
      return home.checked([permission(action, resource(input, call, action))]);
    },
    async handle(input: Json) {
      await askHome(arnsIn(input), schemas, home);
      const body = Buffer.from(JSON.stringify(given(withTheirArns(input, home))), "utf8");
      const answer = await endpoint()
        .call(name, body, true)
        .catch((error: unknown) => {
          throw withOurWords(error, home);
        });
      const ours = withOurArns(JSON.parse(answer.toString("utf8")), home) as Json;
      return rawJson(JSON.stringify(answered(ours, input)));
    },
  };
  return { name, operation: operation as NamedOperation["operation"] };
}

function withOurIterator(answer: Json, member: string, streamArn: string, iterators: RemoteIterators): Json {
  const theirs = answer[member];
  return typeof theirs === "string" ? { ...answer, [member]: iterators.seal(streamArn, theirs) } : answer;
}

/** Messages about streams repeat their ARNs. */
function withOurWords(error: unknown, home: RemoteHome): unknown {
  if (!(error instanceof AwsError) || error.code !== "ResourceNotFoundException") return error;
  const message = error.message.replace(/arn:[^\s]+/g, (arn) => home.toOurs(arn));
  return new AwsError(error.code, message, { status: error.status, cause: error });
}
