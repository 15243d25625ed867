import type { NamedOperation } from "@hotkeep/protocols";
import { fault } from "../errors.js";
import { daxQuotas } from "../limits.js";
import type { ClusterStore } from "../model/cluster-store.js";
import { checkDescription, checkGroupName } from "../model/names.js";
import { pageOf } from "../model/page.js";
import { checkParameter, defaultParameterGroup, parametersOf } from "../model/parameters.js";
import type { ParameterGroupRecord, Place } from "../model/records.js";
import type { ClusterState } from "../model/state.js";
import { type ControlDesk, daxOperation, needsAny } from "./desk.js";

function groupAnswer(group: ParameterGroupRecord) {
  return {
    ParameterGroupName: group.name,
    ...(group.description !== null && { Description: group.description }),
  };
}

/** Parameter groups: the two times for which nodes keep things. */
export function parameterGroupOperations(desk: ControlDesk): readonly NamedOperation[] {
  const { clusters } = desk;
  return [
    daxOperation("DescribeParameterGroups", {
      needs: () => needsAny("DescribeParameterGroups"),
      async handle(input, call) {
        const stored = await clusters.read(call).parameterGroups.all();
        const all = [defaultParameterGroup, ...stored].toSorted((a, b) => (a.name < b.name ? -1 : 1));
        const names = (input.ParameterGroupNames ?? []).map((name) => name.toLowerCase());
        for (const name of names) if (!all.some((group) => group.name === name)) throw notFound(name);
        const chosen = names.length === 0 ? all : all.filter((group) => names.includes(group.name));
        const page = pageOf(chosen, (group) => group.name, input);
        return { ParameterGroups: page.items.map(groupAnswer), ...page.next };
      },
    }),

    daxOperation("CreateParameterGroup", {
      needs: () => needsAny("CreateParameterGroup"),
      handle(input, call) {
        const name = checkGroupName("Parameter", input.ParameterGroupName);
        const description = checkDescription(input.Description);
        return clusters.write(call, async (state, transaction) => {
          const all = await state.parameterGroups.all();
          if (name === defaultParameterGroup.name || all.some((group) => group.name === name)) {
            throw fault("ParameterGroupAlreadyExistsFault", `Parameter group ${name} already exists.`);
          }
          if (all.length >= daxQuotas.parameterGroupsPerRegionMax) {
            throw fault("ParameterGroupQuotaExceededFault", `There are ${all.length} parameter groups already.`);
          }
          const group = { name, description, values: defaultParameterGroup.values };
          state.parameterGroups.put(transaction, group);
          await clusters.events.add(transaction, call, "PARAMETER_GROUP", name, `Parameter group ${name} created.`);
          return { ParameterGroup: groupAnswer(group) };
        });
      },
    }),

    daxOperation("UpdateParameterGroup", {
      needs: () => needsAny("UpdateParameterGroup"),
      handle(input, call) {
        const name = input.ParameterGroupName.toLowerCase();
        if (input.ParameterNameValues.length > daxQuotas.parametersPerUpdateMax) {
          throw fault(
            "InvalidParameterValueException",
            `At most ${daxQuotas.parametersPerUpdateMax} parameters can be changed in one call.`,
          );
        }
        const values = input.ParameterNameValues.map((pair) => checkParameter(pair.ParameterName, pair.ParameterValue));
        return clusters.write(call, async (state, transaction) => {
          const group = await changeable(state, name);
          const changed = { ...group, values: { ...group.values, ...Object.fromEntries(values) } };
          state.parameterGroups.put(transaction, changed);
          await clusters.events.add(transaction, call, "PARAMETER_GROUP", name, `Parameter group ${name} updated.`);
          return { ParameterGroup: groupAnswer(changed) };
        });
      },
    }),

    daxOperation("DeleteParameterGroup", {
      needs: () => needsAny("DeleteParameterGroup"),
      handle: (input, call) =>
        clusters.write(call, async (state, transaction) => {
          const { name } = await changeable(state, input.ParameterGroupName.toLowerCase());
          state.parameterGroups.delete(transaction, name);
          await clusters.events.add(transaction, call, "PARAMETER_GROUP", name, `Parameter group ${name} deleted.`);
          return { DeletionMessage: `Parameter group ${name} has been deleted.` };
        }),
    }),

    daxOperation("DescribeParameters", {
      needs: () => needsAny("DescribeParameters"),
      async handle(input, call) {
        const group = await findGroup(clusters, call, input.ParameterGroupName);
        const chosen = parametersOf(group).filter(
          (parameter) => input.Source === undefined || parameter.Source === input.Source,
        );
        const page = pageOf(chosen, (parameter) => parameter.ParameterName ?? "", input);
        return { Parameters: page.items, ...page.next };
      },
    }),

    daxOperation("DescribeDefaultParameters", {
      needs: () => needsAny("DescribeDefaultParameters"),
      handle(input) {
        const page = pageOf(parametersOf(defaultParameterGroup), (parameter) => parameter.ParameterName ?? "", input);
        return { Parameters: page.items, ...page.next };
      },
    }),
  ];
}

function notFound(name: string) {
  return fault("ParameterGroupNotFoundFault", `Parameter group ${name} not found.`);
}

async function findGroup(clusters: ClusterStore, place: Place, name: string): Promise<ParameterGroupRecord> {
  const group = await clusters.parameterGroup(place, name.toLowerCase());
  if (group === undefined) throw notFound(name);
  return group;
}

/** A group that may be changed: the default group never, others while no cluster uses them. */
async function changeable(state: ClusterState, name: string): Promise<ParameterGroupRecord> {
  if (name === defaultParameterGroup.name) {
    throw fault("InvalidParameterGroupStateFault", `The default parameter group ${name} cannot be changed or deleted.`);
  }
  const group = await state.parameterGroups.find(name);
  if (group === undefined) throw notFound(name);
  const user = (await state.clusters.all()).find((cluster) => cluster.parameterGroup === name);
  if (user !== undefined) {
    throw fault("InvalidParameterGroupStateFault", `Parameter group ${name} is used by cluster ${user.name}.`);
  }
  return group;
}
