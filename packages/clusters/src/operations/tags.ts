import { permission } from "@hotkeep/core";
import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import { fault } from "../errors.js";
import { clusterArn, clusterNameOfArn } from "../model/arns.js";
import type { ClusterRecord } from "../model/records.js";
import { tagList, withTags } from "../model/tags.js";
import { type ControlDesk, daxOperation } from "./desk.js";

/** Tags of clusters. */
export function tagOperations(desk: ControlDesk): readonly NamedOperation[] {
  const needs = (action: string, arn: string, call: CallContext) => [
    permission(`dax:${action}`, clusterArn(call, clusterNameOfArn(call, arn))),
  ];
  const change = async (
    arn: string,
    call: CallContext,
    changed: (record: ClusterRecord) => ClusterRecord["tags"],
  ): Promise<{ readonly Tags: ReturnType<typeof tagList> }> => {
    const record = await desk.clusters.update(call, { name: clusterNameOfArn(call, arn) }, (now) => ({
      record: { ...now, tags: changed(now) },
    }));
    if (record === undefined) throw fault("ClusterNotFoundFault", "Cluster not found.");
    return { Tags: tagList(record.tags) };
  };
  return [
    daxOperation("ListTags", {
      needs: (input, call) => needs("ListTags", input.ResourceName, call),
      async handle(input, call) {
        const record = await desk.clusters.find(call, { name: clusterNameOfArn(call, input.ResourceName) });
        if (record === undefined) throw fault("ClusterNotFoundFault", "Cluster not found.");
        if (record.status === "deleting") {
          throw fault("InvalidClusterStateFault", `Cluster ${record.name} is deleting.`);
        }
        return { Tags: tagList(record.tags) };
      },
    }),
    daxOperation("TagResource", {
      needs: (input, call) => needs("TagResource", input.ResourceName, call),
      handle: (input, call) => change(input.ResourceName, call, (now) => withTags(now.tags, input.Tags)),
    }),
    daxOperation("UntagResource", {
      needs: (input, call) => needs("UntagResource", input.ResourceName, call),
      handle: (input, call) =>
        change(input.ResourceName, call, (now) => {
          const missing = input.TagKeys.find((key) => !Object.hasOwn(now.tags, key));
          if (missing !== undefined) throw fault("TagNotFoundFault", `The cluster has no tag ${missing}.`);
          return Object.fromEntries(Object.entries(now.tags).filter(([key]) => !input.TagKeys.includes(key)));
        }),
    }),
  ];
}
