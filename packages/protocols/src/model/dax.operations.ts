// Written by tools/generate-models.mjs.
import type * as sdk from "@aws-sdk/client-dax";
import type { Typed } from "./typed.js";

/** The operations of dax with the types of their inputs and outputs, for `operationsOf`. */
export type DaxOperations = {
  CreateCluster: Typed<sdk.CreateClusterCommandInput, sdk.CreateClusterCommandOutput>;
  CreateParameterGroup: Typed<sdk.CreateParameterGroupCommandInput, sdk.CreateParameterGroupCommandOutput>;
  CreateSubnetGroup: Typed<sdk.CreateSubnetGroupCommandInput, sdk.CreateSubnetGroupCommandOutput>;
  DecreaseReplicationFactor: Typed<
    sdk.DecreaseReplicationFactorCommandInput,
    sdk.DecreaseReplicationFactorCommandOutput
  >;
  DeleteCluster: Typed<sdk.DeleteClusterCommandInput, sdk.DeleteClusterCommandOutput>;
  DeleteParameterGroup: Typed<sdk.DeleteParameterGroupCommandInput, sdk.DeleteParameterGroupCommandOutput>;
  DeleteSubnetGroup: Typed<sdk.DeleteSubnetGroupCommandInput, sdk.DeleteSubnetGroupCommandOutput>;
  DescribeClusters: Typed<sdk.DescribeClustersCommandInput, sdk.DescribeClustersCommandOutput>;
  DescribeDefaultParameters: Typed<
    sdk.DescribeDefaultParametersCommandInput,
    sdk.DescribeDefaultParametersCommandOutput
  >;
  DescribeEvents: Typed<sdk.DescribeEventsCommandInput, sdk.DescribeEventsCommandOutput>;
  DescribeParameterGroups: Typed<sdk.DescribeParameterGroupsCommandInput, sdk.DescribeParameterGroupsCommandOutput>;
  DescribeParameters: Typed<sdk.DescribeParametersCommandInput, sdk.DescribeParametersCommandOutput>;
  DescribeSubnetGroups: Typed<sdk.DescribeSubnetGroupsCommandInput, sdk.DescribeSubnetGroupsCommandOutput>;
  IncreaseReplicationFactor: Typed<
    sdk.IncreaseReplicationFactorCommandInput,
    sdk.IncreaseReplicationFactorCommandOutput
  >;
  ListTags: Typed<sdk.ListTagsCommandInput, sdk.ListTagsCommandOutput>;
  RebootNode: Typed<sdk.RebootNodeCommandInput, sdk.RebootNodeCommandOutput>;
  TagResource: Typed<sdk.TagResourceCommandInput, sdk.TagResourceCommandOutput>;
  UntagResource: Typed<sdk.UntagResourceCommandInput, sdk.UntagResourceCommandOutput>;
  UpdateCluster: Typed<sdk.UpdateClusterCommandInput, sdk.UpdateClusterCommandOutput>;
  UpdateParameterGroup: Typed<sdk.UpdateParameterGroupCommandInput, sdk.UpdateParameterGroupCommandOutput>;
  UpdateSubnetGroup: Typed<sdk.UpdateSubnetGroupCommandInput, sdk.UpdateSubnetGroupCommandOutput>;
};
