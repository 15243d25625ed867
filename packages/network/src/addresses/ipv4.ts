/** A block of IPv4 addresses. `base` has no bits set beyond `prefix`. */
export interface Ipv4Block {
  readonly base: number;
  readonly prefix: number;
}

/** An address as an unsigned 32-bit number; undefined when `text` is not four octets in decimal. */
export function parseIpv4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  let value = 0;
  for (const octet of match.slice(1)) {
    if (Number(octet) > 255 || (octet.length > 1 && octet.startsWith("0"))) return undefined;
    value = value * 256 + Number(octet);
  }
  return value;
}

export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** `10.0.0.0/8` as a block, bits beyond the prefix cleared; undefined when it is not one. */
export function parseIpv4Block(text: string): Ipv4Block | undefined {
  const match = /^([0-9.]+)\/(\d{1,2})$/.exec(text);
  const address = match === null ? undefined : parseIpv4(match[1]!);
  const prefix = Number(match?.[2]);
  if (address === undefined || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  return { base: Math.floor(address / size) * size, prefix };
}

export function formatIpv4Block(block: Ipv4Block): string {
  return `${formatIpv4(block.base)}/${block.prefix}`;
}

/** How many addresses a block has. */
export function blockSize(block: Ipv4Block): number {
  return 2 ** (32 - block.prefix);
}

export function blockContains(block: Ipv4Block, address: number): boolean {
  return address >= block.base && address < block.base + blockSize(block);
}

/** True when `inner` lies within `outer`. */
export function blockCovers(outer: Ipv4Block, inner: Ipv4Block): boolean {
  return inner.prefix >= outer.prefix && blockContains(outer, inner.base);
}

export function blocksOverlap(a: Ipv4Block, b: Ipv4Block): boolean {
  return blockCovers(a, b) || blockCovers(b, a);
}

/** The addresses of a subnet that interfaces may have: all but the first four and the last (documented). */
export function* usableAddresses(block: Ipv4Block): Generator<number> {
  for (let address = block.base + 4; address < block.base + blockSize(block) - 1; address++) yield address;
}

/** How many {@link usableAddresses} there are. */
export function usableCount(block: Ipv4Block): number {
  return Math.max(0, blockSize(block) - 5);
}

/** True for addresses of the machine itself, where an address can belong to one interface only. */
export function isLoopback(address: number): boolean {
  return Math.floor(address / 2 ** 24) === 127;
}
