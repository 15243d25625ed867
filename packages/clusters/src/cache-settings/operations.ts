import { AwsError } from "@hotkeep/core";
import type { InvalidatedNode, NamedOperation } from "@hotkeep/protocols";
import { clusterArn } from "../model/arns.js";
import type { ClusterRecord, Place } from "../model/records.js";
import { needsSight, nodesFor, type SightDesk, sightOperation, unreachable } from "../sight/desk.js";
import { readCacheSettings, showCacheSettings } from "./settings.js";

/** What the operations on a cluster's cache work with. */
export interface CacheDesk extends SightDesk {
  /** Settles when the cluster's connected nodes have been told what has changed. */
  readonly tellNodes: (place: Place, name: string) => Promise<void>;
}

/** Settings beyond DAX, and forgetting what is cached: operations of Hotkeep's own service. */
export function cacheOperations(desk: CacheDesk): readonly NamedOperation[] {
  return [
    sightOperation("GetCacheSettings", {
      needs: (input, call) => [needsSight(call, "GetCacheSettings", input.ClusterName)],
      async handle(input, call) {
        const record = await desk.clusters.find(call, { name: input.ClusterName.toLowerCase() });
        if (record === undefined) throw notFound(call, input.ClusterName);
        return answer(call, record);
      },
    }),

    sightOperation("PutCacheSettings", {
      needs: (input, call) => [needsSight(call, "PutCacheSettings", input.ClusterName)],
      async handle(input, call) {
        const cacheSettings = readCacheSettings(input.Settings);
        const record = await desk.clusters.update(call, { name: input.ClusterName.toLowerCase() }, (now) => ({
          record: { ...now, cacheSettings },
          events: [`Cache settings of cluster ${now.name} changed.`],
        }));
        if (record === undefined) throw notFound(call, input.ClusterName);
        await desk.tellNodes(call, record.name);
        return answer(call, record);
      },
    }),

    sightOperation("InvalidateCache", {
      needs: (input, call) => [needsSight(call, "InvalidateCache", input.ClusterName)],
      async handle(input, call) {
        const { TableName: table, Key: key } = input;
        if (key !== undefined && table === undefined) {
          throw new AwsError("InvalidParameterException", "Key has no meaning without TableName.");
        }
        const { reachable, away } = await nodesFor(desk, call, input.ClusterName);
        const wanted = { ...(table !== undefined && { table }), ...(key !== undefined && { key }) };
        const nodes: InvalidatedNode[] = away.map((NodeId) => ({
          NodeId,
          Message:
            "The node is not connected to the gateway: what it has stays until it expires. Call again when it is back.",
        }));
        await Promise.all(
          reachable.map(async ({ nodeId, connection }) => {
            try {
              const { items, pages } = await connection.request("invalidate", wanted);
              nodes.push({ NodeId: nodeId, Items: items, Pages: pages });
            } catch (error) {
              nodes.push({ NodeId: nodeId, Message: unreachable(error) });
            }
          }),
        );
        return { Nodes: nodes.sort((a, b) => (a.NodeId! < b.NodeId! ? -1 : 1)) };
      },
    }),
  ];
}

function answer(place: Place, record: ClusterRecord) {
  return { ClusterArn: clusterArn(place, record.name), Settings: showCacheSettings(record.cacheSettings) };
}

function notFound({ region }: Place, name: string): AwsError {
  return new AwsError("ClusterNotFoundException", `There is no cluster ${name} in ${region}.`);
}
