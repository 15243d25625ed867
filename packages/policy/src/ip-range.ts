/** An address as a number, with the length of its family: 32 or 128 bits. */
interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const GROUP = /^[0-9a-f]{1,4}$/i;

function parseV4(text: string): bigint | undefined {
  const found = V4.exec(text);
  if (found === null) return undefined;
  let value = 0n;
  for (const part of found.slice(1)) {
    if (Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parseGroups(text: string): bigint[] | undefined {
  if (text === "") return [];
  const groups: bigint[] = [];
  const parts = text.split(":");
  for (const [place, part] of parts.entries()) {
    if (place === parts.length - 1 && part.includes(".")) {
      const v4 = parseV4(part);
      if (v4 === undefined) return undefined;
      groups.push(v4 >> 16n, v4 & 0xffffn);
    } else {
      if (!GROUP.test(part)) return undefined;
      groups.push(BigInt(`0x${part}`));
    }
  }
  return groups;
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const left = parseGroups(halves[0]!);
  const right = halves.length === 2 ? parseGroups(halves[1]!) : [];
  if (left === undefined || right === undefined) return undefined;
  const missing = 8 - left.length - right.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...left, ...Array<bigint>(missing).fill(0n), ...right];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

function parseAddress(text: string): Address | undefined {
  const v6 = text.includes(":");
  const value = v6 ? parseV6(text) : parseV4(text);
  return value === undefined ? undefined : { bits: v6 ? 128 : 32, value };
}

/**
 * Prepares an address or CIDR block as a test of addresses. A bare address is a block of one. The two families never
 * match each other. Undefined when `text` is neither.
 */
export function ipRangeTest(text: string): ((address: string) => boolean) | undefined {
  const slash = text.indexOf("/");
  const base = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (base === undefined) return undefined;
  const length = slash < 0 ? String(base.bits) : text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(length) || Number(length) > base.bits) return undefined;
  const shift = BigInt(base.bits - Number(length));
  const prefix = base.value >> shift;
  return (address) => {
    const actual = parseAddress(address);
    return actual !== undefined && actual.bits === base.bits && actual.value >> shift === prefix;
  };
}
