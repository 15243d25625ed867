import type { RepeatableHead, SignedHead } from "@hotkeep/protocols";
import { inputBytesMax, type Llhttp, type LlhttpEvents, type LlhttpInstance, llhttpErrors } from "./llhttp.js";
import { RepeatedHead } from "./repeated-head.js";

/** One request as it was received. */
export interface ParsedRequest {
  readonly method: string;
  readonly url: string;
  /** Name, value, name, value … */
  readonly rawHeaders: readonly string[];
  /** Undefined: longer than is kept. */
  readonly body: Buffer | undefined;
  readonly keepAlive: boolean;
  /** `1.1` */
  readonly version: string;
  /** Its head, when it may come again. */
  readonly head?: RepeatableHead | undefined;
  /** The head that has taken it: what HTTP asks of headers was looked at when that came first. */
  readonly signed?: SignedHead;
}

/** Why a connection's bytes are no request that is served. */
export type RequestProblem = "malformed" | "headers-too-large" | "connect";

/** What came of some bytes. */
export interface Parsed {
  /** Bytes that were used; behind them the next request begins. */
  readonly used: number;
  readonly problem?: RequestProblem;
}

/** Bounds of one request. */
export interface RequestLimits {
  readonly bodyBytesMax: number;
  readonly headerBytesMax: number;
}

const noBody = Buffer.alloc(0);

/** A connection whose heads differ so often, one after the other, is left to llhttp. */
const unrepeatedHeadsMax = 16;

/** A head that may come again, and what else its requests have in common. */
interface Repeated {
  readonly head: RepeatedHead;
  readonly request: Pick<ParsedRequest, "method" | "url" | "keepAlive" | "version">;
}

/** A request that was taken by a head which knows its signature to be right. */
class SignedRequest implements ParsedRequest {
  readonly method: string;
  readonly url: string;
  readonly body: Buffer;
  readonly keepAlive: boolean;
  readonly version: string;
  readonly head: RepeatableHead;
  readonly signed: SignedHead;

  constructor({ head, request }: Repeated, signed: SignedHead, body: Buffer) {
    this.method = request.method;
    this.url = request.url;
    this.body = body;
    this.keepAlive = request.keepAlive;
    this.version = request.version;
    this.head = head;
    this.signed = signed;
  }

  /** Hardly ever needed. */
  get rawHeaders(): readonly string[] {
    return this.signed.rawHeaders();
  }
}

/** Requests of one connection, one after the other. Free it when the connection is over. */
export class RequestParser implements LlhttpEvents {
  /** The request whose end has been seen; to be taken before more is parsed. */
  complete: ParsedRequest | undefined;
  /** Called when the headers are there and the client waits for a word before it sends the body. */
  onContinue: (() => void) | undefined;
  /** Whether the headers of the request that is coming in have ended. */
  headersEnded = false;
  readonly #llhttp: LlhttpInstance;
  readonly #calls: Llhttp;
  readonly #limits: RequestLimits;
  readonly #parser: number;
  #view: Buffer;
  #url = "";
  #headers: string[] = [];
  #field = true;
  #headerBytes = 0;
  #keepAlive = false;
  #body: Buffer | undefined;
  #more: Buffer[] = [];
  #bodyBytes = 0;
  #problem: RequestProblem | undefined;
  #freed = false;
  /** Between two requests. */
  #idle = true;
  /** Where the values of the headers begin in what is parsed. */
  #valuesAt: number[] = [];
  #repeated: Repeated | undefined;
  #unrepeated = 0;

  constructor(llhttp: LlhttpInstance, limits: RequestLimits) {
    this.#llhttp = llhttp;
    this.#calls = llhttp.calls;
    this.#limits = limits;
    this.#parser = llhttp.calls.llhttp_alloc(1);
    if (this.#parser === 0) throw new Error("llhttp has no memory for another parser");
    this.#view = llhttp.view();
  }

  /** Parses `memory[start, end)` up to the end of a request, which is in {@link complete} then, or of those bytes. */
  parse(memory: Buffer, start = 0, end = memory.length): Parsed {
    const startsHere = this.#idle;
    const repeated = this.#repeated;
    if (startsHere && repeated?.head.signed !== undefined) {
      const used = this.#takeSigned(memory, start, end, repeated, repeated.head.signed);
      if (used > 0) return { used };
    }
    const chunk = memory.subarray(start, end);
    if (startsHere && repeated !== undefined) {
      const used = this.#takeRepeated(chunk, repeated);
      if (used > 0) return { used };
    }
    let used = 0;
    do {
      const part =
        chunk.length - used <= inputBytesMax ? chunk.subarray(used) : chunk.subarray(used, used + inputBytesMax);
      const parsed = this.#parse(part);
      used += parsed.used;
      if (parsed.problem !== undefined) return { used, problem: parsed.problem };
    } while (this.complete === undefined && used < chunk.length);
    if (startsHere && this.complete !== undefined && used <= inputBytesMax) {
      this.complete = this.#remember(chunk, used, this.complete);
    }
    return { used };
  }

  /** The bytes that were used; 0: it has to be looked at otherwise. */
  #takeSigned(memory: Buffer, start: number, end: number, repeated: Repeated, signed: SignedHead): number {
    if (!signed.take(memory, start, end)) return 0;
    const { headBytes, bodyBytes } = signed;
    if (headBytes > this.#limits.headerBytesMax || bodyBytes > this.#limits.bodyBytesMax) return 0;
    const bodyAt = start + headBytes;
    const body = Buffer.allocUnsafe(bodyBytes);
    memory.copy(body, 0, bodyAt, bodyAt + bodyBytes);
    this.complete = new SignedRequest(repeated, signed, body);
    this.#unrepeated = 0;
    return headBytes + bodyBytes;
  }

  /** The bytes that were used; 0: it is no request that can be told without llhttp. */
  #takeRepeated(chunk: Buffer, { head, request }: Repeated): number {
    const rawHeaders = head.take(chunk);
    if (rawHeaders === undefined) return 0;
    const { headBytes, bodyBytes } = head;
    if (headBytes > this.#limits.headerBytesMax || bodyBytes > this.#limits.bodyBytesMax) return 0;
    const body = Buffer.allocUnsafe(bodyBytes);
    chunk.copy(body, 0, headBytes, headBytes + bodyBytes);
    const { method, url, keepAlive, version } = request;
    this.complete = { method, url, rawHeaders, body, keepAlive, version };
    this.#unrepeated = 0;
    return headBytes + bodyBytes;
  }

  /** Keeps the head of a request that one chunk had in full. */
  #remember(chunk: Buffer, used: number, request: ParsedRequest): ParsedRequest {
    const { rawHeaders, body, method, url, keepAlive, version } = request;
    if (!keepAlive || body === undefined || this.#unrepeated >= unrepeatedHeadsMax) return request;
    this.#unrepeated++;
    const seen = { bytes: chunk.subarray(0, used - body.length), rawHeaders, valuesAt: this.#valuesAt };
    const head = RepeatedHead.of(seen, this.#repeated?.head);
    this.#repeated = head && { head, request: { method, url, keepAlive, version } };
    return { ...request, head };
  }

  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.#calls.llhttp_free(this.#parser);
  }

  #parse(part: Buffer): Parsed {
    const { inputAt } = this.#llhttp;
    if (this.#idle) this.#valuesAt = [];
    this.#idle = false;
    this.#view = this.#llhttp.view();
    this.#view.set(part, inputAt);
    this.#llhttp.attend(this);
    const error = this.#calls.llhttp_execute(this.#parser, inputAt, part.length);
    if (error === llhttpErrors.ok) return { used: part.length };
    // A request for a tunnel: what follows would not be HTTP.
    if (this.complete?.method === "CONNECT") return { used: 0, problem: "connect" };
    const used = this.#calls.llhttp_get_error_pos(this.#parser) - inputAt;
    if (error === llhttpErrors.paused) {
      this.#calls.llhttp_resume(this.#parser);
      return { used };
    }
    if (error === llhttpErrors.pausedUpgrade) {
      // Nothing is upgraded here: the request is answered as if it had not asked (RFC 9110, Upgrade).
      this.#calls.llhttp_resume_after_upgrade(this.#parser);
      return { used };
    }
    return { used: 0, problem: this.#problem ?? "malformed" };
  }

  // What llhttp tells.

  url(at: number, bytes: number): number {
    this.#url += this.#view.toString("latin1", at, at + bytes);
    return this.#countHeader(bytes);
  }

  headerField(at: number, bytes: number): number {
    const text = this.#view.toString("latin1", at, at + bytes);
    const headers = this.#headers;
    // A name or a value that two chunks share comes in two pieces.
    if (this.#field && headers.length > 0) headers[headers.length - 1] += text;
    else headers.push(text);
    this.#field = true;
    return this.#countHeader(bytes);
  }

  headerValue(at: number, bytes: number): number {
    const text = this.#view.toString("latin1", at, at + bytes);
    const headers = this.#headers;
    if (this.#field) {
      headers.push(text);
      this.#valuesAt.push(at - this.#llhttp.inputAt);
    } else headers[headers.length - 1] += text;
    this.#field = false;
    return this.#countHeader(bytes);
  }

  headersComplete(_upgrade: boolean, shouldKeepAlive: boolean): number {
    this.#keepAlive = shouldKeepAlive;
    this.headersEnded = true;
    if (this.onContinue !== undefined && this.#expectsContinue()) this.onContinue();
    return 0;
  }

  body(at: number, bytes: number): number {
    this.#bodyBytes += bytes;
    if (this.#bodyBytes > this.#limits.bodyBytesMax) {
      // What is too large is read to its end and dropped: a client that still writes would not see the answer.
      this.#body = undefined;
      this.#more = [];
      return 0;
    }
    const piece = Buffer.allocUnsafe(bytes);
    this.#view.copy(piece, 0, at, at + bytes);
    if (this.#body === undefined) this.#body = piece;
    else this.#more.push(piece);
    return 0;
  }

  messageComplete(): number {
    const { llhttp_get_method, llhttp_get_http_major, llhttp_get_http_minor } = this.#calls;
    const tooLong = this.#bodyBytes > this.#limits.bodyBytesMax;
    const whole = this.#more.length === 0 ? (this.#body ?? noBody) : Buffer.concat([this.#body!, ...this.#more]);
    this.complete = {
      method: this.#methodName(llhttp_get_method(this.#parser)),
      url: this.#url,
      rawHeaders: this.#headers,
      body: tooLong ? undefined : whole,
      keepAlive: this.#keepAlive,
      version: `${llhttp_get_http_major(this.#parser)}.${llhttp_get_http_minor(this.#parser)}`,
    };
    this.headersEnded = false;
    this.#idle = true;
    this.#url = "";
    this.#headers = [];
    this.#field = true;
    this.#headerBytes = 0;
    this.#body = undefined;
    this.#more = [];
    this.#bodyBytes = 0;
    return llhttpErrors.paused;
  }

  #countHeader(bytes: number): number {
    this.#headerBytes += bytes;
    if (this.#headerBytes <= this.#limits.headerBytesMax) return 0;
    this.#problem = "headers-too-large";
    return llhttpErrors.user;
  }

  #expectsContinue(): boolean {
    const headers = this.#headers;
    for (let i = 0; i + 1 < headers.length; i += 2) {
      if (headers[i]!.length === 6 && /^expect$/i.test(headers[i]!))
        return /^100-continue$/i.test(headers[i + 1]!.trim());
    }
    return false;
  }

  #methodName(method: number): string {
    if (method === postMethod) return "POST";
    const at = this.#calls.llhttp_method_name(method);
    return this.#view.toString("latin1", at, this.#view.indexOf(0, at));
  }
}

/** llhttp's number of the method that nearly all requests have. */
const postMethod = 3;
