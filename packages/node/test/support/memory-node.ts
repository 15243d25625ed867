import type { NodeConfiguration } from "@hotkeep/control-feed";
import { silentLogger, systemClock, systemRandom } from "@hotkeep/core";
import { startNode } from "@hotkeep/node";
import { BareTables } from "./bare-tables.js";
import { MemoryTransport } from "./memory-transport.js";
import { allowing, StandInGateway } from "./stand-in-gateway.js";

/** A node without sockets in front of bare tables, with a user who may do everything, and one connection to it. */
export async function memoryNode(configuration: Partial<NodeConfiguration> = {}) {
  const tables = await new BareTables().listen();
  const gateway = new StandInGateway({ tableEndpoint: tables.url, ...configuration });
  gateway.user("AKIAALICE", "alice", [allowing("dax:*")]);
  const transport = new MemoryTransport();
  const outer = { clock: systemClock, random: systemRandom, logger: silentLogger };
  const node = await startNode({ feed: gateway, ...outer, transport });
  return {
    tables,
    transport,
    connection: transport.connect(),
    async close() {
      await node.close();
      await tables.close();
    },
  };
}
