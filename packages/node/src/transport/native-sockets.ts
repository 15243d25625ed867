import { type AbsentPart, loadCompiledPart } from "@hotkeep/core/compiled-part";

/** Sockets opened by {@link NativeSockets.open}; only handed back to its other calls. */
export type SocketsHandle = object & { readonly sockets: unique symbol };

/**
 * The calls of native/batched-sockets.c, which tells what they do. Numbers below zero are errnos. Every call throws a
 * RangeError for an argument that cannot be meant: a slot without a connection, an offset outside of the region.
 */
export interface NativeSockets {
  readonly contract: number;
  readonly outputsMax: number;
  readonly sourcesMax: number;
  readonly eventsMax: number;
  /** Offsets in bytes into the region: the tables of events and outputs, received bytes, bytes to send. */
  readonly eventsAt: number;
  readonly outputsAt: number;
  readonly inputAt: number;
  readonly outputAt: number;
  readonly outputBytes: number;
  readonly regionBytes: number;
  open(
    address: string,
    port: number,
    backlog: number,
    slotsMax: number,
    region: ArrayBuffer,
    ready: (events: number) => void,
  ): SocketsHandle | number;
  port(sockets: SocketsHandle): number;
  accepting(sockets: SocketsHandle): number;
  send(sockets: SocketsHandle, slot: number, bytes: Buffer, start: number, end: number): number;
  flush(sockets: SocketsHandle, outputs: number, sources: readonly Buffer[]): boolean;
  watch(sockets: SocketsHandle, slot: number, bits: number): number;
  finish(sockets: SocketsHandle, slot: number): number;
  drop(sockets: SocketsHandle, slot: number): void;
  stop(sockets: SocketsHandle): void;
  close(sockets: SocketsHandle): void;
}

/** What happened to a slot, as native/batched-sockets.c numbers it. */
export const eventKinds = { accepted: 1, received: 2, ended: 3, gone: 4, writable: 5, acceptFailed: 6 } as const;

/** Bits of `watch`. */
export const watchBits = { read: 1, write: 2 } as const;

/** Numbers of one entry of the table of events: kind, slot, offset, length. */
export const entryNumbers = 4;

/** Numbers of one entry of the table of outputs: slot, source, offset, length, result. */
export const outputNumbers = 5;

/** The contract that this side of the calls was written for. */
const contract = 2;

let loaded: NativeSockets | AbsentPart | undefined;

/** The compiled sockets, or why there are none. Looked for once a process. */
export function loadNativeSockets(): NativeSockets | AbsentPart {
  loaded ??= loadCompiledPart({ from: import.meta.url, name: "batched-sockets", contract, platforms: ["linux"] });
  return loaded;
}
