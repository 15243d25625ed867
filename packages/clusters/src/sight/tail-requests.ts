import { AwsError } from "@hotkeep/core";
import type { NamedOperation, SeenRequest } from "@hotkeep/protocols";
import { clusterArn } from "../model/arns.js";
import { needsSight, nodesFor, type SightDesk, sightOperation } from "./desk.js";
import type { SeenOnNode } from "./seen-requests.js";

/** How long nodes go on telling after a call. */
const followMs = 10_000;

/** What became of the requests since the last call; each call has the nodes go on telling for a while. */
export function tailOperation({ clusters, ...desk }: SightDesk): NamedOperation {
  return sightOperation("TailRequests", {
    needs: (input, call) => [needsSight(call, "TailRequests", input.ClusterName)],
    async handle(input, call) {
      const after = input.After === undefined ? undefined : readCursor(input.After);
      const { reachable } = await nodesFor({ clusters, ...desk }, call, input.ClusterName);
      const percent = input.SamplePercent ?? 100;
      for (const { connection } of reachable) connection.notify("follow", { forMs: followMs, percent });
      const arn = clusterArn(call, input.ClusterName);
      const end = desk.seen.end(arn);
      const After = `${end.at}-${end.missed}`;
      if (after === undefined) return { Requests: [], After, Missed: 0 };
      // A cursor of an earlier gateway may be ahead of this one.
      const { requests, lost } = desk.seen.since(arn, Math.min(after.at, end.at));
      return { Requests: requests.map(answer), After, Missed: lost + Math.max(0, end.missed - after.missed) };
    },
  });
}

function readCursor(text: string): { readonly at: number; readonly missed: number } {
  const found = /^(\d{1,15})-(\d{1,15})$/.exec(text);
  if (found === null) {
    throw new AwsError("ValidationException", "After is not what an earlier call has answered.");
  }
  return { at: Number(found[1]), missed: Number(found[2]) };
}

function answer({ nodeId, request }: SeenOnNode): SeenRequest {
  const { at, operation, outcome, tookMicros, principal, table, key, ageMs, items, deniedBy, requestId, errorCode } =
    request;
  return {
    Time: new Date(at),
    NodeId: nodeId,
    Operation: operation,
    Outcome: outcome,
    TookMicros: tookMicros,
    PrincipalArn: principal,
    ...(table !== undefined && { TableName: table }),
    ...(key !== undefined && { Key: key }),
    ...(ageMs !== undefined && { AgeMillis: ageMs }),
    ...(items !== undefined && {
      Items: {
        Hit: items.hit,
        Negative: items.negative,
        Miss: items.miss,
        Coalesced: items.coalesced,
        Bypass: items.bypass,
        Stale: items.stale,
      },
    }),
    ...(deniedBy !== undefined && { DeniedBy: deniedBy }),
    ...(requestId !== undefined && { RequestId: requestId }),
    ...(errorCode !== undefined && { ErrorCode: errorCode }),
  };
}
