import type { FeedConnection } from "@hotkeep/control-feed";
import { HotkeepError, type Logger } from "@hotkeep/core";
import type { Attachments } from "../attach/attachments.js";
import type { JoinTokenRecord, JoinTokens } from "../attach/join-tokens.js";
import type { ClusterKeeper } from "../lifecycle/keeper.js";
import { clusterArn } from "../model/arns.js";

/** What letting nodes in by token takes. */
export interface JoinDoorOptions {
  readonly tokens: JoinTokens;
  readonly attachments: Attachments;
  readonly logger: Logger;
  readonly keeperOf: (token: JoinTokenRecord) => ClusterKeeper | undefined;
}

/** Lets somebody who has proved to hold a join token become a node: once, then the token is used up. */
export class JoinDoor {
  readonly #options: JoinDoorOptions;

  constructor(options: JoinDoorOptions) {
    this.#options = options;
  }

  enter(tokenId: string, connection: FeedConnection): void {
    connection.handle("join", ({ zone }) => this.#join(tokenId, zone, connection));
  }

  async #join(tokenId: string, zone: string | undefined, connection: FeedConnection) {
    const { tokens, attachments, logger, keeperOf } = this.#options;
    const token = tokens.take(tokenId);
    if (token === undefined) {
      throw new HotkeepError("JoinTokenUsed", "This join token has been used.", {
        help: "Every node needs a token of its own: `hotkeep token create`.",
      });
    }
    try {
      const keeper = keeperOf(token);
      if (keeper === undefined) throw new HotkeepError("ClusterGone", `Cluster \`${token.cluster}\` is gone.`);
      const place = await keeper.takeIn(token.nodeId ?? undefined, zone);
      if (place === undefined) throw noVacancy(token, zone);
      const { joinId: nodeId, secret } = place;
      // On disk before anybody is told, so that neither the token nor the secret is lost to a stop.
      await tokens.delete(tokenId);
      await attachments.settle();
      logger.info("node joined", { nodeId, remoteAddress: connection.remoteAddress });
      return { nodeId, token: secret, clusterArn: clusterArn(keeper.place, keeper.name) };
    } catch (error) {
      // Nobody has become a node by it.
      if (error instanceof HotkeepError) tokens.putBack(token);
      throw error;
    }
  }
}

function noVacancy({ cluster, nodeId }: JoinTokenRecord, zone: string | undefined): HotkeepError {
  if (nodeId !== null) {
    return new HotkeepError("NoVacancy", `Cluster \`${cluster}\` has no node \`${nodeId}\` to join as.`);
  }
  const where = zone === undefined ? "" : ` in ${zone}`;
  return new HotkeepError("NoVacancy", `Every node of cluster \`${cluster}\`${where} is there already.`, {
    help: "Raise its replication factor, or replace one: `hotkeep token create --node NODE`.",
  });
}
