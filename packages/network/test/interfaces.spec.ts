import { memoryStore } from "@hotkeep/state";
import { describe, expect, it } from "vitest";
import { account, daxService, failureOf, type Harness, openHarness, place } from "./support.js";

async function subnetIn(harness: Harness, zone: string): Promise<string> {
  const found = await harness.call("DescribeSubnets", { Filters: [{ Name: "availability-zone", Values: [zone] }] });
  return found.Subnets![0]!.SubnetId!;
}

describe("a network interface", () => {
  it("gets the first free address of its subnet and the default group", async () => {
    const harness = openHarness();
    const subnet = await subnetIn(harness, "us-west-2b");
    const made = (await harness.call("CreateNetworkInterface", { SubnetId: subnet, Description: "mine" }))
      .NetworkInterface!;
    expect(made).toMatchObject({
      PrivateIpAddress: "127.31.16.4",
      PrivateDnsName: "ip-127-31-16-4.us-west-2.compute.internal",
      Status: "available",
      RequesterManaged: false,
      AvailabilityZone: "us-west-2b",
      Description: "mine",
      Groups: [{ GroupName: "default" }],
      OwnerId: account,
    });
    expect(made.MacAddress).toMatch(/^02(:[0-9a-f]{2}){5}$/);
    const next = (await harness.call("CreateNetworkInterface", { SubnetId: subnet })).NetworkInterface!;
    expect(next.PrivateIpAddress).toBe("127.31.16.5");
    const subnets = await harness.call("DescribeSubnets", { SubnetIds: [subnet] });
    expect(subnets.Subnets![0]!.AvailableIpAddressCount).toBe(4089);

    await harness.call("DeleteNetworkInterface", { NetworkInterfaceId: made.NetworkInterfaceId! });
    const again = (await harness.call("CreateNetworkInterface", { SubnetId: subnet })).NetworkInterface!;
    expect(again.PrivateIpAddress).toBe("127.31.16.4");
  });

  it("may ask for an address that is free and in the subnet", async () => {
    const harness = openHarness();
    const subnet = await subnetIn(harness, "us-west-2a");
    const make = (address: string) =>
      harness.call("CreateNetworkInterface", { SubnetId: subnet, PrivateIpAddress: address });
    await make("127.31.0.77");
    expect(await failureOf(make("127.31.0.77"))).toBe("InvalidIPAddress.InUse: Address 127.31.0.77 is in use.");
    expect(await failureOf(make("127.31.16.7"))).toBe(
      "InvalidParameterValue: Address 127.31.16.7 does not fall within the subnet's address range",
    );
    expect(await failureOf(make("127.31.0.1"))).toBe(
      "InvalidParameterValue: Address 127.31.0.1 is in subnet's reserved address range",
    );
  });

  it("shares no loopback address with an interface of another Region or account of this machine", async () => {
    const store = memoryStore();
    const harness = openHarness({}, store);
    const here = await subnetIn(harness, "us-west-2a");
    const first = await harness.call("CreateNetworkInterface", { SubnetId: here });
    const caller = { region: "eu-west-1", account: "210987654321" };
    const there = await harness.call(
      "DescribeSubnets",
      { Filters: [{ Name: "availability-zone", Values: ["eu-west-1a"] }] },
      caller,
    );
    const second = await harness.call("CreateNetworkInterface", { SubnetId: there.Subnets![0]!.SubnetId! }, caller);
    expect(first.NetworkInterface!.PrivateIpAddress).toBe("127.31.0.4");
    expect(second.NetworkInterface!.PrivateIpAddress).toBe("127.31.0.5");
  });

  it("is made once for one client token", async () => {
    const harness = openHarness();
    const input = { SubnetId: await subnetIn(harness, "us-west-2a"), ClientToken: "once" };
    const first = await harness.call("CreateNetworkInterface", input);
    const second = await harness.call("CreateNetworkInterface", input);
    expect(second.NetworkInterface!.NetworkInterfaceId).toBe(first.NetworkInterface!.NetworkInterfaceId);
    expect((await harness.call("DescribeNetworkInterfaces", {})).NetworkInterfaces).toHaveLength(1);
  });

  it("fails when its subnet has no address left", async () => {
    const harness = openHarness();
    const vpc = (await harness.call("CreateVpc", { CidrBlock: "10.1.0.0/16" })).Vpc!;
    const subnet = (await harness.call("CreateSubnet", { VpcId: vpc.VpcId!, CidrBlock: "10.1.0.0/28" })).Subnet!;
    for (let i = 0; i < 11; i++) await harness.call("CreateNetworkInterface", { SubnetId: subnet.SubnetId! });
    expect(await failureOf(harness.call("CreateNetworkInterface", { SubnetId: subnet.SubnetId! }))).toBe(
      "InsufficientFreeAddressesInSubnet: insufficient free addresses to allocate 1 addresses",
    );
    expect(await failureOf(harness.call("DeleteSubnet", { SubnetId: subnet.SubnetId! }))).toBe(
      `DependencyViolation: The subnet '${subnet.SubnetId}' has dependencies and cannot be deleted.`,
    );
  });

  it("changes one attribute at a time, and only to groups of its own VPC", async () => {
    const harness = openHarness();
    const made = (await harness.call("CreateNetworkInterface", { SubnetId: await subnetIn(harness, "us-west-2a") }))
      .NetworkInterface!;
    const id = made.NetworkInterfaceId!;
    const group = (await harness.call("CreateSecurityGroup", { GroupName: "g", Description: "d" })).GroupId!;
    await harness.call("ModifyNetworkInterfaceAttribute", { NetworkInterfaceId: id, Groups: [group] });
    const shown = (await harness.call("DescribeNetworkInterfaces", { NetworkInterfaceIds: [id] })).NetworkInterfaces!;
    expect(shown[0]!.Groups).toEqual([{ GroupId: group, GroupName: "g" }]);
    expect(await failureOf(harness.call("DeleteSecurityGroup", { GroupId: group }))).toBe(
      `DependencyViolation: resource ${group} has a dependent object`,
    );
    const vpc = (await harness.call("CreateVpc", { CidrBlock: "10.1.0.0/16" })).Vpc!;
    const foreign = (await harness.call("CreateSecurityGroup", { GroupName: "f", Description: "d", VpcId: vpc.VpcId! }))
      .GroupId!;
    expect(
      await failureOf(harness.call("ModifyNetworkInterfaceAttribute", { NetworkInterfaceId: id, Groups: [foreign] })),
    ).toBe(`InvalidGroup.NotFound: The security group '${foreign}' does not exist`);
    expect(
      await failureOf(
        harness.call("ModifyNetworkInterfaceAttribute", {
          NetworkInterfaceId: id,
          Description: { Value: "x" },
          SourceDestCheck: { Value: false },
        }),
      ),
    ).toBe("InvalidParameterCombination: Fields for multiple attribute types specified");
  });

  it("of a parameter that is not honoured is refused, not half made", async () => {
    const harness = openHarness();
    const subnet = await subnetIn(harness, "us-west-2a");
    expect(await failureOf(harness.call("CreateNetworkInterface", { SubnetId: subnet, Ipv6AddressCount: 1 }))).toBe(
      "UnsupportedOperation: The parameter Ipv6AddressCount is not supported.",
    );
  });
});

describe("an interface made by DAX's service-linked role", () => {
  it("belongs to the customer's account, shows DAX as requester and is in use", async () => {
    const harness = openHarness();
    const made = await harness.call(
      "CreateNetworkInterface",
      { SubnetId: await subnetIn(harness, "us-west-2a") },
      { principal: daxService },
    );
    expect(made.NetworkInterface).toMatchObject({
      OwnerId: account,
      RequesterId: "AROADAX:dax-daxcluster01",
      RequesterManaged: true,
      Status: "in-use",
      Attachment: { Status: "attached", InstanceOwnerId: "amazon-aws" },
    });
    const found = await harness.call("DescribeNetworkInterfaces", {
      Filters: [
        { Name: "requester-managed", Values: ["true"] },
        { Name: "requester-id", Values: ["AROADAX:*"] },
      ],
    });
    expect(found.NetworkInterfaces).toHaveLength(1);
  });

  it("cannot be changed or deleted by the customer, only by the service", async () => {
    const harness = openHarness();
    const made = await harness.call(
      "CreateNetworkInterface",
      { SubnetId: await subnetIn(harness, "us-west-2a") },
      { principal: daxService },
    );
    const id = made.NetworkInterface!.NetworkInterfaceId!;
    const refusal = "OperationNotPermitted: You do not have permission to access the specified resource.";
    expect(await failureOf(harness.call("DeleteNetworkInterface", { NetworkInterfaceId: id }))).toBe(refusal);
    expect(
      await failureOf(
        harness.call("ModifyNetworkInterfaceAttribute", { NetworkInterfaceId: id, Description: { Value: "x" } }),
      ),
    ).toBe(refusal);
    await harness.call("DeleteNetworkInterface", { NetworkInterfaceId: id }, { principal: daxService });
    expect((await harness.call("DescribeNetworkInterfaces", {})).NetworkInterfaces).toEqual([]);
  });
});

describe("long answers", () => {
  it("come in pages that neither repeat nor skip", async () => {
    const harness = openHarness();
    const subnet = await subnetIn(harness, "us-west-2a");
    for (let i = 0; i < 12; i++) await harness.call("CreateNetworkInterface", { SubnetId: subnet });
    const ids: string[] = [];
    let token: string | undefined;
    do {
      const page = await harness.call("DescribeNetworkInterfaces", {
        MaxResults: 5,
        ...(token !== undefined && { NextToken: token }),
      });
      ids.push(...page.NetworkInterfaces!.map((item) => item.NetworkInterfaceId!));
      token = page.NextToken;
    } while (token !== undefined);
    expect(new Set(ids).size).toBe(12);
    expect(ids).toHaveLength(12);
    expect(await failureOf(harness.call("DescribeNetworkInterfaces", { MaxResults: 4 }))).toMatch(
      /^InvalidParameterValue: Value \( 4 \) for parameter maxResults is invalid/,
    );
    expect(
      await failureOf(harness.call("DescribeNetworkInterfaces", { MaxResults: 5, NetworkInterfaceIds: [ids[0]!] })),
    ).toMatch(/^InvalidParameterCombination: /);
    expect(await failureOf(harness.call("DescribeNetworkInterfaces", { NextToken: "junk" }))).toBe(
      "InvalidParameterValue: Invalid value for parameter nextToken",
    );
  });

  it("know no filters but their own", async () => {
    const { call } = openHarness();
    expect(await failureOf(call("DescribeVpcs", { Filters: [{ Name: "colour", Values: ["red"] }] }))).toBe(
      "InvalidParameterValue: The filter 'colour' is invalid",
    );
  });
});

describe("tags", () => {
  it("are put on anything with an id, listed and taken away", async () => {
    const harness = openHarness();
    const subnet = await subnetIn(harness, "us-west-2a");
    const group = (await harness.call("DescribeSecurityGroups", {})).SecurityGroups![0]!.GroupId!;
    const rule = (await harness.call("DescribeSecurityGroupRules", {})).SecurityGroupRules![0]!.SecurityGroupRuleId!;
    const Resources = [subnet, group, rule];
    await harness.call("CreateTags", { Resources, Tags: [{ Key: "team", Value: "books" }] });
    const tags = (await harness.call("DescribeTags", { Filters: [{ Name: "key", Values: ["team"] }] })).Tags!;
    expect(tags.map((tag) => tag.ResourceType).sort()).toEqual(["security-group", "security-group-rule", "subnet"]);
    await harness.call("DeleteTags", { Resources, Tags: [{ Key: "team", Value: "other" }] });
    expect((await harness.call("DescribeTags", {})).Tags).toHaveLength(3);
    await harness.call("CreateTags", { Resources: [subnet], Tags: [{ Key: "__proto__", Value: "x" }] });
    expect((await harness.call("DescribeTags", { Filters: [{ Name: "key", Values: ["__*"] }] })).Tags).toHaveLength(1);
    await harness.call("DeleteTags", { Resources: [subnet], Tags: [{ Key: "__proto__" }] });
    await harness.call("DeleteTags", { Resources, Tags: [{ Key: "team" }] });
    expect((await harness.call("DescribeTags", {})).Tags).toEqual([]);
    expect(
      await failureOf(harness.call("CreateTags", { Resources: [subnet], Tags: [{ Key: "aws:x", Value: "" }] })),
    ).toBe("InvalidParameterValue: Tag keys starting with 'aws:' are reserved for internal use");
    expect(
      await failureOf(harness.call("CreateTags", { Resources: ["what-1"], Tags: [{ Key: "a", Value: "" }] })),
    ).toBe("InvalidID: The ID 'what-1' is not valid");
  });
});

describe("the gate's view of an interface", () => {
  it("lets this machine's clients and the group's members in by default, and follows the rules", async () => {
    const harness = openHarness();
    const subnet = await subnetIn(harness, "us-west-2a");
    const made = await harness.call("CreateNetworkInterface", { SubnetId: subnet });
    const id = made.NetworkInterface!.NetworkInterfaceId!;
    expect(await harness.network.ingressCidrs(place, id, 8111)).toEqual(["127.0.0.1/32", "127.31.0.4/32", "::1/128"]);

    const changed: string[] = [];
    const stop = harness.network.onChange((where) => changed.push(`${where.account}/${where.region}`));
    const group = (await harness.call("CreateSecurityGroup", { GroupName: "closed", Description: "d" })).GroupId!;
    await harness.call("ModifyNetworkInterfaceAttribute", { NetworkInterfaceId: id, Groups: [group] });
    expect(await harness.network.ingressCidrs(place, id, 8111)).toEqual([]);
    await harness.call("AuthorizeSecurityGroupIngress", {
      GroupId: group,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: 8000, ToPort: 8200, IpRanges: [{ CidrIp: "192.0.2.0/24" }] }],
    });
    expect(await harness.network.ingressCidrs(place, id, 8111)).toEqual(["192.0.2.0/24"]);
    expect(await harness.network.ingressCidrs(place, id, 9111)).toEqual([]);
    stop();
    expect(new Set(changed)).toEqual(new Set([`${account}/us-west-2`]));
    expect(await harness.network.ingressCidrs(place, "eni-00000000000000000", 8111)).toBeUndefined();
  });
});
