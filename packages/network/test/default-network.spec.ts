import { SeededRandom } from "@hotkeep/core";
import { memoryStore } from "@hotkeep/state";
import { describe, expect, it } from "vitest";
import { account, failureOf, openHarness } from "./support.js";

describe("a fresh account", () => {
  it("has one default VPC from the loopback range with one /20 subnet a zone", async () => {
    const { call } = openHarness();
    const { Vpcs: vpcs } = await call("DescribeVpcs", {});
    expect(vpcs).toHaveLength(1);
    expect(vpcs![0]).toMatchObject({
      CidrBlock: "127.31.0.0/16",
      IsDefault: true,
      State: "available",
      InstanceTenancy: "default",
      OwnerId: account,
    });
    expect(vpcs![0]!.VpcId).toMatch(/^vpc-[0-9a-f]{17}$/);

    const { Subnets: subnets } = await call("DescribeSubnets", {});
    const byZone = subnets!
      .map((subnet) => [subnet.AvailabilityZone, subnet.AvailabilityZoneId, subnet.CidrBlock])
      .sort();
    expect(byZone).toEqual([
      ["us-west-2a", "usw2-az1", "127.31.0.0/20"],
      ["us-west-2b", "usw2-az2", "127.31.16.0/20"],
      ["us-west-2c", "usw2-az3", "127.31.32.0/20"],
    ]);
    expect(subnets![0]).toMatchObject({
      DefaultForAz: true,
      MapPublicIpOnLaunch: true,
      AvailableIpAddressCount: 4091,
      VpcId: vpcs![0]!.VpcId,
    });
  });

  it("has a default security group whose members may talk to each other and to everybody", async () => {
    const { call } = openHarness();
    const { SecurityGroups: groups } = await call("DescribeSecurityGroups", {});
    expect(groups).toHaveLength(1);
    const [group] = groups!;
    expect(group).toMatchObject({ GroupName: "default", Description: "default VPC security group" });
    expect(group!.IpPermissions).toEqual([
      {
        IpProtocol: "-1",
        IpRanges: [],
        Ipv6Ranges: [],
        PrefixListIds: [],
        UserIdGroupPairs: [{ GroupId: group!.GroupId, UserId: account }],
      },
    ]);
    expect(group!.IpPermissionsEgress![0]).toMatchObject({ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] });
    expect(await failureOf(call("DeleteSecurityGroup", { GroupId: group!.GroupId! }))).toBe(
      `CannotDelete: the specified group: "${group!.GroupId}" name: "default" cannot be deleted by a user`,
    );
  });

  it("finds its networks again after a restart, and others theirs in other Regions and accounts", async () => {
    const store = memoryStore();
    const first = openHarness({}, store);
    const id = (await first.call("DescribeVpcs", {})).Vpcs![0]!.VpcId;
    const second = openHarness({ random: new SeededRandom(8) }, store);
    expect((await second.call("DescribeVpcs", {})).Vpcs![0]!.VpcId).toBe(id);
    const elsewhere = await second.call("DescribeVpcs", {}, { region: "eu-west-1" });
    expect(elsewhere.Vpcs![0]!.VpcId).not.toBe(id);
    const other = await second.call("DescribeVpcs", {}, { account: "210987654321" });
    expect(other.Vpcs![0]!.VpcId).not.toBe(id);
  });

  it("makes one default VPC however many first calls come at once", async () => {
    const { call } = openHarness();
    const answers = await Promise.all(Array.from({ length: 8 }, () => call("DescribeVpcs", {})));
    expect(new Set(answers.map((answer) => answer.Vpcs![0]!.VpcId)).size).toBe(1);
    expect((await call("DescribeVpcs", {})).Vpcs).toHaveLength(1);
  });

  it("takes another block for its default VPC from the configuration", async () => {
    const { call } = openHarness({ vpcCidr: "127.40.0.0/16", zones: ["a"] });
    expect((await call("DescribeVpcs", {})).Vpcs![0]!.CidrBlock).toBe("127.40.0.0/16");
    expect((await call("DescribeSubnets", {})).Subnets!.map((subnet) => subnet.CidrBlock)).toEqual(["127.40.0.0/20"]);
  });

  it("refuses a block that is none, or too large or small", () => {
    for (const vpcCidr of ["nonsense", "127.0.0.0/8", "127.31.0.0/24"]) {
      expect(() => openHarness({ vpcCidr })).toThrow(`\`${vpcCidr}\` cannot be the block of default VPCs.`);
    }
  });
});

describe("zones and Regions", () => {
  it("are described with AWS's zone ids", async () => {
    const { call } = openHarness();
    const zones = await call("DescribeAvailabilityZones", {}, { region: "ap-northeast-1" });
    expect(zones.AvailabilityZones![0]).toEqual({
      ZoneName: "ap-northeast-1a",
      ZoneId: "apne1-az1",
      State: "available",
      RegionName: "ap-northeast-1",
      Messages: [],
      OptInStatus: "opt-in-not-required",
      GroupName: "ap-northeast-1",
      NetworkBorderGroup: "ap-northeast-1",
      ZoneType: "availability-zone",
    });
    const one = await call("DescribeAvailabilityZones", { ZoneNames: ["us-west-2b"] });
    expect(one.AvailabilityZones!.map((zone) => zone.ZoneId)).toEqual(["usw2-az2"]);
    expect(await failureOf(call("DescribeAvailabilityZones", { ZoneNames: ["us-west-2q"] }))).toBe(
      "InvalidParameterValue: Invalid availability zone: [us-west-2q]",
    );
    const regions = await call("DescribeRegions", { Filters: [{ Name: "region-name", Values: ["us-*"] }] });
    expect(regions.Regions!.map((region) => region.RegionName)).toEqual([
      "us-east-1",
      "us-east-2",
      "us-west-1",
      "us-west-2",
    ]);
  });

  it("says what the account may do, as Terraform asks at its start", async () => {
    const { call } = openHarness();
    const { Vpcs } = await call("DescribeVpcs", {});
    expect((await call("DescribeAccountAttributes", {})).AccountAttributes).toEqual([
      { AttributeName: "supported-platforms", AttributeValues: [{ AttributeValue: "VPC" }] },
      { AttributeName: "default-vpc", AttributeValues: [{ AttributeValue: Vpcs![0]!.VpcId }] },
      { AttributeName: "vpc-max-security-groups-per-interface", AttributeValues: [{ AttributeValue: "5" }] },
    ]);
    const platforms = await call("DescribeAccountAttributes", { AttributeNames: ["supported-platforms"] });
    expect(platforms.AccountAttributes).toHaveLength(1);
    await expect(
      call("DescribeAccountAttributes", { AttributeNames: ["max-instances" as "default-vpc"] }),
    ).rejects.toMatchObject({ code: "InvalidParameterValue", message: "Invalid attribute name: [max-instances]" });
  });
});

describe("own VPCs and subnets", () => {
  it("are made, described, tagged and deleted in order", async () => {
    const { call } = openHarness();
    const vpc = (
      await call("CreateVpc", {
        CidrBlock: "10.1.0.0/16",
        TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "Name", Value: "own" }] }],
      })
    ).Vpc!;
    const subnet = (
      await call("CreateSubnet", { VpcId: vpc.VpcId!, CidrBlock: "10.1.1.0/24", AvailabilityZone: "us-west-2b" })
    ).Subnet!;
    expect(subnet).toMatchObject({ AvailableIpAddressCount: 251, AvailabilityZone: "us-west-2b", DefaultForAz: false });
    expect(
      (await call("DescribeVpcs", { Filters: [{ Name: "tag:Name", Values: ["o?n"] }] })).Vpcs!.map((one) => one.VpcId),
    ).toEqual([vpc.VpcId]);
    expect(await failureOf(call("DeleteVpc", { VpcId: vpc.VpcId! }))).toBe(
      `DependencyViolation: The vpc '${vpc.VpcId}' has dependencies and cannot be deleted.`,
    );
    expect(await failureOf(call("CreateSubnet", { VpcId: vpc.VpcId!, CidrBlock: "10.1.1.128/25" }))).toBe(
      "InvalidSubnet.Conflict: The CIDR '10.1.1.128/25' conflicts with another subnet",
    );
    expect(await failureOf(call("CreateSubnet", { VpcId: vpc.VpcId!, CidrBlock: "10.2.1.0/24" }))).toBe(
      "InvalidSubnet.Range: The CIDR '10.2.1.0/24' is invalid.",
    );
    await call("DeleteSubnet", { SubnetId: subnet.SubnetId! });
    await call("DeleteVpc", { VpcId: vpc.VpcId! });
    expect(await failureOf(call("DescribeVpcs", { VpcIds: [vpc.VpcId!] }))).toBe(
      `InvalidVpcID.NotFound: The vpc ID '${vpc.VpcId}' does not exist`,
    );
  });

  it("cannot be more than five, nor of the wrong size", async () => {
    const { call } = openHarness();
    for (let i = 0; i < 4; i++) await call("CreateVpc", { CidrBlock: `10.${i}.0.0/16` });
    expect(await failureOf(call("CreateVpc", { CidrBlock: "10.9.0.0/16" }))).toBe(
      "VpcLimitExceeded: The maximum number of VPCs has been reached.",
    );
    expect(await failureOf(call("CreateVpc", { CidrBlock: "10.0.0.0/8" }))).toBe(
      "InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid.",
    );
    expect(await failureOf(call("CreateVpc", {}))).toBe(
      "MissingParameter: The request must contain the parameter cidrBlock",
    );
  });

  it("replace a default VPC that was deleted only when asked", async () => {
    const { call } = openHarness();
    const id = (await call("DescribeVpcs", {})).Vpcs![0]!.VpcId!;
    expect(await failureOf(call("CreateDefaultVpc", {}))).toBe(
      "DefaultVpcAlreadyExists: A Default VPC already exists for this account in this region.",
    );
    for (const subnet of (await call("DescribeSubnets", {})).Subnets!) {
      await call("DeleteSubnet", { SubnetId: subnet.SubnetId! });
    }
    await call("DeleteVpc", { VpcId: id });
    expect((await call("DescribeVpcs", {})).Vpcs).toEqual([]);
    expect((await call("CreateDefaultVpc", {})).Vpc).toMatchObject({ IsDefault: true, CidrBlock: "127.31.0.0/16" });
    expect((await call("DescribeSubnets", {})).Subnets).toHaveLength(3);
  });

  it("have DNS attributes", async () => {
    const { call } = openHarness();
    const id = (await call("DescribeVpcs", {})).Vpcs![0]!.VpcId!;
    await call("ModifyVpcAttribute", { VpcId: id, EnableDnsHostnames: { Value: false } });
    expect(await call("DescribeVpcAttribute", { VpcId: id, Attribute: "enableDnsHostnames" })).toEqual({
      VpcId: id,
      EnableDnsHostnames: { Value: false },
    });
  });
});
