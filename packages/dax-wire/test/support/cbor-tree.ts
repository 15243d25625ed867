/** A CBOR value as it stands in the bytes; read by nothing that the room itself has. */
export interface Node {
  readonly major: number;
  /** Integer value, tag, simple value, or the number of bytes, elements or pairs. */
  readonly argument: bigint;
  /** Length of the header's argument in bytes. */
  readonly width: number;
  readonly open: boolean;
  /** Of strings: the content. */
  readonly content: Buffer;
  /** Elements, keys and values in turn, what a tag stands before, or pieces of an open-ended string. */
  readonly children: readonly Node[];
}

/** Reads all values in `bytes`. @throws RangeError when they do not end where `bytes` ends */
export function readTree(bytes: Buffer): Node[] {
  const nodes: Node[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [node, end] = readPrefix(bytes, at);
    nodes.push(node);
    at = end;
  }
  return nodes;
}

/** The value that starts at `start`, and where it ends. @throws RangeError when `bytes` ends before it does */
export function readPrefix(bytes: Buffer, start: number): readonly [Node, number] {
  let at = start;
  const byte = (): number => {
    if (at >= bytes.length) throw new RangeError("cut off");
    return bytes[at++]!;
  };
  const read = (): Node | undefined => {
    const initial = byte();
    if (initial === 0xff) return undefined;
    const major = initial >> 5;
    const info = initial & 31;
    const width = info < 24 || info === 31 ? 0 : 1 << (info - 24);
    let argument = BigInt(info < 24 ? info : 0);
    for (let i = 0; i < width; i++) argument = (argument << 8n) | BigInt(byte());
    const open = info === 31;
    const children: Node[] = [];
    let content: Buffer = Buffer.alloc(0);
    if (major === 2 || major === 3) {
      if (!open) {
        if (argument > BigInt(bytes.length - at)) throw new RangeError("cut off");
        content = bytes.subarray(at, at + Number(argument));
        at += Number(argument);
      }
    }
    if (open) {
      for (let child = read(); child !== undefined; child = read()) children.push(child);
    } else if (major >= 4 && major <= 6) {
      const count = major === 4 ? argument : major === 5 ? argument * 2n : 1n;
      for (let i = 0n; i < count; i++) {
        const child = read();
        if (child === undefined) throw new RangeError("a break out of place");
        children.push(child);
      }
    }
    return { major, argument, width, open, content, children };
  };
  const node = read();
  if (node === undefined) throw new RangeError("a break out of place");
  return [node, at];
}

/**
 * Text for comparing bytes whose maps come in any order: go writes them in random order. Looks into byte strings that
 * hold CBOR.
 */
export function withoutMapOrder(bytes: Buffer): string {
  return readTree(bytes).map(textOf).join(" ");
}

function textOf(node: Node): string {
  const parts = node.children.map(textOf);
  const pairs = parts.filter((_, index) => index % 2 === 0).map((key, index) => `${key}:${parts[index * 2 + 1]}`);
  const inner = node.major === 5 ? pairs.sort() : parts;
  return `${node.major}/${node.argument}/${contentOf(node)}[${inner.join(",")}]`;
}

function contentOf(node: Node): string {
  if (node.major !== 2) return node.content.toString("hex");
  try {
    return `<${withoutMapOrder(node.content)}>`;
  } catch {
    return node.content.toString("hex");
  }
}
