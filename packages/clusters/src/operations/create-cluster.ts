import { AwsError, CommonAwsError, lowerId, type PermissionRequest, parseArn, permission } from "@hotkeep/core";
import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import { checkZones, describeChoices, describeDefaultSubnetGroup, describeSecurityGroups } from "../ec2/describe.js";
import type { Ec2 } from "../ec2/ec2-calls.js";
import { fault, invalidValue } from "../errors.js";
import { daxQuotas } from "../limits.js";
import { clusterAnswer } from "../model/answer.js";
import { checkRoleArn, clusterArn, daxService } from "../model/arns.js";
import { launchOf } from "../model/launch.js";
import { checkWindow, defaultWindow } from "../model/maintenance-window.js";
import { checkClusterName, checkDescription, checkGroupName } from "../model/names.js";
import { checkNodeType, mayEncryptAtRest } from "../model/node-types.js";
import { defaultParameterGroup } from "../model/parameters.js";
import type { ClusterRecord, NodeRecord, SubnetGroupRecord } from "../model/records.js";
import { checkTopicArn, withTags } from "../model/tags.js";
import { freeOrdinals, type NodePlace, nodeIdOf, placeNodes } from "../placement/place-nodes.js";
import { type ControlDesk, daxOperation, type InputOf } from "./desk.js";

type Input = InputOf<"CreateCluster">;

/**
 * CreateCluster, in AWS's order: what is written wrongly; what the caller may do, passing the role included; the role
 * itself; the network; the service-linked role; then the cluster is stored, and everything else happens behind it.
 */
export function createClusterOperation(desk: ControlDesk): NamedOperation {
  return daxOperation("CreateCluster", {
    needs: neededPermissions,
    async handle(input, call) {
      const draft = draftOf(desk, input, call);
      checkServiceRole(desk, input.IamRoleArn, draft.arn);
      await checkNew(desk, draft.record.name, call);
      // Before the role exists, so that a cluster that fails here leaves no role behind.
      if (!desk.linkedRole.presentIn(call.account))
        await planNetwork(desk, desk.linkedRole.direct(call, call.requestId), input, call);
      const record = await withLinkedRole(desk, call, async () => {
        const plan = await desk.linkedRole.run(call, draft.record.name, (ec2) => planNetwork(desk, ec2, input, call));
        return storeCluster(desk, draft.record, plan, call);
      });
      desk.look(call, record);
      return { Cluster: clusterAnswer(call, record, desk.advertise) };
    },
  });
}

function neededPermissions(input: Input, call: CallContext): readonly PermissionRequest[] {
  // The role's ARN is looked at before the name (observed).
  checkRoleArn(input.IamRoleArn);
  // No policy could allow it.
  if (parseArn(input.IamRoleArn)?.account !== call.account) {
    throw new CommonAwsError("AccessDenied", "Cross-account pass role is not allowed.");
  }
  const arn = clusterArn(call, checkClusterName(input.ClusterName));
  return [
    permission("dax:CreateCluster", arn),
    ...(input.Tags !== undefined && input.Tags.length > 0 ? [permission("dax:TagResource", arn)] : []),
    permission("iam:PassRole", input.IamRoleArn, {
      "iam:PassedToService": daxService,
      "iam:AssociatedResourceArn": arn,
    }),
  ];
}

/** What a cluster is, before it has a place in the network. */
type Draft = Omit<ClusterRecord, "vpcId" | "subnetGroup" | "securityGroupIds" | "nodes">;

/** Everything that can be judged from the request alone. */
function draftOf(desk: ControlDesk, input: Input, call: CallContext): { readonly record: Draft; readonly arn: string } {
  const name = checkClusterName(input.ClusterName);
  checkNodeType(input.NodeType);
  const totalNodes = input.ReplicationFactor;
  if (totalNodes < 1) throw invalidValue("ReplicationFactor must be at least 1.");
  if (totalNodes > daxQuotas.nodesPerClusterMax) {
    throw fault(
      "NodeQuotaForClusterExceededFault",
      `A cluster has at most ${daxQuotas.nodesPerClusterMax} nodes; ${totalNodes} were asked for.`,
    );
  }
  const encryptedAtRest = input.SSESpecification?.Enabled ?? false;
  if (encryptedAtRest && !mayEncryptAtRest(input.NodeType)) {
    throw invalidValue(`Encryption at rest is not supported for node type ${input.NodeType}.`);
  }
  const tls = input.ClusterEndpointEncryptionType === "TLS";
  if (tls && !desk.offersTls) {
    throw invalidValue("ClusterEndpointEncryptionType TLS is not supported here; use NONE.");
  }
  if (input.NetworkType !== undefined && input.NetworkType !== "ipv4") {
    throw invalidValue(`NetworkType ${input.NetworkType} is not supported here; use ipv4.`);
  }
  const topic = input.NotificationTopicArn;
  const tags = withTags({}, input.Tags ?? []);
  const launch = launchOf(tags, desk.launch);
  const record: Draft = {
    name,
    description: checkDescription(input.Description),
    nodeType: input.NodeType,
    roleArn: input.IamRoleArn,
    status: "creating",
    suffix: lowerId(desk.random, 6),
    serviceGroupId: null,
    parameterGroup:
      input.ParameterGroupName === undefined
        ? defaultParameterGroup.name
        : checkGroupName("Parameter", input.ParameterGroupName),
    parameterStatus: "in-sync",
    maintenanceWindow:
      input.PreferredMaintenanceWindow === undefined
        ? defaultWindow(call.region, desk.random)
        : checkWindow(input.PreferredMaintenanceWindow),
    topic: topic === undefined ? null : { arn: checkTopicArn(call, topic), status: "active" },
    encryptedAtRest,
    ...(tls && { tls: true as const }),
    ...(launch === "external" && { launch }),
    tags,
    totalNodes,
    leader: null,
    epoch: 0,
    createdAt: desk.clock.now(),
  };
  return { record, arn: clusterArn(call, name) };
}

function checkServiceRole(desk: ControlDesk, roleArn: string, arn: string): void {
  const role = desk.identity.findRole(roleArn);
  if (role === undefined) throw invalidValue(`The role ${roleArn} does not exist.`);
  if (role.linkedService !== undefined) {
    throw invalidValue(`${roleArn} is a service-linked role; a cluster needs a service role for its tables.`);
  }
  if (!desk.identity.serviceMayAssume(roleArn, daxService, arn)) {
    throw invalidValue(`No permission to assume role: ${roleArn}`);
  }
}

async function checkNew(desk: ControlDesk, name: string, call: CallContext): Promise<void> {
  if ((await desk.clusters.find(call, { name })) !== undefined) throw alreadyExists(name);
}

function alreadyExists(name: string) {
  return fault("ClusterAlreadyExistsFault", `Cluster ${name} already exists.`);
}

/** Where a cluster's nodes are to go. */
interface NetworkPlan {
  readonly subnetGroup: SubnetGroupRecord;
  readonly securityGroupIds: readonly string[];
  readonly places: readonly NodePlace[];
}

async function planNetwork(desk: ControlDesk, ec2: Ec2, input: Input, call: CallContext): Promise<NetworkPlan> {
  // Terraform sends an empty name when its user gives none (observed).
  const name = checkGroupName("Subnet", input.SubnetGroupName || "default");
  const stored = await desk.clusters.read(call).subnetGroups.find(name);
  if (stored === undefined && name !== "default") {
    throw fault("SubnetGroupNotFoundFault", `Subnet group ${name} not found.`);
  }
  const subnetGroup = stored ?? (await describeDefaultSubnetGroup(ec2));
  await checkZones(ec2, input.AvailabilityZones);
  const choices = await describeChoices(ec2, subnetGroup);
  const places = placeNodes(input.ReplicationFactor, choices, [], input.AvailabilityZones);
  const securityGroupIds = await describeSecurityGroups(ec2, subnetGroup.vpcId, input.SecurityGroupIds);
  return { subnetGroup, securityGroupIds, places };
}

/** Runs `work` while the service-linked role is there for certain, made for the caller when it was not. */
async function withLinkedRole<T>(desk: ControlDesk, call: CallContext, work: () => Promise<T>): Promise<T> {
  let reached = false;
  try {
    return await desk.identity.withServiceLinkedRole(daxService, { caller: call }, () => {
      reached = true;
      return work();
    });
  } catch (error) {
    // Only what kept the role from being there is told as such; the work's own failures are themselves.
    if (reached || !(error instanceof AwsError)) throw error;
    throw fault(
      "ServiceLinkedRoleNotFoundFault",
      `Access denied while creating the service-linked role AWSServiceRoleForDAX: ${error.message}`,
      error,
    );
  }
}

async function storeCluster(
  desk: ControlDesk,
  draft: Draft,
  plan: NetworkPlan,
  call: CallContext,
): Promise<ClusterRecord> {
  const nodes = newNodes(desk, draft.name, [], plan.places);
  const record: ClusterRecord = {
    ...draft,
    vpcId: plan.subnetGroup.vpcId,
    subnetGroup: plan.subnetGroup.name,
    securityGroupIds: plan.securityGroupIds,
    nodes,
  };
  return desk.clusters.write(call, async (state, transaction) => {
    const others = await state.clusters.all();
    if (others.some((other) => other.name === record.name)) throw alreadyExists(record.name);
    if (others.length >= daxQuotas.clustersPerRegionMax) {
      throw fault("ClusterQuotaForCustomerExceededFault", `There are ${others.length} clusters already.`);
    }
    checkNodeQuota(others, nodes.length);
    const group = record.parameterGroup;
    if (group !== defaultParameterGroup.name && (await state.parameterGroups.find(group)) === undefined) {
      throw fault("ParameterGroupNotFoundFault", `Parameter group ${group} not found.`);
    }
    const stored = await state.subnetGroups.find(plan.subnetGroup.name);
    if (stored === undefined) {
      if (plan.subnetGroup.name !== "default") {
        throw fault("SubnetGroupNotFoundFault", `Subnet group ${plan.subnetGroup.name} not found.`);
      }
      state.subnetGroups.put(transaction, plan.subnetGroup);
    }
    state.clusters.put(transaction, record);
    return record;
  });
}

/** @throws AwsError `NodeQuotaForCustomerExceededFault` */
export function checkNodeQuota(clusters: readonly ClusterRecord[], added: number): void {
  const nodes = clusters.reduce((sum, cluster) => sum + cluster.nodes.length, 0);
  if (nodes + added > daxQuotas.nodesPerRegionMax) {
    throw fault(
      "NodeQuotaForCustomerExceededFault",
      `There are ${nodes} nodes in this Region; at most ${daxQuotas.nodesPerRegionMax} are allowed.`,
    );
  }
}

/** Records of nodes that are still to be made. */
export function newNodes(
  desk: Pick<ControlDesk, "clock">,
  clusterName: string,
  existing: readonly NodeRecord[],
  places: readonly NodePlace[],
): readonly NodeRecord[] {
  const ordinals = freeOrdinals(
    places.length,
    existing.map((node) => node.ordinal),
  );
  return places.map((place, index) => ({
    id: nodeIdOf(clusterName, ordinals[index]!),
    ordinal: ordinals[index]!,
    ...place,
    status: "creating",
    createdAt: desk.clock.now(),
    interfaceId: null,
    address: null,
    groupIds: [],
    port: null,
    generation: 0,
  }));
}
