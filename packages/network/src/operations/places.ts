import type { NamedOperation } from "@hotkeep/protocols";
import { applyFilters } from "../describe/filters.js";
import { ec2Operation, type NetworkDesk } from "../desk.js";
import { invalidValue } from "../errors.js";
import { needsAny } from "../permissions.js";

/** Regions and Availability Zones. */
export function placeOperations(desk: NetworkDesk): readonly NamedOperation[] {
  return [
    ec2Operation("DescribeAvailabilityZones", {
      needs: (_input, call) => needsAny(call, "DescribeAvailabilityZones"),
      handle(input, call) {
        const zones = desk.zones(call.region);
        for (const name of input.ZoneNames ?? []) {
          if (!zones.some((zone) => zone.name === name)) throw invalidValue(`Invalid availability zone: [${name}]`);
        }
        for (const id of input.ZoneIds ?? []) {
          if (!zones.some((zone) => zone.id === id)) throw invalidValue(`Invalid availability zone-id: [${id}]`);
        }
        const chosen = zones.filter(
          (zone) =>
            (input.ZoneNames === undefined || input.ZoneNames.length === 0 || input.ZoneNames.includes(zone.name)) &&
            (input.ZoneIds === undefined || input.ZoneIds.length === 0 || input.ZoneIds.includes(zone.id)),
        );
        const shown = applyFilters(chosen, input.Filters, {
          "zone-name": (zone) => [zone.name],
          "zone-id": (zone) => [zone.id],
          "region-name": () => [call.region],
          "group-name": () => [call.region],
          "network-border-group": () => [call.region],
          "opt-in-status": () => ["opt-in-not-required"],
          "zone-type": () => ["availability-zone"],
          state: () => ["available"],
        });
        return {
          AvailabilityZones: shown.map((zone) => ({
            ZoneName: zone.name,
            ZoneId: zone.id,
            State: "available" as const,
            RegionName: call.region,
            Messages: [],
            OptInStatus: "opt-in-not-required" as const,
            GroupName: call.region,
            NetworkBorderGroup: call.region,
            ZoneType: "availability-zone",
          })),
        };
      },
    }),
    ec2Operation("DescribeRegions", {
      needs: (_input, call) => needsAny(call, "DescribeRegions"),
      handle(input) {
        for (const name of input.RegionNames ?? []) {
          if (!desk.regions.includes(name)) throw invalidValue(`Invalid region: [${name}]`);
        }
        const chosen = desk.regions.filter(
          (name) =>
            input.RegionNames === undefined || input.RegionNames.length === 0 || input.RegionNames.includes(name),
        );
        const shown = applyFilters(chosen, input.Filters, {
          "region-name": (name) => [name],
          endpoint: (name) => [`ec2.${name}.amazonaws.com`],
          "opt-in-status": () => ["opt-in-not-required"],
        });
        return {
          Regions: shown.map((name) => ({
            RegionName: name,
            Endpoint: `ec2.${name}.amazonaws.com`,
            OptInStatus: "opt-in-not-required",
          })),
        };
      },
    }),
  ];
}
