import { formatArn, permission } from "@hotkeep/core";
import type { NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../../engine.js";
import { invalidParameters } from "../../errors.js";
import { streamsOperation } from "./operation.js";

/** Streams of one answer (documented). */
const pageStreamsMax = 100;

/** ListStreams: those of the account and Region, or of one table name; permitted on `table/NAME/stream/*` (documented). */
export function listStreams(engine: Engine): NamedOperation {
  return streamsOperation("ListStreams", {
    needs({ TableName: table = "*" }, { account, region }) {
      const resource = formatArn({ service: "dynamodb", account, region, resource: `table/${table}/stream/*` });
      return [permission("dynamodb:ListStreams", resource)];
    },
    handle({ TableName: table, Limit: limit = pageStreamsMax, ExclusiveStartStreamArn: start }, call) {
      if (limit > pageStreamsMax) {
        throw invalidParameters(`Limit cannot be greater than the maximum allowed size: ${pageStreamsMax}`);
      }
      const streams = engine.catalog.streams.list(call, table);
      const rest = start === undefined ? streams : streams.filter(({ arn }) => arn > start);
      const page = rest.slice(0, limit);
      return {
        Streams: page.map(({ arn, definition: { tableName, label } }) => ({
          StreamArn: arn,
          StreamLabel: label,
          TableName: tableName,
        })),
        ...(page.length < rest.length ? { LastEvaluatedStreamArn: page.at(-1)!.arn } : {}),
      };
    },
  });
}
