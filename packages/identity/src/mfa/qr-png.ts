import { crc32, deflateSync } from "node:zlib";
import { qrCode } from "./qr-code.js";

const PIXELS_PER_MODULE = 4;
/** Light modules around the code, without which it cannot be read. */
const QUIET_MODULES = 4;

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** A text as a QR code in a PNG of one bit a pixel. */
export function qrPng(text: string): Buffer {
  const { size, dark } = qrCode(Buffer.from(text));
  const side = (size + 2 * QUIET_MODULES) * PIXELS_PER_MODULE;
  const rowBytes = 1 + Math.ceil(side / 8);
  // Each row begins with its filter: none. Set bits are white.
  const pixels = Buffer.alloc(rowBytes * side, 0xff);
  for (let y = 0; y < side; y++) {
    pixels[y * rowBytes] = 0;
    for (let x = 0; x < side; x++) {
      const column = Math.floor(x / PIXELS_PER_MODULE) - QUIET_MODULES;
      const row = Math.floor(y / PIXELS_PER_MODULE) - QUIET_MODULES;
      const inside = column >= 0 && row >= 0 && column < size && row < size;
      if (inside && dark[row * size + column] === 1) pixels[y * rowBytes + 1 + (x >>> 3)]! &= ~(0x80 >>> (x & 7));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // One bit, grey, the only compression and filter there are, not interlaced.
  header.set([1, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
