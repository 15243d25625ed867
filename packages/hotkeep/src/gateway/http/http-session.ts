import type { Connection, ConnectionEvents } from "@hotkeep/node";
import type { HttpRequest, HttpResponse } from "@hotkeep/protocols";
import type { HttpHandler, HttpLimits } from "../http-server.js";
import { answerHead, hasNoBody } from "./answer-bytes.js";
import type { LlhttpInstance } from "./llhttp.js";
import { type ParsedRequest, RequestParser, type RequestProblem } from "./request-parser.js";

/** What all connections of a server share. */
export interface SessionHost {
  readonly handle: HttpHandler;
  readonly limits: HttpLimits;
  readonly llhttp: LlhttpInstance;
  /** Coarse time in milliseconds that never goes back. */
  readonly now: number;
  /** The `Date` header's value. */
  readonly date: string;
  /** True: every answer is its connection's last. */
  readonly closing: boolean;
  failed(error: unknown): void;
  closed(session: HttpSession): void;
}

/** Answers of up to this size are put together and lent to the transport, which copies them. */
const assembledBytesMax = 16 * 1024;
const assembled = Buffer.allocUnsafeSlow(assembledBytesMax);
const continueBytes = Buffer.from("HTTP/1.1 100 Continue\r\n\r\n", "latin1");

const refusals: Readonly<Record<RequestProblem | "timeout" | "no-host" | "expectation", string>> = {
  malformed: "400 Bad Request",
  connect: "400 Bad Request",
  "no-host": "400 Bad Request",
  timeout: "408 Request Timeout",
  expectation: "417 Expectation Failed",
  "headers-too-large": "431 Request Header Fields Too Large",
};

const noBody = Buffer.alloc(0);

/** A request and who sent it. */
class ReceivedRequest implements HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly body: Buffer;
  readonly bodyTooLong: boolean;
  readonly remoteAddress: string;
  readonly secure: boolean;
  readonly head: HttpRequest["head"];
  readonly signed: HttpRequest["signed"];
  readonly #parsed: ParsedRequest;

  constructor(parsed: ParsedRequest, { remoteAddress, secure }: Connection) {
    this.method = parsed.method;
    this.url = parsed.url;
    this.body = parsed.body ?? noBody;
    this.bodyTooLong = parsed.body === undefined;
    this.remoteAddress = remoteAddress;
    this.secure = secure;
    this.head = parsed.head;
    this.signed = parsed.signed;
    this.#parsed = parsed;
  }

  get rawHeaders(): readonly string[] {
    return this.#parsed.rawHeaders;
  }
}

/** HTTP/1.1 on one connection: requests are answered one after the other, in the order in which they came. */
export class HttpSession implements ConnectionEvents {
  readonly #host: SessionHost;
  readonly #connection: Connection;
  readonly #parser: RequestParser;
  /** A request is being answered; what comes meanwhile waits. */
  #busy = false;
  #waiting: Buffer[] = [];
  #ended = false;
  #over = false;
  /** When the connection became idle, or the request that is coming in began. */
  #since: number;
  /** The request in progress has not ended; false between requests. */
  #receiving = false;

  constructor(host: SessionHost, connection: Connection) {
    this.#host = host;
    this.#connection = connection;
    this.#since = host.now;
    this.#parser = new RequestParser(host.llhttp, host.limits);
    this.#parser.onContinue = () => connection.write(continueBytes);
  }

  get busy(): boolean {
    return this.#busy;
  }

  receive(memory: Buffer, start: number, end: number): void {
    if (this.#over) return;
    if (this.#busy) {
      this.#waiting.push(Buffer.from(memory.subarray(start, end)));
      this.#connection.pause();
    } else this.#take(memory, start, end);
  }

  drained(): void {}

  ended(): void {
    this.#ended = true;
    if (!this.#busy) this.#finish();
  }

  closed(): void {
    this.#over = true;
    this.#waiting = [];
    this.#parser.free();
    this.#host.closed(this);
  }

  /** Closes a connection on which nothing is going on. */
  finishIfIdle(): void {
    if (!this.#busy && !this.#receiving) this.#finish();
  }

  /** Closes a connection that has been idle, or slow to send its request, for too long. */
  checkTime(now: number): void {
    if (this.#busy || this.#over) return;
    const { keepAliveMs, headersMs, requestMs } = this.#host.limits;
    const allowedMs = this.#receiving ? (this.#parser.headersEnded ? requestMs : headersMs) : keepAliveMs;
    if (now - this.#since <= allowedMs) return;
    if (this.#receiving) this.#refuse("timeout");
    else this.#finish();
  }

  #take(memory: Buffer, start: number, end: number): void {
    let at = start;
    for (;;) {
      if (!this.#receiving) {
        this.#receiving = true;
        this.#since = this.#host.now;
      }
      const { used, problem } = this.#parser.parse(memory, at, end);
      if (problem !== undefined) {
        this.#refuse(problem);
        return;
      }
      const request = this.#parser.complete;
      if (request === undefined) return;
      this.#parser.complete = undefined;
      this.#receiving = false;
      at += used;
      this.#serve(request);
      if (this.#over || at === end) return;
      if (this.#busy) {
        this.#waiting.push(Buffer.from(memory.subarray(at, end)));
        this.#connection.pause();
        return;
      }
    }
  }

  #serve(parsed: ParsedRequest): void {
    if (parsed.version === "1.1" && parsed.signed === undefined) {
      const problem = headerProblem(parsed.rawHeaders);
      if (problem !== undefined) {
        this.#refuse(problem);
        return;
      }
    }
    let answered: HttpResponse | Promise<HttpResponse>;
    try {
      answered = this.#host.handle(new ReceivedRequest(parsed, this.#connection));
    } catch (error) {
      answered = this.#failure(error);
    }
    if (!(answered instanceof Promise)) {
      this.#answer(answered, parsed);
      return;
    }
    this.#busy = true;
    answered
      .catch((error: unknown) => this.#failure(error))
      .then((response) => {
        this.#busy = false;
        if (this.#over) return;
        this.#answer(response, parsed);
        this.#goOn();
      })
      .catch((error: unknown) => this.#host.failed(error));
  }

  #failure(error: unknown): HttpResponse {
    this.#host.failed(error);
    return { status: 500, headers: {}, body: "" };
  }

  /** Takes what came while a request was answered. */
  #goOn(): void {
    if (this.#over) return;
    if (this.#waiting.length > 0) {
      const waiting = this.#waiting.length === 1 ? this.#waiting[0]! : Buffer.concat(this.#waiting);
      this.#waiting = [];
      this.#take(waiting, 0, waiting.length);
      if (!this.#busy && !this.#over) this.#connection.resume();
    }
    if (this.#ended && !this.#busy) this.#finish();
  }

  #answer(response: HttpResponse, { method, keepAlive }: ParsedRequest): void {
    const { date, closing, limits } = this.#host;
    const stays = keepAlive && !closing;
    const keepAliveSeconds = stays ? Math.floor(limits.keepAliveMs / 1000) : undefined;
    const body = typeof response.body === "string" ? Buffer.from(response.body, "utf8") : response.body;
    let head: string;
    try {
      head = answerHead(response, body.length, { date, keepAliveSeconds });
    } catch (error) {
      this.#host.failed(error);
      this.#refuse("malformed");
      return;
    }
    this.#send(head, method === "HEAD" || hasNoBody(response.status) ? undefined : body);
    this.#since = this.#host.now;
    if (!stays) this.#finish();
  }

  #send(head: string, body: Buffer | undefined): void {
    const bodyBytes = body?.length ?? 0;
    const bytes = head.length + bodyBytes;
    if (bytes > assembledBytesMax) {
      this.#connection.write(Buffer.from(head, "latin1"));
      if (body !== undefined) this.#connection.write(body);
      return;
    }
    assembled.write(head, 0, "latin1");
    if (body !== undefined) assembled.set(body, head.length);
    this.#connection.writeLent(assembled, bytes);
  }

  #refuse(problem: keyof typeof refusals): void {
    this.#connection.write(Buffer.from(`HTTP/1.1 ${refusals[problem]}\r\nConnection: close\r\n\r\n`, "latin1"));
    this.#finish();
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#connection.finish();
  }
}

/** What HTTP/1.1 asks of a request's headers: a host; and no expectation but the one that is fulfilled. */
function headerProblem(rawHeaders: readonly string[]): "no-host" | "expectation" | undefined {
  let host = false;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === "host") host = true;
    else if (name.length === 6 && name.toLowerCase() === "expect") {
      if (rawHeaders[i + 1]!.trim().toLowerCase() !== "100-continue") return "expectation";
    }
  }
  return host ? undefined : "no-host";
}
