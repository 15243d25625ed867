import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import { describeGroupSubnets } from "../ec2/describe.js";
import type { Ec2 } from "../ec2/ec2-calls.js";
import { fault } from "../errors.js";
import { daxQuotas } from "../limits.js";
import { subnetGroupAnswer } from "../model/answer.js";
import { checkDescription, checkGroupName } from "../model/names.js";
import { pageOf } from "../model/page.js";
import type { SubnetGroupRecord } from "../model/records.js";
import { type ControlDesk, daxOperation, needsAny } from "./desk.js";

/** Subnet groups: where in a VPC nodes may be. */
export function subnetGroupOperations(desk: ControlDesk): readonly NamedOperation[] {
  const { clusters, linkedRole } = desk;
  /** With the service-linked role where there is one; this call does not make it. */
  const describe = <T>(call: CallContext, name: string, step: (ec2: Ec2) => Promise<T>): Promise<T> =>
    linkedRole.presentIn(call.account)
      ? linkedRole.run(call, sessionPart(name), step)
      : step(linkedRole.direct(call, call.requestId));
  return [
    daxOperation("DescribeSubnetGroups", {
      needs: () => needsAny("DescribeSubnetGroups"),
      async handle(input, call) {
        const all = await clusters.read(call).subnetGroups.all();
        const names = (input.SubnetGroupNames ?? []).map((name) => name.toLowerCase());
        for (const name of names) if (!all.some((group) => group.name === name)) throw notFound(name);
        const chosen = names.length === 0 ? all : all.filter((group) => names.includes(group.name));
        const page = pageOf(chosen, (group) => group.name, input);
        return { SubnetGroups: page.items.map(subnetGroupAnswer), ...page.next };
      },
    }),

    daxOperation("CreateSubnetGroup", {
      needs: () => needsAny("CreateSubnetGroup"),
      async handle(input, call) {
        const name = checkGroupName("Subnet", input.SubnetGroupName);
        const description = checkDescription(input.Description);
        const found = await describe(call, name, (ec2) => describeGroupSubnets(ec2, input.SubnetIds));
        const group: SubnetGroupRecord = { name, description, ...found };
        await clusters.write(call, async (state, transaction) => {
          const all = await state.subnetGroups.all();
          if (all.some((other) => other.name === name)) {
            throw fault("SubnetGroupAlreadyExistsFault", `Subnet group ${name} already exists.`);
          }
          if (all.length >= daxQuotas.subnetGroupsPerRegionMax) {
            throw fault("SubnetGroupQuotaExceededFault", `There are ${all.length} subnet groups already.`);
          }
          state.subnetGroups.put(transaction, group);
          await clusters.events.add(transaction, call, "SUBNET_GROUP", name, `Subnet group ${name} created.`);
        });
        return { SubnetGroup: subnetGroupAnswer(group) };
      },
    }),

    daxOperation("UpdateSubnetGroup", {
      needs: () => needsAny("UpdateSubnetGroup"),
      async handle(input, call) {
        const name = input.SubnetGroupName.toLowerCase();
        const before = await clusters.read(call).subnetGroups.find(name);
        if (before === undefined) throw notFound(name);
        const { SubnetIds: ids } = input;
        const subnets =
          ids === undefined ? undefined : await describe(call, name, (ec2) => describeGroupSubnets(ec2, ids));
        if (subnets !== undefined && subnets.vpcId !== before.vpcId) {
          throw fault("InvalidSubnet", `The subnets are not in the subnet group's VPC ${before.vpcId}.`);
        }
        const group = await clusters.write(call, async (state, transaction) => {
          const now = await state.subnetGroups.find(name);
          if (now === undefined) throw notFound(name);
          const kept = (subnets ?? now).subnets.map((subnet) => subnet.id);
          const users = (await state.clusters.all()).filter((cluster) => cluster.subnetGroup === name);
          const used = users.flatMap((cluster) => cluster.nodes).find((node) => !kept.includes(node.subnetId));
          if (used !== undefined) throw fault("SubnetInUse", `Subnet ${used.subnetId} is used by node ${used.id}.`);
          const description = input.Description === undefined ? now.description : checkDescription(input.Description);
          const changed = { ...now, ...subnets, description };
          state.subnetGroups.put(transaction, changed);
          await clusters.events.add(transaction, call, "SUBNET_GROUP", name, `Subnet group ${name} updated.`);
          return changed;
        });
        return { SubnetGroup: subnetGroupAnswer(group) };
      },
    }),

    daxOperation("DeleteSubnetGroup", {
      needs: () => needsAny("DeleteSubnetGroup"),
      handle: (input, call) =>
        clusters.write(call, async (state, transaction) => {
          const name = input.SubnetGroupName.toLowerCase();
          if ((await state.subnetGroups.find(name)) === undefined) throw notFound(name);
          const user = (await state.clusters.all()).find((cluster) => cluster.subnetGroup === name);
          if (user !== undefined) {
            throw fault("SubnetGroupInUseFault", `Subnet group ${name} is used by cluster ${user.name}.`);
          }
          state.subnetGroups.delete(transaction, name);
          await clusters.events.add(transaction, call, "SUBNET_GROUP", name, `Subnet group ${name} deleted.`);
          return { DeletionMessage: `Subnet group ${name} has been deleted.` };
        }),
    }),
  ];
}

function notFound(name: string) {
  return fault("SubnetGroupNotFoundFault", `Subnet group ${name} not found.`);
}

/** Session names have at most 64 characters; a group's name may have more. */
function sessionPart(name: string): string {
  return name.slice(0, 48);
}
