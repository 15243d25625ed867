import type { KeyJson } from "@hotkeep/control-feed";
import type { HotKey, NamedOperation, SampledNode } from "@hotkeep/protocols";
import { needsSight, nodesFor, type SightDesk, sightOperation, unreachable } from "./desk.js";

const keysDefault = 10;
/** Keys each node is asked for: a key that is warm on every node and hot on none must not be overlooked. */
const keysOfNodeMax = 100;

interface Sum {
  readonly table: string;
  readonly key: KeyJson;
  perSecond: number;
  readonly nodes: string[];
}

/** The keys that are looked up most on all nodes together. */
export function hotKeysOperation(desk: SightDesk): NamedOperation {
  return sightOperation("ListHotKeys", {
    needs: (input, call) => [needsSight(call, "ListHotKeys", input.ClusterName)],
    async handle(input, call) {
      const { reachable, away } = await nodesFor(desk, call, input.ClusterName);
      const nodes: SampledNode[] = away.map((NodeId) => ({
        NodeId,
        Message: "The node is not connected to the gateway.",
      }));
      const sums = new Map<string, Sum>();
      let perSecondOfAll = 0;
      await Promise.all(
        reachable.map(async ({ nodeId, connection }) => {
          try {
            const { spanMs, total, keys } = await connection.request("hotKeys", { keysMax: keysOfNodeMax });
            const seconds = spanMs / 1000;
            nodes.push({ NodeId: nodeId, WindowSeconds: seconds, RequestsPerSecond: total / seconds });
            perSecondOfAll += total / seconds;
            for (const { table, key, count } of keys)
              add(sums, { table, key, perSecond: count / seconds, nodes: [nodeId] });
          } catch (error) {
            nodes.push({ NodeId: nodeId, Message: unreachable(error) });
          }
        }),
      );
      const hottest = [...sums.values()]
        .sort((a, b) => b.perSecond - a.perSecond)
        .slice(0, input.MaxResults ?? keysDefault);
      return {
        HotKeys: hottest.map(
          (sum): HotKey => ({
            TableName: sum.table,
            Key: sum.key,
            RequestsPerSecond: sum.perSecond,
            Percent: (100 * sum.perSecond) / perSecondOfAll,
            Nodes: sum.nodes.sort(),
          }),
        ),
        Nodes: nodes.sort((a, b) => (a.NodeId! < b.NodeId! ? -1 : 1)),
      };
    },
  });
}

function add(sums: Map<string, Sum>, found: Sum): void {
  const id = JSON.stringify([found.table, found.key]);
  const known = sums.get(id);
  if (known === undefined) sums.set(id, found);
  else {
    known.perSecond += found.perSecond;
    known.nodes.push(...found.nodes);
  }
}
