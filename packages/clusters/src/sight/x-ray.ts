import { type AttributeMap, equalValues } from "@hotkeep/attributes";
import type { CachedItem, GatewayRequests, KeyJson, StoredItem } from "@hotkeep/control-feed";
import { permission } from "@hotkeep/core";
import type { NamedOperation, NodeXRay, StoredXRay } from "@hotkeep/protocols";
import { clusterArn } from "../model/arns.js";
import { needsSight, nodesFor, type SightDesk, sightOperation, unreachable } from "./desk.js";

type Answer = GatewayRequests["xray"]["response"];

/**
 * One key on every node beside the table. Who looks sees the item, so both `hotkeep:XRay` and `dax:GetItem` on the
 * cluster are needed, and no permission on the table: a node reads it as the service role, as it would on a miss.
 */
export function xRayOperation(desk: SightDesk): NamedOperation {
  return sightOperation("XRay", {
    needs: (input, call) => [
      needsSight(call, "XRay", input.ClusterName),
      permission("dax:GetItem", clusterArn(call, input.ClusterName)),
    ],
    async handle(input, call) {
      const { reachable, away } = await nodesFor(desk, call, input.ClusterName);
      const [first] = reachable;
      const answers = await Promise.all(
        reachable.map(async ({ nodeId, connection }) => {
          const ask = { table: input.TableName, key: input.Key, stored: nodeId === first!.nodeId };
          try {
            return { nodeId, ...(await connection.request("xray", ask)) };
          } catch (error) {
            return { nodeId, cached: { state: "unreachable" as const, message: unreachable(error) } };
          }
        }),
      );
      const stored = (answers[0] as Answer).stored ?? {
        state: "unreachable" as const,
        message: `Node ${first!.nodeId}, which was to read it, did not answer.`,
      };
      const nodes = [
        ...answers.map(({ nodeId, cached }) => nodeXRay(nodeId, cached, stored)),
        ...away.map((nodeId) => ({
          NodeId: nodeId,
          State: "unreachable" as const,
          Message: "The node is not connected to the gateway.",
        })),
      ];
      return {
        ClusterArn: clusterArn(call, input.ClusterName),
        TableName: input.TableName,
        Key: input.Key,
        Stored: storedXRay(stored),
        Nodes: nodes.sort((a, b) => (a.NodeId < b.NodeId ? -1 : 1)),
      };
    },
  });
}

function nodeXRay(nodeId: string, cached: CachedItem, stored: StoredItem): NodeXRay & { readonly NodeId: string } {
  const same = sameAsStored(cached, stored);
  return {
    NodeId: nodeId,
    State: cached.state,
    ...(cached.item !== undefined && { Item: cached.item }),
    ...(cached.ageMs !== undefined && { AgeMillis: cached.ageMs }),
    ...(cached.expiresInMs !== undefined && { ExpiresInMillis: cached.expiresInMs }),
    ...(same !== undefined && { SameAsStored: same }),
    ...(cached.message !== undefined && { Message: cached.message }),
  };
}

function storedXRay(stored: StoredItem): StoredXRay {
  return {
    State: stored.state,
    ...(stored.item !== undefined && { Item: stored.item }),
    ...(stored.readBy !== undefined && { ReadBy: stored.readBy }),
    ...(stored.message !== undefined && { Message: stored.message }),
  };
}

/** Undefined where there is nothing to compare: not cached, or the table could not be read. */
export function sameAsStored(cached: CachedItem, stored: StoredItem): boolean | undefined {
  const knows = cached.state === "cached" || cached.state === "negative";
  if (!knows || (stored.state !== "found" && stored.state !== "none")) return undefined;
  if (cached.item === undefined || stored.item === undefined) return cached.item === stored.item;
  return equalValues(asMap(cached.item), asMap(stored.item));
}

function asMap(item: KeyJson): { readonly M: AttributeMap } {
  // Both were read by a node, which knows no other form.
  return { M: item as AttributeMap };
}
