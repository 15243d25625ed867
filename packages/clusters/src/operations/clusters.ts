import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import { describeSecurityGroups } from "../ec2/describe.js";
import { fault, invalidValue } from "../errors.js";
import { clusterAnswer } from "../model/answer.js";
import { checkWindow } from "../model/maintenance-window.js";
import { checkClusterName, checkDescription, checkGroupName } from "../model/names.js";
import { pageOf } from "../model/page.js";
import type { ClusterRecord } from "../model/records.js";
import { checkTopicArn } from "../model/tags.js";
import {
  awaitsNodes,
  type ControlDesk,
  changeAvailable,
  daxOperation,
  type InputOf,
  needsAny,
  needsCluster,
  requireAvailable,
  requireCluster,
} from "./desk.js";

/** Describing, changing and deleting clusters. */
export function clusterOperations(desk: ControlDesk): readonly NamedOperation[] {
  const answer = (call: CallContext, record: ClusterRecord) => clusterAnswer(call, record, desk.advertise);
  return [
    daxOperation("DescribeClusters", {
      needs: (input, call) =>
        input.ClusterNames === undefined || input.ClusterNames.length === 0
          ? needsAny("DescribeClusters")
          : input.ClusterNames.flatMap((name) => needsCluster(call, "DescribeClusters", name)),
      async handle(input, call) {
        const names = [...new Set((input.ClusterNames ?? []).map(checkClusterName))];
        const all = await desk.clusters.read(call).clusters.all();
        for (const name of names) {
          if (!all.some((record) => record.name === name)) {
            throw fault("ClusterNotFoundFault", `Cluster ${name} not found.`);
          }
        }
        const chosen = names.length === 0 ? all : all.filter((record) => names.includes(record.name));
        const page = pageOf(chosen, (record) => record.name, input);
        return { Clusters: page.items.map((record) => answer(call, record)), ...page.next };
      },
    }),

    daxOperation("DeleteCluster", {
      needs: (input, call) => needsCluster(call, "DeleteCluster", input.ClusterName),
      async handle(input, call) {
        const gone = (now: ClusterRecord) => ({ record: { ...now, status: "deleting" as const } });
        const record = await changeAvailable(desk, call, input.ClusterName, gone, awaitsNodes);
        return { Cluster: answer(call, record) };
      },
    }),

    daxOperation("UpdateCluster", {
      needs: (input, call) => needsCluster(call, "UpdateCluster", input.ClusterName),
      async handle(input, call) {
        checkUpdate(input);
        const before = await requireCluster(desk.clusters, call, input.ClusterName);
        requireAvailable(before);
        const change = await changesOf(desk, input, before, call);
        const record = await changeAvailable(desk, call, input.ClusterName, (now) => {
          const changed = { ...now, ...change };
          const works =
            changed.securityGroupIds.join() !== now.securityGroupIds.join() ||
            changed.parameterGroup !== now.parameterGroup;
          const parameterStatus = changed.parameterGroup === now.parameterGroup ? now.parameterStatus : "applying";
          return { record: { ...changed, parameterStatus, status: works ? "modifying" : "available" } };
        });
        return { Cluster: answer(call, record) };
      },
    }),

    daxOperation("RebootNode", {
      needs: (input, call) => needsCluster(call, "RebootNode", input.ClusterName),
      async handle(input, call) {
        const record = await changeAvailable(desk, call, input.ClusterName, (now) => {
          if (!now.nodes.some((node) => node.id === input.NodeId.toLowerCase())) {
            throw fault("NodeNotFoundFault", `Node ${input.NodeId} not found.`);
          }
          const nodes = now.nodes.map((node) =>
            node.id === input.NodeId.toLowerCase()
              ? { ...node, status: "rebooting" as const, generation: node.generation + 1 }
              : node,
          );
          return { record: { ...now, nodes, status: "modifying" } };
        });
        return { Cluster: answer(call, record) };
      },
    }),
  ];
}

type UpdateInput = InputOf<"UpdateCluster">;

function checkUpdate(input: UpdateInput): void {
  const { ClusterName: _name, ...changes } = input;
  if (Object.values(changes).every((value) => value === undefined)) {
    throw fault("InvalidParameterCombinationException", "UpdateCluster needs at least one change.");
  }
  const status = input.NotificationTopicStatus;
  if (status !== undefined && status !== "active" && status !== "inactive") {
    throw invalidValue(`NotificationTopicStatus must be active or inactive, not ${status}.`);
  }
}

/** What an update changes; everything is checked before anything is stored. */
async function changesOf(
  desk: ControlDesk,
  input: UpdateInput,
  before: ClusterRecord,
  call: CallContext,
): Promise<Partial<ClusterRecord>> {
  const { ParameterGroupName: groupName, SecurityGroupIds: groupIds } = input;
  const parameterGroup = groupName === undefined ? before.parameterGroup : checkGroupName("Parameter", groupName);
  if ((await desk.clusters.parameterGroup(call, parameterGroup)) === undefined) {
    throw fault("ParameterGroupNotFoundFault", `Parameter group ${parameterGroup} not found.`);
  }
  const securityGroupIds =
    groupIds === undefined || groupIds.length === 0
      ? before.securityGroupIds
      : await desk.linkedRole.run(call, before.name, (ec2) => describeSecurityGroups(ec2, before.vpcId, groupIds));
  // Terraform takes a topic away by an empty ARN together with status `inactive` (observed).
  const topicArn = input.NotificationTopicArn === "" ? undefined : input.NotificationTopicArn;
  const topic = topicArn === undefined ? before.topic : { arn: checkTopicArn(call, topicArn), status: "active" };
  if (input.NotificationTopicStatus !== undefined && topic === null) {
    throw fault("InvalidParameterCombinationException", "The cluster has no notification topic.");
  }
  return {
    parameterGroup,
    securityGroupIds,
    ...(input.Description !== undefined && { description: checkDescription(input.Description) }),
    ...(input.PreferredMaintenanceWindow !== undefined && {
      maintenanceWindow: checkWindow(input.PreferredMaintenanceWindow),
    }),
    topic: topic === null ? null : { ...topic, status: input.NotificationTopicStatus ?? topic.status },
  };
}
