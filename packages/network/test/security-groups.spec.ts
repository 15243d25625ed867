import { describe, expect, it } from "vitest";
import { account, failureOf, type Harness, openHarness, place } from "./support.js";

async function groupNamed(harness: Harness, name: string): Promise<string> {
  return (await harness.call("CreateSecurityGroup", { GroupName: name, Description: "for tests" })).GroupId!;
}

const port8111 = (cidr: string) => [{ IpProtocol: "tcp", FromPort: 8111, ToPort: 8111, IpRanges: [{ CidrIp: cidr }] }];

describe("a security group", () => {
  it("is made in the default VPC when none is named, with everything allowed out and nothing in", async () => {
    const harness = openHarness();
    const id = await groupNamed(harness, "web");
    const group = (await harness.call("DescribeSecurityGroups", { GroupNames: ["web"] })).SecurityGroups![0]!;
    expect(group).toMatchObject({ GroupId: id, GroupName: "web", Description: "for tests", IpPermissions: [] });
    expect(group.IpPermissionsEgress).toHaveLength(1);
  });

  it("has a name of its own", async () => {
    const harness = openHarness();
    await groupNamed(harness, "web");
    const vpcId = (await harness.call("DescribeVpcs", {})).Vpcs![0]!.VpcId;
    const make = (name: string) =>
      failureOf(harness.call("CreateSecurityGroup", { GroupName: name, Description: "d" }));
    expect(await make("web")).toBe(
      `InvalidGroup.Duplicate: The security group 'web' already exists for VPC '${vpcId}'`,
    );
    expect(await make("default")).toBe("InvalidGroup.Reserved: The security group 'default' is reserved");
    expect(await make("sg-mine")).toMatch(/^InvalidParameterValue: Value \(sg-mine\) for parameter groupName/);
    expect(await failureOf(harness.call("DescribeSecurityGroups", { GroupIds: ["sg-0123456789abcdef0"] }))).toBe(
      "InvalidGroup.NotFound: The security group 'sg-0123456789abcdef0' does not exist",
    );
    expect(await failureOf(harness.call("DescribeSecurityGroups", { GroupIds: ["nonsense"] }))).toBe(
      'InvalidGroupId.Malformed: Invalid id: "nonsense" (expecting "sg-...")',
    );
  });

  it("is not deleted while another group's rule or an interface needs it", async () => {
    const harness = openHarness();
    const web = await groupNamed(harness, "web");
    const cache = await groupNamed(harness, "cache");
    await harness.call("AuthorizeSecurityGroupIngress", {
      GroupId: cache,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: 8111, ToPort: 8111, UserIdGroupPairs: [{ GroupId: web }] }],
    });
    expect(await failureOf(harness.call("DeleteSecurityGroup", { GroupId: web }))).toBe(
      `DependencyViolation: resource ${web} has a dependent object`,
    );
    await harness.call("DeleteSecurityGroup", { GroupId: cache });
    await harness.call("DeleteSecurityGroup", { GroupName: "web" });
  });
});

describe("rules", () => {
  it("are authorised, described and revoked by value and by id", async () => {
    const harness = openHarness();
    const id = await groupNamed(harness, "cache");
    const added = await harness.call("AuthorizeSecurityGroupIngress", {
      GroupId: id,
      IpPermissions: [
        {
          IpProtocol: "TCP",
          FromPort: 8111,
          ToPort: 9111,
          IpRanges: [{ CidrIp: "10.0.0.7/8", Description: "office" }],
          Ipv6Ranges: [{ CidrIpv6: "FD00::/8" }],
        },
      ],
    });
    expect(added.SecurityGroupRules).toMatchObject([
      { GroupId: id, IsEgress: false, IpProtocol: "tcp", FromPort: 8111, ToPort: 9111, CidrIpv4: "10.0.0.0/8" },
      { CidrIpv6: "fd00::/8" },
    ]);
    const group = (await harness.call("DescribeSecurityGroups", { GroupIds: [id] })).SecurityGroups![0]!;
    expect(group.IpPermissions).toEqual([
      {
        IpProtocol: "tcp",
        FromPort: 8111,
        ToPort: 9111,
        IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "office" }],
        Ipv6Ranges: [{ CidrIpv6: "fd00::/8" }],
        PrefixListIds: [],
        UserIdGroupPairs: [],
      },
    ]);
    const described = await harness.call("DescribeSecurityGroupRules", {
      Filters: [{ Name: "group-id", Values: [id] }],
    });
    expect(described.SecurityGroupRules).toHaveLength(3);

    const removed = await harness.call("RevokeSecurityGroupIngress", {
      GroupId: id,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: 8111, ToPort: 9111, IpRanges: [{ CidrIp: "10.0.0.0/8" }] }],
    });
    expect(removed).toMatchObject({ Return: true, RevokedSecurityGroupRules: [{ CidrIpv4: "10.0.0.0/8" }] });
    const ruleId = added.SecurityGroupRules![1]!.SecurityGroupRuleId!;
    await harness.call("RevokeSecurityGroupIngress", { GroupId: id, SecurityGroupRuleIds: [ruleId] });
    expect(
      (await harness.call("DescribeSecurityGroups", { GroupIds: [id] })).SecurityGroups![0]!.IpPermissions,
    ).toEqual([]);
    expect(
      await failureOf(harness.call("RevokeSecurityGroupIngress", { GroupId: id, SecurityGroupRuleIds: [ruleId] })),
    ).toBe(`InvalidSecurityGroupRuleId.NotFound: The security group rule ID '${ruleId}' does not exist`);
  });

  it("exist once each", async () => {
    const harness = openHarness();
    const id = await groupNamed(harness, "cache");
    const rule = { GroupId: id, IpPermissions: port8111("0.0.0.0/0") };
    await harness.call("AuthorizeSecurityGroupIngress", rule);
    expect(await failureOf(harness.call("AuthorizeSecurityGroupIngress", rule))).toBe(
      'InvalidPermission.Duplicate: the specified rule "peer: 0.0.0.0/0, TCP, from port: 8111, to port: 8111, ALLOW" already exists',
    );
  });

  it("need a source, ports in range and a CIDR that is one", async () => {
    const harness = openHarness();
    const id = await groupNamed(harness, "cache");
    const authorize = (IpPermissions: object[]) =>
      failureOf(harness.call("AuthorizeSecurityGroupIngress", { GroupId: id, IpPermissions }));
    expect(await authorize([{ IpProtocol: "tcp", FromPort: 8111, ToPort: 8111 }])).toBe(
      "MissingParameter: Source group or CIDR must be specified",
    );
    expect(await authorize(port8111("0.0.0.0/33"))).toBe("InvalidParameterValue: CIDR block 0.0.0.0/33 is malformed");
    expect(await authorize([{ ...port8111("0.0.0.0/0")[0], ToPort: 70000 }])).toBe(
      "InvalidParameterValue: Invalid value '70000' for portRange. Must be between 0 and 65535.",
    );
    for (const IpProtocol of ["quic", "constructor", "__proto__"]) {
      expect(await authorize([{ IpProtocol, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }])).toBe(
        `InvalidParameterValue: Invalid value '${IpProtocol}' for IP protocol. Unknown protocol.`,
      );
    }
    expect(await authorize([])).toBe("MissingParameter: The request must contain the parameter ipPermissions");
    expect(await authorize([...port8111("10.0.0.0/8"), ...port8111("10.0.0.0/8")])).toBe(
      "InvalidParameterValue: The same permission must not appear multiple times",
    );
  });

  it("may be written in the flat form of the command line", async () => {
    const harness = openHarness();
    const id = await groupNamed(harness, "cache");
    const flat = { GroupId: id, IpProtocol: "tcp", FromPort: 8111, ToPort: 8111 };
    expect(await failureOf(harness.call("AuthorizeSecurityGroupIngress", flat))).toBe(
      "MissingParameter: Source group or CIDR must be specified",
    );
    await harness.call("AuthorizeSecurityGroupIngress", { ...flat, CidrIp: "192.0.2.0/24" });
    const group = (await harness.call("DescribeSecurityGroups", { GroupIds: [id] })).SecurityGroups![0]!;
    expect(group.IpPermissions![0]!.IpRanges).toEqual([{ CidrIp: "192.0.2.0/24" }]);
  });

  it("that are not there fail a revoke in the default VPC and are reported elsewhere", async () => {
    const harness = openHarness();
    const id = await groupNamed(harness, "cache");
    expect(
      await failureOf(
        harness.call("RevokeSecurityGroupIngress", { GroupId: id, IpPermissions: port8111("10.0.0.0/8") }),
      ),
    ).toBe("InvalidPermission.NotFound: The specified rule does not exist in this security group.");
    const vpc = (await harness.call("CreateVpc", { CidrBlock: "10.1.0.0/16" })).Vpc!;
    const other = (
      await harness.call("CreateSecurityGroup", { GroupName: "cache", Description: "d", VpcId: vpc.VpcId! })
    ).GroupId!;
    expect(
      await harness.call("RevokeSecurityGroupIngress", { GroupId: other, IpPermissions: port8111("10.0.0.0/8") }),
    ).toMatchObject({ Return: true, UnknownIpPermissions: [{ FromPort: 8111 }] });
  });

  it("are at most 60 in each direction", async () => {
    const harness = openHarness();
    const id = await groupNamed(harness, "cache");
    const ranges = Array.from({ length: 60 }, (_, i) => ({ CidrIp: `10.${i}.0.0/16` }));
    await harness.call("AuthorizeSecurityGroupIngress", {
      GroupId: id,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: 8111, ToPort: 8111, IpRanges: ranges }],
    });
    expect(
      await failureOf(
        harness.call("AuthorizeSecurityGroupIngress", { GroupId: id, IpPermissions: port8111("192.0.2.0/24") }),
      ),
    ).toBe("RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been reached.");
  });
});

describe("the permissions asked for", () => {
  it("name the group's ARN, also when the call names it by name", async () => {
    const harness = openHarness();
    const id = await groupNamed(harness, "cache");
    const arn = `arn:aws:ec2:us-west-2:${account}:security-group/${id}`;
    for (const choice of [{ GroupId: id }, { GroupName: "cache" }]) {
      expect(await harness.needs("AuthorizeSecurityGroupIngress", choice)).toEqual([
        {
          action: "ec2:AuthorizeSecurityGroupIngress",
          resource: arn,
          context: { "ec2:Region": place.region },
        },
      ]);
    }
    expect(await harness.needs("DescribeVpcs", {})).toEqual([
      { action: "ec2:DescribeVpcs", resource: "*", context: { "ec2:Region": place.region } },
    ]);
  });

  it("include tagging when a call brings tags", async () => {
    const harness = openHarness();
    const needs = await harness.needs("CreateVpc", {
      CidrBlock: "10.0.0.0/16",
      TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "a", Value: "b" }] }],
    });
    expect(needs.map((need) => need.action)).toEqual(["ec2:CreateVpc", "ec2:CreateTags"]);
    expect(needs[1]!.context).toMatchObject({ "ec2:CreateAction": "CreateVpc" });
  });
});
