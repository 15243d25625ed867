import type { NamedOperation } from "@hotkeep/protocols";
import { applyFilters, type FilterFields } from "../describe/filters.js";
import { nextTokenOf, pageOf } from "../describe/page.js";
import { selectByIds } from "../describe/selection.js";
import { ec2Operation, type NetworkDesk } from "../desk.js";
import { checkId, dependencyViolation, ec2Error, invalidValue, missingParameter, notFound } from "../errors.js";
import { networkLimits } from "../limits.js";
import { hexId } from "../model/ids.js";
import type { Place, SecurityGroup } from "../model/records.js";
import type { NetworkState } from "../model/state.js";
import { ec2Arn, needsAny, needsOn, needsTagging } from "../permissions.js";
import { allEgress } from "../provision/default-vpc.js";
import { permissionSet } from "../rules/answer.js";
import { tagSet, tagsAtCreation } from "../tags/tags.js";
import { findGroup, groupIdForPermission } from "./find-group.js";

/** Security groups; their rules are in `group-rules.ts`. */
export function groupOperations(desk: NetworkDesk): readonly NamedOperation[] {
  return [
    ec2Operation("DescribeSecurityGroups", {
      needs: (_input, call) => needsAny(call, "DescribeSecurityGroups"),
      handle: (input, call) =>
        desk.read(call, async (state) => {
          const selected = await selectGroups(state, input.GroupIds, input.GroupNames);
          const filtered = applyFilters(selected, input.Filters, groupFilters(call), (group) => group.tags);
          const page = pageOf(filtered, (group) => group.id, input, input.GroupIds ?? input.GroupNames);
          return {
            SecurityGroups: page.items.map((group) => ({
              GroupId: group.id,
              GroupName: group.name,
              Description: group.description,
              OwnerId: call.account,
              VpcId: group.vpcId,
              SecurityGroupArn: ec2Arn(call, "security-group", group.id),
              IpPermissions: permissionSet(group.rules.filter((rule) => !rule.egress)),
              IpPermissionsEgress: permissionSet(group.rules.filter((rule) => rule.egress)),
              Tags: tagSet(group.tags),
            })),
            ...nextTokenOf(page),
          };
        }),
    }),

    ec2Operation("CreateSecurityGroup", {
      needs: async (input, call) => {
        const vpcId = input.VpcId ?? (await desk.read(call, (state) => state.defaultVpc()))?.id ?? "*";
        return [
          ...needsOn(call, "CreateSecurityGroup", [
            ["security-group", "*"],
            ["vpc", vpcId],
          ]),
          ...needsTagging(call, "CreateSecurityGroup", "security-group", input.TagSpecifications),
        ];
      },
      handle(input, call) {
        const name = checkName(input.GroupName);
        const description = checkDescription(input.Description);
        const tags = tagsAtCreation("security-group", input.TagSpecifications);
        return desk.write(call, async (state, transaction) => {
          if (input.VpcId !== undefined) checkId("vpc", input.VpcId);
          const vpc = input.VpcId === undefined ? await state.defaultVpc() : await state.vpcs.get(input.VpcId);
          if (vpc === undefined) throw ec2Error("VPCIdNotSpecified", "No default VPC for this user");
          const groups = await state.groups.all();
          if (groups.some((group) => group.vpcId === vpc.id && group.name === name)) {
            throw ec2Error("InvalidGroup.Duplicate", `The security group '${name}' already exists for VPC '${vpc.id}'`);
          }
          if (groups.length >= networkLimits.securityGroupsMax) {
            throw ec2Error("SecurityGroupLimitExceeded", "The maximum number of security groups has been reached.");
          }
          const group: SecurityGroup = {
            id: hexId(desk.random, "sg-"),
            name,
            description,
            vpcId: vpc.id,
            rules: [allEgress(desk.random)],
            tags,
          };
          state.groups.put(transaction, group);
          return {
            GroupId: group.id,
            SecurityGroupArn: ec2Arn(call, "security-group", group.id),
            Tags: tagSet(tags),
          };
        });
      },
    }),

    ec2Operation("DeleteSecurityGroup", {
      needs: async (input, call) => {
        const id = await desk.read(call, (state) => groupIdForPermission(state, input));
        return needsOn(call, "DeleteSecurityGroup", [["security-group", id]]);
      },
      handle: (input, call) =>
        desk.write(call, async (state, transaction) => {
          const group = await findGroup(state, input);
          if (group.name === "default") {
            throw ec2Error(
              "CannotDelete",
              `the specified group: "${group.id}" name: "default" cannot be deleted by a user`,
            );
          }
          const used = (await state.interfaces.all()).some((item) => item.groupIds.includes(group.id));
          const referenced = (await state.groups.all()).some(
            (other) =>
              other.id !== group.id &&
              other.rules.some(({ peer }) => peer.kind === "group" && peer.groupId === group.id),
          );
          if (used || referenced) throw dependencyViolation(`resource ${group.id} has a dependent object`);
          state.groups.delete(transaction, group.id);
          return { Return: true, GroupId: group.id };
        }),
    }),
  ];
}

async function selectGroups(
  state: NetworkState,
  ids: readonly string[] | undefined,
  names: readonly string[] | undefined,
): Promise<readonly SecurityGroup[]> {
  const selected = await selectByIds(state.groups, "group", ids);
  if (names === undefined || names.length === 0) return selected;
  const vpc = await state.defaultVpc();
  const inDefault = selected.filter((group) => group.vpcId === vpc?.id);
  for (const name of names) {
    if (!inDefault.some((group) => group.name === name)) throw notFound("group", name);
  }
  return inDefault.filter((group) => names.includes(group.name));
}

function groupFilters(place: Place): FilterFields<SecurityGroup> {
  const ingress = (group: SecurityGroup) => group.rules.filter((rule) => !rule.egress);
  const egress = (group: SecurityGroup) => group.rules.filter((rule) => rule.egress);
  const ofRules = (prefix: string, rulesOf: typeof ingress): FilterFields<SecurityGroup> => ({
    [`${prefix}.protocol`]: (group) => rulesOf(group).map((rule) => rule.protocol),
    [`${prefix}.from-port`]: (group) => rulesOf(group).map((rule) => String(rule.from ?? -1)),
    [`${prefix}.to-port`]: (group) => rulesOf(group).map((rule) => String(rule.to ?? -1)),
    [`${prefix}.cidr`]: (group) => rulesOf(group).flatMap(({ peer }) => (peer.kind === "cidr4" ? [peer.cidr] : [])),
    [`${prefix}.ipv6-cidr`]: (group) =>
      rulesOf(group).flatMap(({ peer }) => (peer.kind === "cidr6" ? [peer.cidr] : [])),
    [`${prefix}.group-id`]: (group) =>
      rulesOf(group).flatMap(({ peer }) => (peer.kind === "group" ? [peer.groupId] : [])),
  });
  return {
    "group-id": (group) => [group.id],
    "group-name": (group) => [group.name],
    "vpc-id": (group) => [group.vpcId],
    description: (group) => [group.description],
    "owner-id": () => [place.account],
    ...ofRules("ip-permission", ingress),
    ...ofRules("egress.ip-permission", egress),
  };
}

const allowedText = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/;

function checkName(name: string | undefined): string {
  if (name === undefined || name === "") throw missingParameter("groupName");
  if (name.length > networkLimits.nameLengthMax || !allowedText.test(name)) {
    throw invalidValue(
      `Value (${name}) for parameter groupName is invalid. Use up to 255 of a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$*`,
    );
  }
  if (name.startsWith("sg-")) {
    throw invalidValue(
      `Value (${name}) for parameter groupName is invalid. Group names may not be in the format sg-*.`,
    );
  }
  if (name.toLowerCase() === "default") {
    throw ec2Error("InvalidGroup.Reserved", "The security group 'default' is reserved");
  }
  return name;
}

function checkDescription(description: string | undefined): string {
  if (description === undefined || description === "") throw missingParameter("GroupDescription");
  if (description.length > networkLimits.descriptionLengthMax || !allowedText.test(description)) {
    throw invalidValue(
      `Value (${description}) for parameter GroupDescription is invalid. Use up to 255 of a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$*`,
    );
  }
  return description;
}
