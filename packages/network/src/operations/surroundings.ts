import type { NamedOperation } from "@hotkeep/protocols";
import { applyFilters } from "../describe/filters.js";
import { nextTokenOf, pageOf } from "../describe/page.js";
import { ec2Operation, type NetworkDesk } from "../desk.js";
import { checkId, notFound, type ResourceKind } from "../errors.js";
import { needsAny } from "../permissions.js";

/**
 * What tools read about a VPC besides the VPC. There is no routing here, so no VPC has route tables, network ACLs or
 * internet gateways (ours; in AWS every VPC has the first two); the DHCP options are AWS's own.
 */
export function surroundingsOperations(desk: NetworkDesk): readonly NamedOperation[] {
  /** None is there: who asks for one by its id has made it up. */
  const none = (kind: ResourceKind, ids: readonly string[] | undefined): void => {
    for (const id of ids ?? []) {
      checkId(kind, id);
      throw notFound(kind, id);
    }
  };
  return [
    ec2Operation("DescribeRouteTables", {
      needs: (_input, call) => needsAny(call, "DescribeRouteTables"),
      handle(input) {
        none("route-table", input.RouteTableIds);
        return { RouteTables: [] };
      },
    }),
    ec2Operation("DescribeNetworkAcls", {
      needs: (_input, call) => needsAny(call, "DescribeNetworkAcls"),
      handle(input) {
        none("network-acl", input.NetworkAclIds);
        return { NetworkAcls: [] };
      },
    }),
    ec2Operation("DescribeInternetGateways", {
      needs: (_input, call) => needsAny(call, "DescribeInternetGateways"),
      handle(input) {
        none("internet-gateway", input.InternetGatewayIds);
        return { InternetGateways: [] };
      },
    }),
    ec2Operation("DescribeDhcpOptions", {
      needs: (_input, call) => needsAny(call, "DescribeDhcpOptions"),
      handle: (input, call) =>
        desk.read(call, async (state) => {
          const ids = [...new Set((await state.vpcs.all()).map((vpc) => vpc.dhcpOptionsId))].sort();
          for (const id of input.DhcpOptionsIds ?? []) {
            checkId("dhcp-options", id);
            if (!ids.includes(id)) throw notFound("dhcp-options", id);
          }
          const chosen = ids.filter((id) => input.DhcpOptionsIds?.includes(id) ?? true);
          const name = call.region === "us-east-1" ? "ec2.internal" : `${call.region}.compute.internal`;
          const shown = applyFilters(chosen, input.Filters, {
            "dhcp-options-id": (id) => [id],
            "owner-id": () => [call.account],
          });
          const page = pageOf(shown, (id) => id, input, input.DhcpOptionsIds);
          return {
            DhcpOptions: page.items.map((DhcpOptionsId) => ({
              DhcpOptionsId,
              OwnerId: call.account,
              DhcpConfigurations: [
                { Key: "domain-name", Values: [{ Value: name }] },
                { Key: "domain-name-servers", Values: [{ Value: "AmazonProvidedDNS" }] },
              ],
              Tags: [],
            })),
            ...nextTokenOf(page),
          };
        }),
    }),
  ];
}
