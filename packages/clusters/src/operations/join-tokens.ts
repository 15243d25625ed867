import { AwsError, permission, principalName } from "@hotkeep/core";
import { type HotkeepOperations, type JoinToken, type NamedOperation, operationsOf } from "@hotkeep/protocols";
import type { JoinTokenRecord, JoinTokens } from "../attach/join-tokens.js";
import type { ClusterLimits } from "../limits.js";
import { clusterArn } from "../model/arns.js";
import type { ClusterStore } from "../model/cluster-store.js";

/** What handing out join tokens takes. */
export interface JoinTokenDesk {
  readonly clusters: ClusterStore;
  readonly tokens: JoinTokens;
  readonly limits: ClusterLimits;
}

const operation = operationsOf<HotkeepOperations>();

/** Tokens for nodes that somebody else starts: operations of Hotkeep's own service. */
export function joinTokenOperations({ clusters, tokens, limits }: JoinTokenDesk): readonly NamedOperation[] {
  return [
    operation("CreateJoinToken", {
      needs: (input, call) => [
        permission("hotkeep:CreateJoinToken", clusterArn(call, input.ClusterName.toLowerCase())),
      ],
      async handle(input, call) {
        const name = input.ClusterName.toLowerCase();
        const record = await clusters.find(call, { name });
        if (record === undefined) throw refusal("ClusterNotFoundException", `There is no cluster ${name}.`);
        if (record.launch !== "external") {
          const message = `The nodes of cluster ${name} are started by this gateway; create it with tag hotkeep:launch=external.`;
          throw refusal("InvalidParameterException", message);
        }
        const nodeId = input.NodeId?.toLowerCase() ?? null;
        if (nodeId !== null && !record.nodes.some((node) => node.id === nodeId)) {
          throw refusal("InvalidParameterException", `Cluster ${name} has no node ${nodeId}.`);
        }
        const forMs = (input.ValidSeconds ?? limits.joinTokenMs / 1_000) * 1_000;
        const { account, region } = call;
        const wish = {
          account,
          region,
          cluster: name,
          suffix: record.suffix,
          nodeId,
          createdBy: principalName(call.principal),
        };
        const made = await tokens.create(wish, Math.min(forMs, limits.joinTokenMaxMs), limits);
        if (made === undefined) {
          const message = `${limits.joinTokensMax} join tokens wait to be used; delete some.`;
          throw refusal("LimitExceededException", message);
        }
        return { Token: made.text, JoinToken: tokenAnswer(made.record) };
      },
    }),

    operation("ListJoinTokens", {
      needs: () => [permission("hotkeep:ListJoinTokens", "*")],
      handle: (_input, call) => ({ JoinTokens: tokens.list(call).map(tokenAnswer) }),
    }),

    operation("DeleteJoinToken", {
      needs: (input, call) => {
        const known = tokens.list(call).find((one) => one.id === input.JoinTokenId);
        return [permission("hotkeep:DeleteJoinToken", known === undefined ? "*" : clusterArn(call, known.cluster))];
      },
      async handle(input, call) {
        const known = tokens.list(call).some((one) => one.id === input.JoinTokenId);
        if (!known || !(await tokens.delete(input.JoinTokenId))) {
          throw refusal("JoinTokenNotFoundException", `No join token ${input.JoinTokenId} waits to be used.`);
        }
        return {};
      },
    }),
  ];
}

function refusal(code: string, message: string): AwsError {
  return new AwsError(code, message, { status: 400 });
}

function tokenAnswer(record: JoinTokenRecord): JoinToken {
  return {
    JoinTokenId: record.id,
    ClusterArn: clusterArn(record, record.cluster),
    ...(record.nodeId !== null && { NodeId: record.nodeId }),
    CreatedAt: new Date(record.createdAt),
    ExpiresAt: new Date(record.expiresAt),
    CreatedBy: record.createdBy,
  };
}
