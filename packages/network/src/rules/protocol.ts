import { invalidValue } from "../errors.js";

const names: ReadonlyMap<string, string> = new Map([
  ["-1", "-1"],
  ["all", "-1"],
  ["6", "tcp"],
  ["tcp", "tcp"],
  ["17", "udp"],
  ["udp", "udp"],
  ["1", "icmp"],
  ["icmp", "icmp"],
  ["58", "icmpv6"],
  ["icmpv6", "icmpv6"],
]);

/** The one spelling of a protocol in which rules keep it. @throws AwsError `InvalidParameterValue` */
export function canonicalProtocol(text: string): string {
  const name = names.get(text.toLowerCase());
  if (name !== undefined) return name;
  if (!/^\d{1,3}$/.test(text) || Number(text) > 255) {
    throw invalidValue(`Invalid value '${text}' for IP protocol. Unknown protocol.`);
  }
  return String(Number(text));
}

/** The ports (or ICMP type and code) of a rule; null stands for all. @throws AwsError `InvalidParameterValue` */
export function canonicalPorts(
  protocol: string,
  from: number | undefined,
  to: number | undefined,
): { readonly from: number | null; readonly to: number | null } {
  switch (protocol) {
    case "tcp":
    case "udp":
      return transportPorts(from, to);
    case "icmp":
    case "icmpv6":
      for (const value of [from, to]) {
        if (value !== undefined && (value < -1 || value > 255)) {
          throw invalidValue(`ICMP code (${value}) out of range`);
        }
      }
      return { from: from ?? -1, to: to ?? -1 };
    default:
      return { from: null, to: null };
  }
}

function transportPorts(from: number | undefined, to: number | undefined) {
  if (from === undefined || to === undefined) {
    throw invalidValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
  }
  if (from === -1 && to === -1) return { from: 0, to: 65_535 };
  for (const port of [from, to]) {
    if (port < 0 || port > 65_535)
      throw invalidValue(`Invalid value '${port}' for portRange. Must be between 0 and 65535.`);
  }
  if (from > to)
    throw invalidValue(`Invalid value '${from}-${to}' for portRange. The first port must not exceed the last.`);
  return { from, to };
}
