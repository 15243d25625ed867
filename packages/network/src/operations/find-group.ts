import { checkId, missingParameter, notFound } from "../errors.js";
import type { SecurityGroup } from "../model/records.js";
import type { NetworkState } from "../model/state.js";

/** How a call names one group. */
export interface GroupChoice {
  readonly GroupId?: string;
  readonly GroupName?: string;
}

/**
 * The group that a call names: by id, or by name in the default VPC (documented: names work nowhere else).
 *
 * @throws AwsError `MissingParameter`, `InvalidGroupId.Malformed`, `InvalidGroup.NotFound`
 */
export async function findGroup(state: NetworkState, choice: GroupChoice): Promise<SecurityGroup> {
  if (choice.GroupId !== undefined) {
    checkId("group", choice.GroupId);
    return state.groups.get(choice.GroupId);
  }
  if (choice.GroupName === undefined) {
    throw missingParameter("groupName or groupId");
  }
  const vpc = await state.defaultVpc();
  const groups = vpc === undefined ? [] : await state.groupsOfVpc(vpc.id);
  const found = groups.find((group) => group.name === choice.GroupName);
  if (found === undefined) throw notFound("group", choice.GroupName);
  return found;
}

/** The id on which a call's permission is asked: the named group's, or `*` when there is no such group. */
export async function groupIdForPermission(state: NetworkState, choice: GroupChoice): Promise<string> {
  if (choice.GroupId !== undefined) return choice.GroupId;
  const vpc = await state.defaultVpc();
  const groups = vpc === undefined ? [] : await state.groupsOfVpc(vpc.id);
  return groups.find((group) => group.name === choice.GroupName)?.id ?? "*";
}
