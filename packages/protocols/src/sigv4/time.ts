/** `20261123T034500Z` for milliseconds since the epoch. */
export function amzDate(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
}

/** Milliseconds since the epoch of `20261123T034500Z`; undefined when `text` is not such a date. */
export function parseAmzDate(text: string): number | undefined {
  if (!/^\d{8}T\d{6}Z$/.test(text)) return undefined;
  const at = (from: number, to: number) => Number(text.slice(from, to));
  const ms = Date.UTC(at(0, 4), at(4, 6) - 1, at(6, 8), at(9, 11), at(11, 13), at(13, 15));
  // The 31st of a short month would roll over into the next.
  return amzDate(ms) === text ? ms : undefined;
}
