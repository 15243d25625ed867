import { connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { ManualClock, silentLogger, systemClock } from "@hotkeep/core";
import { batchedTransport, loadNativeSockets, netTransport } from "@hotkeep/node";
import type { HttpRequest, HttpResponse } from "@hotkeep/protocols";
import { afterEach, describe, expect, it } from "vitest";
import { listenOverTransport } from "../src/gateway/http/transport-http.js";
import {
  type HttpHandler,
  type HttpLimits,
  type HttpListener,
  httpLimits,
  listenHttp,
} from "../src/gateway/http-server.js";

type Listen = (handle: HttpHandler, limits?: Partial<HttpLimits>) => Promise<HttpListener>;

const common = { host: "127.0.0.1", port: 0, logger: silentLogger };
const native = loadNativeSockets();

const servers: readonly (readonly [name: string, listen: Listen])[] = [
  ["node:http", (handle, limits) => listenHttp({ ...common, handle, limits: { ...httpLimits, ...limits } })],
  [
    "the transport over node:net",
    (handle, limits) =>
      listenOverTransport({
        ...{ ...common, handle, limits: { ...httpLimits, ...limits } },
        ...{ clock: systemClock, transport: netTransport(systemClock) },
      }),
  ],
  ...("open" in native
    ? [
        [
          "the batched transport",
          ((handle, limits) =>
            listenOverTransport({
              ...{ ...common, handle, limits: { ...httpLimits, ...limits } },
              ...{ clock: systemClock, transport: batchedTransport(systemClock, native) },
            })) as Listen,
        ] as const,
      ]
    : []),
];

/** A connection that is written to byte by byte as a test likes, and what came back. */
class Wire {
  text = "";
  closed = false;
  readonly #socket: Socket;

  constructor(port: number) {
    this.#socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    this.#socket.setEncoding("latin1");
    this.#socket.on("data", (text: string) => (this.text += text));
    this.#socket.on("end", () => {
      this.closed = true;
      this.#socket.end();
    });
    this.#socket.on("error", () => (this.closed = true));
  }

  send(text: string): this {
    this.#socket.write(text, "latin1");
    return this;
  }

  end(): this {
    this.#socket.end();
    return this;
  }

  async until(part: string | RegExp): Promise<string> {
    await expect.poll(() => this.text, { interval: 5 }).toMatch(part);
    return this.text;
  }

  async untilClosed(): Promise<string> {
    await expect.poll(() => this.closed, { interval: 5 }).toBe(true);
    return this.text;
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

const host = "Host: test\r\n";

describe.each(servers)("the HTTP server over %s", (name, listen) => {
  const open: HttpListener[] = [];
  const wires: Wire[] = [];

  afterEach(async () => {
    for (const wire of wires.splice(0)) wire.destroy();
    for (const server of open.splice(0)) await server.close(0);
  });

  async function serve(handle: HttpHandler, limits?: Partial<HttpLimits>): Promise<HttpListener> {
    const server = await listen(handle, limits);
    open.push(server);
    return server;
  }

  function wire({ port }: HttpListener): Wire {
    const made = new Wire(port);
    wires.push(made);
    return made;
  }

  const told = ({ method, url, body, bodyTooLong }: HttpRequest): HttpResponse => ({
    status: 200,
    headers: { "content-type": "text/plain", "x-answer": "yes" },
    body: `${method} ${url} ${body.toString("latin1")}${bodyTooLong === true ? "(too long)" : ""};`,
  });

  it("hands on what it gets, and says so when a body is longer than it keeps", async () => {
    const seen: HttpRequest[] = [];
    const server = await serve(
      (request) => {
        seen.push(request);
        return { status: 200, headers: {}, body: "ok" };
      },
      { bodyBytesMax: 10 },
    );
    for (const body of ["", "x".repeat(10), "x".repeat(11), "x".repeat(200_000)]) {
      const response = await fetch(server.url, { method: "POST", body });
      expect(await response.text()).toBe("ok");
    }
    expect(seen.map(({ body, bodyTooLong }) => [body.length, bodyTooLong])).toEqual([
      [0, false],
      [10, false],
      [0, true],
      [0, true],
    ]);
    expect(seen[0]).toMatchObject({ method: "POST", url: "/", remoteAddress: "127.0.0.1", secure: false });
  });

  it("keeps headers as they were received, in order and case", async () => {
    let raw: readonly string[] = [];
    const server = await serve((request) => {
      raw = request.rawHeaders;
      return told(request);
    });
    await wire(server)
      .send(`GET /a?b=%20c HTTP/1.1\r\n${host}X-Two:  a b \r\nx-two: \r\nX-Bin: \xe9\r\n\r\n`)
      .until("GET /a?b=%20c ;");
    expect(raw.map((text) => text.trim())).toEqual(["Host", "test", "X-Two", "a b", "x-two", "", "X-Bin", "\xe9"]);
  });

  it("takes a request that comes byte by byte, and a body in chunks", async () => {
    const server = await serve(told);
    const connection = wire(server);
    const request = `POST /slow HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`;
    for (const byte of request) {
      connection.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const text = await connection.until("POST /slow abcde;");
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).toMatch(/\r\nx-answer: yes\r\n/);
    expect(text).toMatch(/\r\ncontent-length: 17\r\n/i);
    expect(text).toMatch(/\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/);
    expect(text).toMatch(/\r\nConnection: keep-alive\r\nKeep-Alive: timeout=65\r\n/);
  });

  it("answers requests that come at once in their order, though the first takes longest", async () => {
    const delays: Readonly<Record<string, number>> = { "/1": 60, "/2": 20, "/3": 0 };
    const server = await serve(async (request) => {
      const delay = delays[request.url]!;
      if (delay > 0) await wait(delay);
      return told(request);
    });
    const get = (url: string) => `GET ${url} HTTP/1.1\r\n${host}\r\n`;
    const connection = wire(server).send(get("/1") + get("/2") + get("/3").slice(0, 10));
    await wait(10);
    connection.send(get("/3").slice(10));
    const text = await connection.until(/GET \/3 ;$/);
    expect(text.match(/GET \/\d/g)).toEqual(["GET /1", "GET /2", "GET /3"]);
  });

  it("answers some that need no waiting in one go", async () => {
    const server = await serve(told);
    const text = await wire(server)
      .send(Array.from({ length: 50 }, (_, i) => `POST /${i} HTTP/1.1\r\n${host}Content-Length: 2\r\n\r\nab`).join(""))
      .until("POST /49 ab;");
    expect(text.match(/POST \/\d+ ab;/g)).toHaveLength(50);
  });

  it("gives the answer and closes when the client wants it so, and with HTTP/1.0", async () => {
    const server = await serve(told);
    const one = await wire(server).send(`GET /1 HTTP/1.1\r\n${host}Connection: close\r\n\r\n`).untilClosed();
    expect(one).toMatch(/Connection: close[\s\S]*GET \/1 ;$/);
    const two = await wire(server).send("GET /2 HTTP/1.0\r\n\r\n").untilClosed();
    expect(two).toMatch(/GET \/2 ;$/);
    const three = await wire(server).send(`GET /3 HTTP/1.1\r\n${host}\r\n`).end().untilClosed();
    expect(three).toMatch(/GET \/3 ;$/);
  });

  // node:http closes both ways.
  it.skipIf(name === "node:http")("still answers a client that has said all it has to say", async () => {
    const server = await serve(async (request) => {
      await wait(50);
      return told(request);
    });
    const text = await wire(server).send(`GET /late HTTP/1.1\r\n${host}\r\n`).end().untilClosed();
    expect(text).toMatch(/GET \/late ;$/);
  });

  it("sends the headers alone for HEAD, and no body where a status has none", async () => {
    const server = await serve((request) =>
      request.url === "/none" ? { status: 304, headers: {}, body: "" } : told(request),
    );
    const connection = wire(server).send(`HEAD /head HTTP/1.1\r\n${host}\r\n`);
    await connection.until(/content-length: 12\r\n/i);
    const text = await connection
      .send(`GET /none HTTP/1.1\r\n${host}\r\nGET /x HTTP/1.1\r\n${host}\r\n`)
      .until("GET /x ;");
    expect(text).not.toContain("/head");
    expect(text).toMatch(/HTTP\/1\.1 304 Not Modified\r\n/);
  });

  it("tells a client that waits for it to go on", async () => {
    const server = await serve(told);
    const connection = wire(server).send(
      `PUT /big HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n`,
    );
    await connection.until(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
    await connection.send("abc").until("PUT /big abc;");
    const other = wire(server).send(`PUT / HTTP/1.1\r\n${host}Expect: wonders\r\nContent-Length: 0\r\n\r\n`);
    await other.until(/^HTTP\/1\.1 417 /);
  });

  it("serves a request that asks for an upgrade as if it had not", async () => {
    const server = await serve(told);
    const connection = wire(server);
    await connection.send(`GET /up HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`).until("GET /up ;");
    await connection.send(`GET /next HTTP/1.1\r\n${host}\r\n`).until("GET /next ;");
    await wire(server).send("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n").untilClosed();
  });

  it.each([
    ["no HTTP at all", "hello\r\n\r\n", 400],
    ["two lengths", `POST / HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
    [
      "a length and chunks",
      `POST / HTTP/1.1\r\n${host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ["a control character in a header", `GET / HTTP/1.1\r\n${host}a: b\x01c\r\n\r\n`, 400],
    ["a space before the colon", `GET / HTTP/1.1\r\n${host}a : b\r\n\r\n`, 400],
    ["a bare line feed", `GET / HTTP/1.1\n${host}\n`, 400],
    ["no host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["more headers than are read", `GET / HTTP/1.1\r\n${host}a: ${"x".repeat(70_000)}\r\n\r\n`, 431],
  ])("refuses %s, closes, and serves others", async (_what, bytes, status) => {
    const server = await serve(told);
    const text = await wire(server).send(bytes).untilClosed();
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(text).not.toContain("200 OK");
    await wire(server).send(`GET /ok HTTP/1.1\r\n${host}\r\n`).until("GET /ok ;");
  });

  it("answers 500 when the handler fails, and goes on", async () => {
    const server = await serve((request) => {
      if (request.url === "/throw") throw new Error("boom");
      if (request.url === "/reject") return Promise.reject(new Error("boom"));
      if (request.url === "/break") return { status: 200, headers: { "x-a": "1\r\nx-b: 2" }, body: "" };
      return told(request);
    });
    expect((await fetch(`${server.url}/throw`)).status).toBe(500);
    expect((await fetch(`${server.url}/reject`)).status).toBe(500);
    expect((await fetch(`${server.url}/break`)).headers.get("x-b")).toBeNull();
    expect(await (await fetch(`${server.url}/fine`)).text()).toBe("GET /fine ;");
  });

  it("brings large answers to a client that reads slowly, whole", async () => {
    const body = Buffer.alloc(9_000_000, "abcdefghi");
    const server = await serve(() => ({ status: 200, headers: {}, body }));
    const socket = connect(server.port, "127.0.0.1");
    socket.write(`GET / HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
    let bytes = 0;
    let last: Buffer = Buffer.alloc(0);
    for await (const chunk of socket) {
      bytes += (chunk as Buffer).length;
      last = chunk as Buffer;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(bytes).toBeGreaterThan(body.length);
    expect(last.toString().endsWith("abcdefghi")).toBe(true);
  });

  it("finishes what runs when it closes, and closes what idles at once", async () => {
    let begin!: () => void;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    let finish!: () => void;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const server = await serve(async (request) => {
      if (request.url === "/idle") return told(request);
      begin();
      await finished;
      return told(request);
    });
    const idle = wire(server).send(`GET /idle HTTP/1.1\r\n${host}\r\n`);
    await idle.until("GET /idle ;");
    const busy = wire(server).send(`GET /busy HTTP/1.1\r\n${host}\r\n`);
    await begun;
    const closing = server.close(15_000);
    await idle.untilClosed();
    expect(busy.text).toBe("");
    finish();
    expect(await busy.untilClosed()).toMatch(/GET \/busy ;$/);
    await closing;
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it("serves many connections at once", async () => {
    const server = await serve(async (request) => {
      if (request.url.endsWith("7")) await wait(5);
      return told(request);
    });
    const all = Array.from({ length: 100 }, (_, i) => wire(server).send(`GET /${i} HTTP/1.1\r\n${host}\r\n`));
    await Promise.all(all.map((each, i) => each.until(`GET /${i} ;`)));
  });
});

describe("the HTTP server over a transport", () => {
  it("closes a connection that idles, and one that is slow to send its request, with a word", async () => {
    const clock = new ManualClock();
    const server = await listenOverTransport({
      ...{ ...common, clock, transport: netTransport(systemClock) },
      handle: () => ({ status: 200, headers: {}, body: "ok" }),
    });
    const idle = new Wire(server.port).send(`GET / HTTP/1.1\r\n${host}\r\n`);
    const slow = new Wire(server.port).send("GET / HT");
    await idle.until(/ok$/);
    await wait(20);
    clock.advance(60_000);
    await wait(20);
    expect([idle.closed, slow.closed]).toEqual([false, false]);
    clock.advance(8_000);
    expect(await idle.untilClosed()).toMatch(/ok$/);
    expect(await slow.untilClosed()).toBe("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n");
    await server.close(0);
  });
});
