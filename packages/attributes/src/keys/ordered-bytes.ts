/** Bytes of a group; each is followed by a byte that says how many of them are real. */
const groupBytes = 8;
/** Says that a group is full and another follows: above every count. */
const goesOn = groupBytes + 1;

/**
 * Encodes bytes so that the order stays, no encoding begins another, and anything may be put behind: for keys made of
 * several parts, such as an index entry's. Takes nine bytes for each eight begun, whatever they are, so that an
 * encoded key of 1,540 bytes stays below 1,738.
 */
export function encodeOrdered(bytes: Uint8Array): Buffer {
  const groups = Math.floor(bytes.length / groupBytes) + 1;
  const encoded = Buffer.alloc(groups * (groupBytes + 1));
  for (let group = 0; group < groups; group++) {
    const start = group * groupBytes;
    const real = Math.min(groupBytes, bytes.length - start);
    const at = group * (groupBytes + 1);
    encoded.set(bytes.subarray(start, start + real), at);
    encoded[at + groupBytes] = group < groups - 1 ? goesOn : real;
  }
  return encoded;
}

/** The bytes at the start of `encoded`, and how many bytes their encoding took. */
export function decodeOrdered(encoded: Uint8Array): { readonly bytes: Buffer; readonly length: number } {
  const groups: Uint8Array[] = [];
  for (let at = 0; ; at += groupBytes + 1) {
    const mark = encoded[at + groupBytes];
    if (mark === undefined || mark > goesOn || mark === groupBytes) {
      throw new RangeError("these bytes are no ordered encoding");
    }
    groups.push(encoded.subarray(at, at + Math.min(mark, groupBytes)));
    if (mark !== goesOn) return { bytes: Buffer.concat(groups), length: at + groupBytes + 1 };
  }
}
