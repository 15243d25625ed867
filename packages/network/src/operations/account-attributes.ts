import type { NamedOperation } from "@hotkeep/protocols";
import { ec2Operation, type NetworkDesk } from "../desk.js";
import { invalidValue } from "../errors.js";
import { networkLimits } from "../limits.js";
import { needsAny } from "../permissions.js";

/**
 * What an account may do in a Region. Terraform asks for it when it starts (observed). Attributes of things that are not
 * here, such as instances and Elastic IP addresses, are left out.
 */
export function accountAttributeOperations(desk: NetworkDesk): readonly NamedOperation[] {
  return [
    ec2Operation("DescribeAccountAttributes", {
      needs: (_input, call) => needsAny(call, "DescribeAccountAttributes"),
      async handle({ AttributeNames = [] }, call) {
        const vpc = await desk.read(call, (state) => state.defaultVpc());
        const values: Readonly<Record<string, string>> = {
          "supported-platforms": "VPC",
          "default-vpc": vpc?.id ?? "none",
          "vpc-max-security-groups-per-interface": String(networkLimits.groupsPerInterfaceMax),
        };
        for (const name of AttributeNames) {
          if (!Object.hasOwn(values, name)) throw invalidValue(`Invalid attribute name: [${name}]`);
        }
        const chosen = AttributeNames.length === 0 ? Object.keys(values) : AttributeNames;
        return {
          AccountAttributes: chosen.map((AttributeName) => ({
            AttributeName,
            AttributeValues: [{ AttributeValue: values[AttributeName]! }],
          })),
        };
      },
    }),
  ];
}
