import type { Random } from "@hotkeep/core";

/** `prefix` and 17 hexadecimal digits, the shape of EC2's ids. */
export function hexId(random: Random, prefix: string): string {
  return prefix + Buffer.from(random.bytes(9)).toString("hex").slice(0, 17);
}

/** A locally administered unicast MAC address. */
export function macAddress(random: Random): string {
  const octets = [...random.bytes(5)].map((byte) => byte.toString(16).padStart(2, "0"));
  return ["02", ...octets].join(":");
}
