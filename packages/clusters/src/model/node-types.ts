import { invalidValue } from "../errors.js";

const gibibyte = 1024 ** 3;

/** Memory of AWS's machines by family (GiB of the smallest size) and size (multiples of it); documented. */
const families: Readonly<Record<string, { readonly smallestGiB: number; readonly sizes: readonly string[] }>> = {
  r3: { smallestGiB: 15.25, sizes: ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge"] },
  r4: { smallestGiB: 15.25, sizes: ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"] },
  r5: {
    smallestGiB: 16,
    sizes: ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"],
  },
  r7i: {
    smallestGiB: 16,
    sizes: ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"],
  },
  t2: { smallestGiB: 2, sizes: ["small", "medium"] },
  t3: { smallestGiB: 2, sizes: ["small", "medium"] },
};

/** How many times the memory of `large` (or `small`) a size has. */
const multiples: Readonly<Record<string, number>> = {
  small: 1,
  medium: 2,
  large: 1,
  xlarge: 2,
  "2xlarge": 4,
  "4xlarge": 8,
  "8xlarge": 16,
  "12xlarge": 24,
  "16xlarge": 32,
  "24xlarge": 48,
};

/** All node types, e.g. `dax.r5.large`. */
export const nodeTypes: readonly string[] = Object.entries(families).flatMap(([family, { sizes }]) =>
  sizes.map((size) => `dax.${family}.${size}`),
);

/** @throws AwsError `InvalidParameterValueException` */
export function checkNodeType(nodeType: string): void {
  if (!nodeTypes.includes(nodeType)) {
    throw invalidValue(`${nodeType} is not a valid node type. Valid node types: ${nodeTypes.join(", ")}.`);
  }
}

/** Encryption at rest is not offered for the oldest family (documented). */
export function mayEncryptAtRest(nodeType: string): boolean {
  return !nodeType.startsWith("dax.r3.");
}

/** One machine holds many nodes here, so a node's cache is a 64th of the memory of AWS's machine (ours). */
const memoryScale = 1 / 64;

/** Bytes of cache that a node of this type gets unless the operator says otherwise: 32 MiB to 12 GiB. */
export function defaultCacheBytes(nodeType: string): number {
  const [, family = "", size = ""] = nodeType.split(".");
  const memory = (families[family]?.smallestGiB ?? 2) * (multiples[size] ?? 1) * gibibyte;
  return Math.round(memory * memoryScale);
}
