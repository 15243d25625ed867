import { createRequire } from "node:module";

/** The calls of the compiled llhttp. Pointers are offsets into its memory; errors are {@link llhttpErrors}. */
export interface Llhttp {
  readonly memory: { readonly buffer: ArrayBuffer };
  malloc(bytes: number): number;
  /** A parser of requests (1) or responses (2); 0: no memory. */
  llhttp_alloc(type: 1 | 2): number;
  llhttp_free(parser: number): void;
  llhttp_execute(parser: number, at: number, bytes: number): number;
  llhttp_finish(parser: number): number;
  llhttp_resume(parser: number): void;
  llhttp_resume_after_upgrade(parser: number): void;
  llhttp_get_error_pos(parser: number): number;
  llhttp_get_method(parser: number): number;
  llhttp_get_http_major(parser: number): number;
  llhttp_get_http_minor(parser: number): number;
  llhttp_method_name(method: number): number;
}

/** What the parser finds, piece by piece; an answer other than 0 stops it with that error. */
export interface LlhttpEvents {
  url(at: number, bytes: number): number;
  headerField(at: number, bytes: number): number;
  headerValue(at: number, bytes: number): number;
  headersComplete(upgrade: boolean, shouldKeepAlive: boolean): number;
  body(at: number, bytes: number): number;
  messageComplete(): number;
}

/** What is used of WebAssembly, which the types of Node.js 20 do not know. */
interface WebAssemblyHere {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

/** Errors of llhttp that are looked at. */
export const llhttpErrors = { ok: 0, paused: 21, pausedUpgrade: 22, user: 24 } as const;

/** Bytes that one call can parse. */
export const inputBytesMax = 64 * 1024;

let events: LlhttpEvents | undefined;

/** One llhttp, one input region and one parse at a time: parsing is synchronous. */
export interface LlhttpInstance {
  readonly calls: Llhttp;
  /** Where the input stands. */
  readonly inputAt: number;
  /** llhttp's memory as it is now: it moves when it grows. */
  view(): Buffer;
  /** Who hears of what is found from now on. */
  attend(listener: LlhttpEvents): void;
}

let loaded: LlhttpInstance | undefined;

/** The llhttp that ships compiled in undici; made once a process. */
export function loadLlhttp(): LlhttpInstance {
  loaded ??= load();
  return loaded;
}

function load(): LlhttpInstance {
  const bytes = createRequire(import.meta.url)("undici/lib/llhttp/llhttp-wasm.js") as Buffer;
  const imports = {
    wasm_on_message_begin: () => 0,
    wasm_on_status: () => 0,
    wasm_on_url: (_parser: number, at: number, length: number) => events!.url(at, length),
    wasm_on_header_field: (_parser: number, at: number, length: number) => events!.headerField(at, length),
    wasm_on_header_value: (_parser: number, at: number, length: number) => events!.headerValue(at, length),
    wasm_on_headers_complete: (_parser: number, _status: number, upgrade: number, keepAlive: number) =>
      events!.headersComplete(upgrade === 1, keepAlive === 1),
    wasm_on_body: (_parser: number, at: number, length: number) => events!.body(at, length),
    wasm_on_message_complete: () => events!.messageComplete(),
  };
  const { Instance, Module } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyHere }).WebAssembly;
  const calls = new Instance(new Module(bytes), { env: imports }).exports as Llhttp;
  const inputAt = calls.malloc(inputBytesMax);
  let view = Buffer.from(calls.memory.buffer);
  return {
    calls,
    inputAt,
    view() {
      if (view.buffer !== calls.memory.buffer) view = Buffer.from(calls.memory.buffer);
      return view;
    },
    attend(listener) {
      events = listener;
    },
  };
}
