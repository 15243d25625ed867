/** One call, and what must come of it. `$name` in the input and the expectation stands for a saved value. */
export interface Step {
  /** `dax CreateCluster` */
  readonly call: string;
  readonly input?: object;
  /** A part of the answer. */
  readonly answers?: object;
  /** The error's code, instead. */
  readonly fails?: string;
  /** Values of the answer to save, by dotted paths. */
  readonly save?: Readonly<Record<string, string>>;
  /** Again until the answer fits. */
  readonly poll?: true;
}

const cluster = "$name";
const node = { NodeType: "dax.t3.small", IamRoleArn: "$role" };
const until = (Status: string): Step => ({
  call: "dax DescribeClusters",
  input: { ClusterNames: [cluster] },
  answers: { Clusters: [{ Status }] },
  poll: true,
});
const arn = "arn:aws:dax:$region:$account:cache/$name";
const topic = "arn:aws:sns:$region:$account:ops";
const dial = { IpProtocol: "tcp", FromPort: 8111, ToPort: 8111 };

/** Every operation of EC2 that is here, the errors of a few. */
export const ec2Steps: readonly Step[] = [
  {
    call: "ec2 DescribeRegions",
    input: { RegionNames: ["$region"] },
    answers: { Regions: [{ RegionName: "$region" }] },
  },
  {
    call: "ec2 DescribeAvailabilityZones",
    input: { Filters: [{ Name: "zone-name", Values: ["*b"] }] },
    answers: { AvailabilityZones: [{ ZoneName: "$zoneb", State: "available" }] },
  },
  { call: "ec2 DescribeAccountAttributes", input: { AttributeNames: ["default-vpc"] }, answers: {} },
  {
    call: "ec2 DescribeVpcs",
    input: { Filters: [{ Name: "isDefault", Values: ["true"] }] },
    answers: { Vpcs: [{ IsDefault: true, State: "available", OwnerId: "$account" }] },
    save: { defaultvpc: "Vpcs.0.VpcId", dhcp: "Vpcs.0.DhcpOptionsId" },
  },
  {
    call: "ec2 DescribeDhcpOptions",
    input: { DhcpOptionsIds: ["$dhcp"] },
    answers: { DhcpOptions: [{ DhcpOptionsId: "$dhcp", OwnerId: "$account" }] },
  },
  { call: "ec2 DescribeRouteTables", answers: { RouteTables: [] } },
  { call: "ec2 DescribeNetworkAcls", answers: { NetworkAcls: [] } },
  { call: "ec2 DescribeInternetGateways", answers: { InternetGateways: [] } },
  {
    call: "ec2 DescribeInternetGateways",
    input: { InternetGatewayIds: ["igw-0123456789abcdef0"] },
    fails: "InvalidInternetGatewayID.NotFound",
  },
  {
    call: "ec2 CreateVpc",
    input: {
      CidrBlock: "10.20.0.0/16",
      TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "team", Value: "a" }] }],
    },
    answers: { Vpc: { CidrBlock: "10.20.0.0/16", IsDefault: false } },
    save: { vpc: "Vpc.VpcId" },
  },
  { call: "ec2 ModifyVpcAttribute", input: { VpcId: "$vpc", EnableDnsHostnames: { Value: true } } },
  {
    call: "ec2 DescribeVpcAttribute",
    input: { VpcId: "$vpc", Attribute: "enableDnsHostnames" },
    answers: { EnableDnsHostnames: { Value: true } },
  },
  {
    call: "ec2 CreateSubnet",
    input: { VpcId: "$vpc", CidrBlock: "10.20.1.0/24", AvailabilityZone: "$zonea" },
    answers: { Subnet: { AvailableIpAddressCount: 251, AvailabilityZone: "$zonea" } },
    save: { subnet: "Subnet.SubnetId" },
  },
  { call: "ec2 CreateSubnet", input: { VpcId: "$vpc", CidrBlock: "10.20.1.0/25" }, fails: "InvalidSubnet.Conflict" },
  { call: "ec2 ModifySubnetAttribute", input: { SubnetId: "$subnet", MapPublicIpOnLaunch: { Value: true } } },
  {
    call: "ec2 DescribeSubnets",
    input: { Filters: [{ Name: "vpc-id", Values: ["$vpc"] }] },
    answers: { Subnets: [{ SubnetId: "$subnet", MapPublicIpOnLaunch: true }] },
  },
  {
    call: "ec2 DescribeSubnets",
    input: { Filters: [{ Name: "default-for-az", Values: ["true"] }], MaxResults: 5 },
    answers: { Subnets: [{}, {}, {}] },
    save: { lastdefault: "Subnets.2.SubnetId", lastzone: "Subnets.2.AvailabilityZone" },
  },
  {
    call: "ec2 CreateDefaultSubnet",
    input: { AvailabilityZone: "$lastzone" },
    fails: "DefaultSubnetAlreadyExistsInAvailabilityZone",
  },
  { call: "ec2 DeleteSubnet", input: { SubnetId: "$lastdefault" } },
  {
    call: "ec2 CreateDefaultSubnet",
    input: { AvailabilityZone: "$lastzone" },
    answers: { Subnet: { DefaultForAz: true, VpcId: "$defaultvpc", AvailabilityZone: "$lastzone" } },
  },
  {
    call: "ec2 CreateSecurityGroup",
    input: { GroupName: "dial", Description: "who may dial", VpcId: "$vpc" },
    save: { group: "GroupId" },
    answers: {},
  },
  {
    call: "ec2 AuthorizeSecurityGroupIngress",
    input: { GroupId: "$group", IpPermissions: [{ ...dial, IpRanges: [{ CidrIp: "10.0.0.0/8" }] }] },
    answers: { SecurityGroupRules: [{ CidrIpv4: "10.0.0.0/8", FromPort: 8111, IsEgress: false }] },
    save: { rule: "SecurityGroupRules.0.SecurityGroupRuleId" },
  },
  {
    call: "ec2 UpdateSecurityGroupRuleDescriptionsIngress",
    input: {
      GroupId: "$group",
      IpPermissions: [{ ...dial, IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "the office" }] }],
    },
    answers: { Return: true },
  },
  {
    call: "ec2 DescribeSecurityGroupRules",
    input: { Filters: [{ Name: "group-id", Values: ["$group"] }], SecurityGroupRuleIds: ["$rule"] },
    answers: { SecurityGroupRules: [{ SecurityGroupRuleId: "$rule", Description: "the office" }] },
  },
  {
    call: "ec2 ModifySecurityGroupRules",
    input: {
      GroupId: "$group",
      SecurityGroupRules: [
        {
          SecurityGroupRuleId: "$rule",
          SecurityGroupRule: { IpProtocol: "tcp", FromPort: 9111, ToPort: 9111, CidrIpv4: "10.1.0.0/16" },
        },
      ],
    },
    answers: { Return: true },
  },
  {
    call: "ec2 DescribeSecurityGroups",
    input: { Filters: [{ Name: "ip-permission.cidr", Values: ["10.1.*"] }] },
    answers: { SecurityGroups: [{ GroupId: "$group", IpPermissions: [{ FromPort: 9111, ToPort: 9111 }] }] },
  },
  {
    call: "ec2 AuthorizeSecurityGroupEgress",
    input: { GroupId: "$group", IpPermissions: [{ ...dial, IpRanges: [{ CidrIp: "10.2.0.0/16" }] }] },
    answers: { SecurityGroupRules: [{ IsEgress: true }] },
    save: { out: "SecurityGroupRules.0.SecurityGroupRuleId" },
  },
  {
    call: "ec2 UpdateSecurityGroupRuleDescriptionsEgress",
    input: {
      GroupId: "$group",
      SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: "$out", Description: "out" }],
    },
    answers: { Return: true },
  },
  {
    call: "ec2 RevokeSecurityGroupEgress",
    input: { GroupId: "$group", SecurityGroupRuleIds: ["$out"] },
    answers: { Return: true, RevokedSecurityGroupRules: [{ SecurityGroupRuleId: "$out", Description: "out" }] },
  },
  {
    call: "ec2 RevokeSecurityGroupIngress",
    input: { GroupId: "$group", SecurityGroupRuleIds: ["$rule"] },
    answers: { Return: true },
  },
  {
    call: "ec2 CreateNetworkInterface",
    input: { SubnetId: "$subnet", Groups: ["$group"], PrivateIpAddress: "10.20.1.9", Description: "mine" },
    answers: { NetworkInterface: { PrivateIpAddress: "10.20.1.9", Status: "available", RequesterManaged: false } },
    save: { eni: "NetworkInterface.NetworkInterfaceId" },
  },
  { call: "ec2 DeleteSecurityGroup", input: { GroupId: "$group" }, fails: "DependencyViolation" },
  {
    call: "ec2 ModifyNetworkInterfaceAttribute",
    input: { NetworkInterfaceId: "$eni", Description: { Value: "ours" } },
  },
  {
    call: "ec2 DescribeNetworkInterfaceAttribute",
    input: { NetworkInterfaceId: "$eni", Attribute: "description" },
    answers: { Description: { Value: "ours" } },
  },
  { call: "ec2 CreateTags", input: { Resources: ["$eni"], Tags: [{ Key: "team", Value: "b" }] } },
  {
    call: "ec2 DescribeTags",
    input: { Filters: [{ Name: "resource-id", Values: ["$eni"] }] },
    answers: { Tags: [{ Key: "team", Value: "b", ResourceType: "network-interface" }] },
  },
  {
    call: "ec2 DescribeNetworkInterfaces",
    input: { Filters: [{ Name: "tag:team", Values: ["b"] }] },
    answers: { NetworkInterfaces: [{ NetworkInterfaceId: "$eni", Description: "ours" }] },
  },
  { call: "ec2 DeleteTags", input: { Resources: ["$eni"], Tags: [{ Key: "team" }] } },
  { call: "ec2 DeleteNetworkInterface", input: { NetworkInterfaceId: "$eni" } },
  { call: "ec2 DeleteSecurityGroup", input: { GroupId: "$group" } },
  { call: "ec2 DeleteVpc", input: { VpcId: "$vpc" }, fails: "DependencyViolation" },
  { call: "ec2 DeleteSubnet", input: { SubnetId: "$subnet" } },
  { call: "ec2 DeleteVpc", input: { VpcId: "$vpc" } },
  { call: "ec2 CreateDefaultVpc", fails: "DefaultVpcAlreadyExists" },
];

/** Every operation of DAX, in the order of a cluster's life. */
export const daxSteps: readonly Step[] = [
  {
    call: "dax DescribeDefaultParameters",
    answers: { Parameters: [{ ParameterName: "query-ttl-millis" }, { ParameterName: "record-ttl-millis" }] },
  },
  {
    call: "dax CreateParameterGroup",
    input: { ParameterGroupName: "quick", Description: "short" },
    answers: { ParameterGroup: { ParameterGroupName: "quick" } },
  },
  {
    call: "dax UpdateParameterGroup",
    input: {
      ParameterGroupName: "quick",
      ParameterNameValues: [{ ParameterName: "record-ttl-millis", ParameterValue: "700" }],
    },
    answers: { ParameterGroup: { ParameterGroupName: "quick" } },
  },
  {
    call: "dax DescribeParameters",
    input: { ParameterGroupName: "quick" },
    answers: { Parameters: [{}, { ParameterName: "record-ttl-millis", ParameterValue: "700" }] },
  },
  {
    call: "dax DescribeParameterGroups",
    input: { ParameterGroupNames: ["quick"] },
    answers: { ParameterGroups: [{ Description: "short" }] },
  },
  {
    call: "ec2 DescribeSubnets",
    input: { Filters: [{ Name: "default-for-az", Values: ["true"] }] },
    answers: {},
    save: { one: "Subnets.0.SubnetId", two: "Subnets.1.SubnetId" },
  },
  {
    call: "dax CreateSubnetGroup",
    input: { SubnetGroupName: "two", SubnetIds: ["$one", "$two"] },
    answers: { SubnetGroup: { SubnetGroupName: "two", Subnets: [{}, {}] } },
  },
  {
    call: "dax UpdateSubnetGroup",
    input: { SubnetGroupName: "two", Description: "both" },
    answers: { SubnetGroup: { Description: "both" } },
  },
  {
    call: "dax DescribeSubnetGroups",
    input: { SubnetGroupNames: ["two"] },
    answers: { SubnetGroups: [{ Description: "both" }] },
  },
  {
    call: "dax CreateCluster",
    input: {
      ClusterName: "$Name",
      ...node,
      ReplicationFactor: 1,
      SubnetGroupName: "two",
      NotificationTopicArn: topic,
      PreferredMaintenanceWindow: "sun:05:00-sun:06:00",
      Tags: [{ Key: "team", Value: "a" }],
    },
    answers: {
      Cluster: {
        ClusterName: cluster,
        Status: "creating",
        ClusterArn: arn,
        PreferredMaintenanceWindow: "sun:05:00-sun:06:00",
        NotificationConfiguration: { TopicArn: topic, TopicStatus: "active" },
      },
    },
  },
  {
    call: "dax CreateCluster",
    input: { ClusterName: cluster, ...node, ReplicationFactor: 1 },
    fails: "ClusterAlreadyExistsFault",
  },
  until("available"),
  {
    call: "dax UpdateCluster",
    input: { ClusterName: cluster, ParameterGroupName: "quick", Description: "now quick" },
    answers: { Cluster: { Description: "now quick", ParameterGroup: { ParameterApplyStatus: "applying" } } },
  },
  until("available"),
  {
    call: "ec2 CreateSecurityGroup",
    input: { GroupName: "ops", Description: "for the cluster" },
    answers: {},
    save: { group: "GroupId" },
  },
  {
    call: "dax UpdateCluster",
    input: { ClusterName: cluster, SecurityGroupIds: ["$group"] },
    answers: { Cluster: { Status: "modifying", SecurityGroups: [{ SecurityGroupIdentifier: "$group" }] } },
  },
  until("available"),
  {
    call: "dax UpdateParameterGroup",
    input: {
      ParameterGroupName: "quick",
      ParameterNameValues: [{ ParameterName: "record-ttl-millis", ParameterValue: "1" }],
    },
    fails: "InvalidParameterGroupStateFault",
  },
  {
    call: "dax DeleteParameterGroup",
    input: { ParameterGroupName: "quick" },
    fails: "InvalidParameterGroupStateFault",
  },
  { call: "dax DeleteSubnetGroup", input: { SubnetGroupName: "two" }, fails: "SubnetGroupInUseFault" },
  {
    call: "dax UpdateCluster",
    input: { ClusterName: cluster, PreferredMaintenanceWindow: "sun:05:00-sun:05:30" },
    fails: "InvalidParameterValueException",
  },
  {
    call: "dax TagResource",
    input: { ResourceName: arn, Tags: [{ Key: "env", Value: "test" }] },
    answers: { Tags: [{ Key: "team" }, { Key: "env" }] },
  },
  {
    call: "dax UntagResource",
    input: { ResourceName: arn, TagKeys: ["team"] },
    answers: { Tags: [{ Key: "env", Value: "test" }] },
  },
  { call: "dax ListTags", input: { ResourceName: arn }, answers: { Tags: [{ Key: "env", Value: "test" }] } },
  {
    call: "dax IncreaseReplicationFactor",
    input: { ClusterName: cluster, NewReplicationFactor: 2 },
    answers: { Cluster: { Status: "modifying", TotalNodes: 2, ActiveNodes: 1 } },
  },
  { call: "dax DeleteCluster", input: { ClusterName: cluster }, fails: "InvalidClusterStateFault" },
  until("available"),
  {
    call: "dax RebootNode",
    input: { ClusterName: cluster, NodeId: "$name-b" },
    answers: { Cluster: { Nodes: [{}, { NodeStatus: "rebooting" }] } },
  },
  until("available"),
  {
    call: "dax DecreaseReplicationFactor",
    input: { ClusterName: cluster, NewReplicationFactor: 1 },
    answers: { Cluster: { Status: "modifying" } },
  },
  until("available"),
  {
    call: "dax DescribeEvents",
    input: { SourceName: cluster, SourceType: "CLUSTER", Duration: 10 },
    answers: {
      Events: [
        { Message: "Removed node $name-b." },
        { Message: "Rebooted node $name-b." },
        { Message: "Added node $name-b." },
        { Message: "Security groups changed." },
        { Message: "Parameter group changed to quick." },
        { Message: "Cluster created." },
      ],
    },
  },
  // In the default subnet group, which is made for it.
  {
    call: "dax CreateCluster",
    input: { ClusterName: "$name-2", ...node, ReplicationFactor: 1, AvailabilityZones: ["$zonea"] },
    answers: {},
  },
  {
    call: "dax DescribeClusters",
    input: { ClusterNames: ["$name-2"] },
    answers: { Clusters: [{ Status: "available", SubnetGroup: "default" }] },
    poll: true,
  },
  { call: "dax DeleteCluster", input: { ClusterName: "$name-2" }, answers: { Cluster: { Status: "deleting" } } },
  { call: "dax DescribeClusters", input: { ClusterNames: ["$name-2"] }, fails: "ClusterNotFoundFault", poll: true },
  { call: "dax DeleteCluster", input: { ClusterName: cluster }, answers: { Cluster: { Status: "deleting" } } },
  { call: "dax DescribeClusters", input: { ClusterNames: [cluster] }, fails: "ClusterNotFoundFault", poll: true },
  { call: "ec2 DeleteSecurityGroup", input: { GroupId: "$group" } },
  { call: "ec2 DescribeNetworkInterfaces", answers: { NetworkInterfaces: [] } },
  {
    call: "dax DeleteSubnetGroup",
    input: { SubnetGroupName: "two" },
    answers: { DeletionMessage: "Subnet group two has been deleted." },
  },
  { call: "dax DeleteSubnetGroup", input: { SubnetGroupName: "default" }, answers: {} },
  {
    call: "dax DeleteParameterGroup",
    input: { ParameterGroupName: "quick" },
    answers: { DeletionMessage: "Parameter group quick has been deleted." },
  },
];
