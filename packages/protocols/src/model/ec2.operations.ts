// Written by tools/generate-models.mjs.
import type * as sdk from "@aws-sdk/client-ec2";
import type { Typed } from "./typed.js";

/** The operations of ec2 with the types of their inputs and outputs, for `operationsOf`. */
export type Ec2Operations = {
  AuthorizeSecurityGroupEgress: Typed<
    sdk.AuthorizeSecurityGroupEgressCommandInput,
    sdk.AuthorizeSecurityGroupEgressCommandOutput
  >;
  AuthorizeSecurityGroupIngress: Typed<
    sdk.AuthorizeSecurityGroupIngressCommandInput,
    sdk.AuthorizeSecurityGroupIngressCommandOutput
  >;
  CreateDefaultSubnet: Typed<sdk.CreateDefaultSubnetCommandInput, sdk.CreateDefaultSubnetCommandOutput>;
  CreateDefaultVpc: Typed<sdk.CreateDefaultVpcCommandInput, sdk.CreateDefaultVpcCommandOutput>;
  CreateNetworkInterface: Typed<sdk.CreateNetworkInterfaceCommandInput, sdk.CreateNetworkInterfaceCommandOutput>;
  CreateSecurityGroup: Typed<sdk.CreateSecurityGroupCommandInput, sdk.CreateSecurityGroupCommandOutput>;
  CreateSubnet: Typed<sdk.CreateSubnetCommandInput, sdk.CreateSubnetCommandOutput>;
  CreateTags: Typed<sdk.CreateTagsCommandInput, sdk.CreateTagsCommandOutput>;
  CreateVpc: Typed<sdk.CreateVpcCommandInput, sdk.CreateVpcCommandOutput>;
  DeleteNetworkInterface: Typed<sdk.DeleteNetworkInterfaceCommandInput, sdk.DeleteNetworkInterfaceCommandOutput>;
  DeleteSecurityGroup: Typed<sdk.DeleteSecurityGroupCommandInput, sdk.DeleteSecurityGroupCommandOutput>;
  DeleteSubnet: Typed<sdk.DeleteSubnetCommandInput, sdk.DeleteSubnetCommandOutput>;
  DeleteTags: Typed<sdk.DeleteTagsCommandInput, sdk.DeleteTagsCommandOutput>;
  DeleteVpc: Typed<sdk.DeleteVpcCommandInput, sdk.DeleteVpcCommandOutput>;
  DescribeAccountAttributes: Typed<
    sdk.DescribeAccountAttributesCommandInput,
    sdk.DescribeAccountAttributesCommandOutput
  >;
  DescribeAvailabilityZones: Typed<
    sdk.DescribeAvailabilityZonesCommandInput,
    sdk.DescribeAvailabilityZonesCommandOutput
  >;
  DescribeDhcpOptions: Typed<sdk.DescribeDhcpOptionsCommandInput, sdk.DescribeDhcpOptionsCommandOutput>;
  DescribeInternetGateways: Typed<sdk.DescribeInternetGatewaysCommandInput, sdk.DescribeInternetGatewaysCommandOutput>;
  DescribeNetworkAcls: Typed<sdk.DescribeNetworkAclsCommandInput, sdk.DescribeNetworkAclsCommandOutput>;
  DescribeNetworkInterfaceAttribute: Typed<
    sdk.DescribeNetworkInterfaceAttributeCommandInput,
    sdk.DescribeNetworkInterfaceAttributeCommandOutput
  >;
  DescribeNetworkInterfaces: Typed<
    sdk.DescribeNetworkInterfacesCommandInput,
    sdk.DescribeNetworkInterfacesCommandOutput
  >;
  DescribeRegions: Typed<sdk.DescribeRegionsCommandInput, sdk.DescribeRegionsCommandOutput>;
  DescribeRouteTables: Typed<sdk.DescribeRouteTablesCommandInput, sdk.DescribeRouteTablesCommandOutput>;
  DescribeSecurityGroupRules: Typed<
    sdk.DescribeSecurityGroupRulesCommandInput,
    sdk.DescribeSecurityGroupRulesCommandOutput
  >;
  DescribeSecurityGroups: Typed<sdk.DescribeSecurityGroupsCommandInput, sdk.DescribeSecurityGroupsCommandOutput>;
  DescribeSubnets: Typed<sdk.DescribeSubnetsCommandInput, sdk.DescribeSubnetsCommandOutput>;
  DescribeTags: Typed<sdk.DescribeTagsCommandInput, sdk.DescribeTagsCommandOutput>;
  DescribeVpcAttribute: Typed<sdk.DescribeVpcAttributeCommandInput, sdk.DescribeVpcAttributeCommandOutput>;
  DescribeVpcs: Typed<sdk.DescribeVpcsCommandInput, sdk.DescribeVpcsCommandOutput>;
  ModifyNetworkInterfaceAttribute: Typed<
    sdk.ModifyNetworkInterfaceAttributeCommandInput,
    sdk.ModifyNetworkInterfaceAttributeCommandOutput
  >;
  ModifySecurityGroupRules: Typed<sdk.ModifySecurityGroupRulesCommandInput, sdk.ModifySecurityGroupRulesCommandOutput>;
  ModifySubnetAttribute: Typed<sdk.ModifySubnetAttributeCommandInput, sdk.ModifySubnetAttributeCommandOutput>;
  ModifyVpcAttribute: Typed<sdk.ModifyVpcAttributeCommandInput, sdk.ModifyVpcAttributeCommandOutput>;
  RevokeSecurityGroupEgress: Typed<
    sdk.RevokeSecurityGroupEgressCommandInput,
    sdk.RevokeSecurityGroupEgressCommandOutput
  >;
  RevokeSecurityGroupIngress: Typed<
    sdk.RevokeSecurityGroupIngressCommandInput,
    sdk.RevokeSecurityGroupIngressCommandOutput
  >;
  UpdateSecurityGroupRuleDescriptionsEgress: Typed<
    sdk.UpdateSecurityGroupRuleDescriptionsEgressCommandInput,
    sdk.UpdateSecurityGroupRuleDescriptionsEgressCommandOutput
  >;
  UpdateSecurityGroupRuleDescriptionsIngress: Typed<
    sdk.UpdateSecurityGroupRuleDescriptionsIngressCommandInput,
    sdk.UpdateSecurityGroupRuleDescriptionsIngressCommandOutput
  >;
};
