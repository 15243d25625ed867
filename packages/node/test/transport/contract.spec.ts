import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { type Clock, ManualClock } from "@hotkeep/core";
import { batchedTransport, type ListenOptions, loadNativeSockets, netTransport, type Transport } from "@hotkeep/node";
import { afterEach, describe, expect, it } from "vitest";
import { type Behaviour, type Peer, plainWire, Stand, type TestSession, until, type Wire } from "./stand.js";
import { tlsWire } from "./tls-wire.js";

const native = loadNativeSockets();
const batched = (clock: Clock): Transport => {
  if (!("open" in native)) throw new Error(native.reason);
  return batchedTransport(clock, native);
};

const megabyte = 1024 * 1024;
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === "::1"));

const writes = (bytes: Buffer | (() => Buffer)): Behaviour => ({
  receive: ({ connection }) => void connection.write(typeof bytes === "function" ? bytes() : bytes),
});

function contract(wire: Wire): void {
  const stands: Stand[] = [];
  const stand = (options: Partial<ListenOptions> = {}, behaviour: Behaviour = {}, clock?: Clock): Promise<Stand> => {
    const made = new Stand(wire, options, clock);
    stands.push(made);
    return made.listen(behaviour);
  };
  afterEach(async () => {
    for (const one of stands.splice(0)) await one.close();
  });

  /** Connects a peer that is not to be served. */
  const turnedAway = async (one: Stand): Promise<Peer> => {
    if (wire.secure) {
      await expect(one.peer()).rejects.toThrow(/ECONNRESET|disconnected before secure TLS connection/);
      return one.peers.at(-1)!;
    }
    const peer = await one.peer();
    peer.socket.write("hello");
    await until(() => peer.closed || peer.ended, "closed");
    peer.socket.end();
    await until(() => peer.closed, "closed");
    return peer;
  };

  describe("bytes", () => {
    it("come and go in order, however they are cut", async () => {
      const { peer } = await (await stand()).pair();
      const sent = randomBytes(300_000);
      let at = 0;
      for (let size = 1; at < sent.length; size = (size * 7 + 3) % 5_000) {
        peer.socket.write(sent.subarray(at, at + size));
        at += size;
      }
      await until(() => peer.length >= sent.length, "everything is back");
      expect(peer.bytes.equals(sent)).toBe(true);
    });

    it("are delivered one by one when they come one by one", async () => {
      const { peer, session } = await (await stand()).pair();
      for (let i = 0; i < 200; i++) {
        peer.socket.write(Buffer.from([i]));
        await until(() => peer.length === i + 1, "the byte is back");
      }
      expect([...peer.bytes]).toEqual(Array.from({ length: 200 }, (_, i) => i));
      expect(session.count("receive")).toBe(200);
    });

    it("of several writes within one call leave in their order, between several connections too", async () => {
      const many = await stand(
        {},
        {
          receive: ({ connection }, chunk) => {
            const others = many.sessions.map((one) => one.connection);
            for (let i = 0; i < 50; i++) {
              for (const other of others) other.write(Buffer.from(`${chunk}${i} `));
            }
            connection.write(Buffer.from("done"));
          },
        },
      );
      const [a, b] = [await many.pair(), await many.pair()];
      a.peer.socket.write("x");
      const expected = Array.from({ length: 50 }, (_, i) => `x${i} `).join("");
      await until(() => a.peer.length >= expected.length + 4 && b.peer.length >= expected.length, "all is there");
      expect(a.peer.text).toBe(`${expected}done`);
      expect(b.peer.text).toBe(expected);
    });

    it("that are only lent are not looked at after the return", async () => {
      const lent = Buffer.alloc(megabyte);
      const sizes = [10, 5_000, 20_000, megabyte, 7, megabyte, 30, 16_384];
      const one = await stand(
        {},
        {
          receive: ({ connection }) => {
            for (const [i, size] of sizes.entries()) {
              connection.writeLent(lent.fill(i + 1, 0, size), size);
              lent.fill(0xff);
            }
          },
        },
      );
      const { peer } = await one.pair();
      peer.socket.pause();
      peer.socket.write("x");
      await pause(20);
      peer.socket.resume();
      const expected = Buffer.concat(sizes.map((size, i) => Buffer.alloc(size, i + 1)));
      await until(() => peer.length >= expected.length, "everything");
      expect(peer.bytes.equals(expected)).toBe(true);
    });

    it("in steady memory are not looked at any more once their owner has said that it changes them", async () => {
      const steady = [Buffer.alloc(megabyte), Buffer.alloc(megabyte)] as const;
      const parts = [3, 700, 5_000, 16_384, 20_000, megabyte / 2, 1, 4_000];
      const one = await stand(
        {},
        {
          receive: ({ connection }, chunk) => {
            // From both memories and from one that is not steady, by turns; several times within one call.
            for (let round = 1; round <= 3; round++) {
              for (const [i, size] of parts.entries()) {
                const memory = steady[i % 2]!;
                const start = i * 40_000;
                memory.fill(round * 16 + i, start, start + size);
                connection.writeSteady(memory, start, start + size);
                connection.write(Buffer.from(chunk));
              }
              one.listening.settle();
              for (const memory of steady) memory.fill(0xff);
            }
          },
        },
      );
      const { peer } = await one.pair();
      peer.socket.pause();
      peer.socket.write("x");
      await pause(20);
      peer.socket.resume();
      const rounds = [1, 2, 3].flatMap((round) =>
        parts.flatMap((size, i) => [Buffer.alloc(size, round * 16 + i), Buffer.from("x")]),
      );
      const expected = Buffer.concat(rounds);
      await until(() => peer.length >= expected.length, "everything");
      expect(peer.bytes.equals(expected)).toBe(true);
    });

    it("in more pieces of steady memory than one call takes leave in their order, for several peers", async () => {
      const pieces = Array.from({ length: 700 }, (_, i) => Buffer.from(`piece ${i} `));
      const one = await stand(
        {},
        {
          receive: () => {
            for (const piece of pieces) {
              for (const { connection } of one.sessions) connection.writeSteady(piece, 0, piece.length);
            }
            for (const { connection } of one.sessions) {
              for (let i = 0; i < 5_000; i++) connection.writeSteady(pieces[1]!, 0, 1);
            }
          },
        },
      );
      const pairs = [await one.pair(), await one.pair()];
      pairs[0]!.peer.socket.write("x");
      const expected = Buffer.concat(pieces).toString() + "p".repeat(5_000);
      await until(() => pairs.every(({ peer }) => peer.length >= expected.length), "everything");
      for (const { peer } of pairs) expect(peer.text).toBe(expected);
    });

    it("written outside of a call leave in their order, and before the end", async () => {
      const { peer, session } = await (await stand({}, { receive() {} })).pair();
      const { connection } = session;
      const steady = Buffer.from("steady");
      await Promise.all(
        [1, 2, 3].map(async (i) => {
          await Promise.resolve();
          connection.write(Buffer.from(`${i}`));
          connection.writeSteady(steady, 0, 6);
          connection.writeLent(Buffer.from("lent!"), 4);
        }),
      );
      connection.write(Buffer.from("last"));
      connection.finish();
      await until(() => peer.ended, "FIN");
      expect(peer.text).toBe("1steadylent2steadylent3steadylentlast");
    });

    it("are counted in both directions", async () => {
      const one = await stand({}, writes(Buffer.from("four")));
      const { peer } = await one.pair();
      peer.socket.write("seven!!");
      await until(() => peer.length === 4, "the answer");
      expect(one.listening.traffic).toEqual({ bytesIn: 7, bytesOut: 4 });
    });

    it("may be written long after the request", async () => {
      const { peer, session } = await (await stand({}, { receive() {} })).pair();
      peer.socket.write("x");
      await until(() => session.count("receive") === 1, "the request");
      await pause(20);
      expect(session.connection.write(Buffer.from("later"))).toBe(true);
      await until(() => peer.text === "later", "the answer");
    });

    it("of a peer with 16 MB in one write all arrive", async () => {
      const large = randomBytes(16 * megabyte);
      const { peer, session } = await (await stand({}, writes(large))).pair();
      peer.socket.write("x");
      await until(() => peer.length >= large.length, "16 MB");
      expect(peer.bytes.equals(large)).toBe(true);
      await until(() => session.connection.bytesWaiting === 0, "nothing waits");
    });

    it("of 16 MB sent by a peer all arrive", async () => {
      let received = 0;
      const one = await stand(
        {},
        {
          receive(_, chunk) {
            received += chunk.length;
          },
        },
      );
      const { peer } = await one.pair();
      peer.socket.end(randomBytes(16 * megabyte));
      await until(() => peer.ended, "FIN");
      expect(received).toBe(16 * megabyte);
    });
  });

  describe("connections", () => {
    it("tell the peer's address and whether anything is encrypted", async () => {
      const { session } = await (await stand()).pair();
      expect(session.connection).toMatchObject({ remoteAddress: "127.0.0.1", secure: wire.secure, bytesWaiting: 0 });
    });

    it.skipIf(!hasIpv6)("also come over IPv6", async () => {
      const one = await stand({ address: "::1" });
      const peer = await one.peer("::1");
      peer.socket.write("six");
      await until(() => peer.text === "six", "the answer");
      expect(one.sessions[0]!.connection.remoteAddress).toBe("::1");
    });

    it("are served by the hundred, each with its own answers", async () => {
      const one = await stand();
      const count = wire.secure ? 200 : 1_000;
      const peers = await Promise.all(Array.from({ length: count }, () => one.peer()));
      for (let round = 0; round < 3; round++) {
        peers.forEach((peer, i) => void peer.socket.write(`${round}:${i};`));
      }
      await until(
        () => peers.every((peer, i) => peer.text === [0, 1, 2].map((round) => `${round}:${i};`).join("")),
        "each has its answers",
      );
      expect(one.listening.connections).toBe(count);
      for (const { socket } of peers) socket.end();
      await until(() => peers.every(({ ended }) => ended), "FIN for everybody");
      expect(peers.filter(({ error }) => error !== undefined)).toEqual([]);
      await until(() => one.listening.connections === 0, "nobody is left");
    });

    it("come and go without leaving anything behind", async () => {
      const descriptors = (): number => (existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : 0);
      const one = await stand();
      const visit = async (): Promise<void> => {
        for (let i = 0; i < 40; i++) {
          const peer = await one.peer();
          peer.socket.end("hello");
          await until(() => peer.closed, "closed");
          expect(peer.text).toBe("hello");
          expect(peer.error).toBeUndefined();
        }
      };
      await visit();
      const before = descriptors();
      const visitors = wire.secure ? 2 : 10;
      await Promise.all(Array.from({ length: visitors }, visit));
      await until(() => one.listening.connections === 0, "nobody is left");
      expect(one.sessions.length).toBe(40 * (1 + visitors));
      await until(() => one.sessions.every((session) => session.count("closed") === 1), "each closed once");
      // Other tests of this process open files too: a leak would leave hundreds.
      expect(descriptors() - before).toBeLessThan(100);
    });

    it("that the peer resets are over, also while bytes wait for it", async () => {
      const one = await stand({}, writes(Buffer.alloc(16 * megabyte)));
      const [idle, slow] = [await one.pair(), await one.pair()];
      slow.peer.socket.pause();
      slow.peer.socket.write("x");
      await until(() => slow.session.connection.bytesWaiting > 0, "bytes wait");
      idle.peer.raw.resetAndDestroy();
      slow.peer.raw.resetAndDestroy();
      await until(() => one.listening.connections === 0, "both are gone");
      await until(() => one.sessions.every((session) => session.count("closed") === 1), "both are told");
      expect(slow.session.connection.bytesWaiting).toBe(0);
      slow.session.connection.write(Buffer.from("too late"));
      slow.session.connection.pause();
      slow.session.connection.resume();
      slow.session.connection.finish();
      expect(slow.session.count("closed")).toBe(1);
    });
  });

  describe("a slow peer", () => {
    it("makes bytes wait, hears nothing twice, and gets everything in order when it reads", async () => {
      const parts = Array.from({ length: 64 }, (_, i) => Buffer.alloc(256 * 1024, i));
      const results: boolean[] = [];
      const one = await stand(
        {},
        {
          receive: ({ connection }, chunk) => {
            if (chunk.toString() === "all") for (const part of parts) results.push(connection.write(part));
            else connection.write(Buffer.from("quick"));
          },
        },
      );
      const [slow, other] = [await one.pair(), await one.pair()];
      slow.peer.socket.pause();
      slow.peer.socket.write("all");
      await until(() => results.length === parts.length, "all is written");
      expect(results.at(-1)).toBe(false);
      expect(slow.session.connection.bytesWaiting).toBeGreaterThan(megabyte);
      other.peer.socket.write("x");
      await until(() => other.peer.text === "quick", "the other is served");
      slow.session.connection.write(Buffer.from("last"));
      slow.peer.socket.resume();
      await until(() => slow.peer.length >= 16 * megabyte + 4, "everything");
      expect(slow.peer.bytes.equals(Buffer.concat([...parts, Buffer.from("last")]))).toBe(true);
      await until(() => slow.session.count("drained") > 0, "drained");
      expect(slow.session.connection.bytesWaiting).toBe(0);
    });

    it("gets small answers in order when they begin to wait", async () => {
      const part = Buffer.alloc(10_000);
      let sent = 0;
      const one = await stand(
        {},
        {
          receive: ({ connection }, chunk) => {
            for (let i = 0; i < chunk.length; i++) {
              const answer = Buffer.from(part);
              answer.writeUInt32BE(sent++);
              connection.write(answer);
            }
          },
        },
      );
      const { peer, session } = await one.pair();
      peer.socket.pause();
      for (let i = 0; i < 40; i++) {
        peer.socket.write(Buffer.alloc(25));
        await until(() => sent === 25 * (i + 1), "answered");
      }
      expect(session.connection.bytesWaiting).toBeGreaterThan(0);
      peer.socket.resume();
      await until(() => peer.length >= sent * part.length, "everything");
      const bytes = peer.bytes;
      for (let i = 0; i < sent; i++) expect(bytes.readUInt32BE(i * part.length)).toBe(i);
    });

    it("is dropped when all of them together leave more unread than they may", async () => {
      const one = await stand({ bytesWaitingTotalMax: 20 * megabyte }, writes(Buffer.alloc(16 * megabyte)));
      const [first, second] = [await one.pair(), await one.pair()];
      for (const { peer } of [first, second]) peer.socket.pause();
      first.peer.socket.write("x");
      await until(() => first.session.connection.bytesWaiting > 0, "bytes wait");
      second.peer.socket.write("x");
      await until(() => second.session.count("closed") === 1, "the second is dropped");
      expect(one.listening.connections).toBe(1);
      first.peer.socket.resume();
      await until(() => first.peer.length === 16 * megabyte, "the first gets everything");
    });
  });

  describe("pausing", () => {
    it("leaves what arrives in the kernel, until it goes on", async () => {
      let received = 0;
      const one = await stand(
        {},
        {
          receive(_, chunk) {
            received += chunk.length;
          },
        },
      );
      const { peer, session } = await one.pair();
      session.connection.pause();
      peer.socket.write(Buffer.alloc(16 * megabyte));
      await pause(50);
      // At the most what was on its way when it was paused.
      expect(received).toBeLessThan(megabyte);
      expect(peer.socket.writableLength).toBeGreaterThan(0);
      session.connection.resume();
      await until(() => received === 16 * megabyte, "everything");
    });

    it("and going on within one call does not lose or double a byte", async () => {
      const one = await stand(
        {},
        {
          receive: ({ connection }, chunk) => {
            connection.pause();
            connection.write(Buffer.from(chunk));
            setImmediate(() => connection.resume());
          },
        },
      );
      const { peer } = await one.pair();
      const sent = randomBytes(2 * megabyte);
      peer.socket.write(sent);
      await until(() => peer.length >= sent.length, "everything is back");
      expect(peer.bytes.equals(sent)).toBe(true);
    });
  });

  describe("FIN", () => {
    it("of the peer is told, and answers still go out behind it", async () => {
      const one = await stand({}, { receive() {}, ended() {} });
      const { peer, session } = await one.pair();
      peer.socket.end("request");
      await until(() => session.count("ended") === 1, "FIN arrives");
      await pause(20);
      session.connection.write(Buffer.from("answer"));
      session.connection.finish();
      await until(() => peer.closed, "closed");
      expect(peer.text).toBe("answer");
      expect(peer.error).toBeUndefined();
      await until(() => session.count("closed") === 1, "closed");
      expect(session.calls).toEqual(["receive", "ended", "closed"]);
    });

    it("together with the last request finds its answer", async () => {
      const one = await stand();
      const { peer } = await one.pair();
      peer.socket.write("a");
      peer.socket.end("b");
      await until(() => peer.closed, "closed");
      expect(peer.text).toBe("ab");
      expect(peer.error).toBeUndefined();
    });

    it("of ours comes behind what was written, and nothing is written after it", async () => {
      const one = await stand(
        {},
        {
          receive: ({ connection }) => {
            connection.write(Buffer.from("first"));
            connection.finish();
            connection.write(Buffer.from("too late"));
          },
        },
      );
      const { peer, session } = await one.pair();
      peer.socket.write("x");
      await until(() => peer.ended, "FIN");
      expect(peer.text).toBe("first");
      // Still half open: what the peer says now is read and forgotten, not answered by a reset.
      peer.socket.write(Buffer.alloc(megabyte));
      await until(() => peer.socket.writableLength === 0, "taken");
      expect(one.listening.connections).toBe(1);
      peer.socket.end();
      await until(() => peer.closed, "closed");
      expect(peer.error).toBeUndefined();
      expect(session.count("receive")).toBe(1);
      await until(() => one.listening.connections === 0, "gone");
    });

    it("of ours is no reset, whatever of the peer has not been read", async () => {
      const one = await stand({}, { receive: ({ connection }) => connection.finish() });
      for (let i = 0; i < 20; i++) {
        const peer = await one.peer();
        peer.socket.end(Buffer.alloc(megabyte));
        await until(() => peer.closed, "closed");
        expect(peer.ended).toBe(true);
        expect(peer.error).toBeUndefined();
      }
    });

    it("of ours is no reset while reading is paused", async () => {
      const one = await stand({}, { receive: ({ connection }) => connection.pause() });
      const { peer, session } = await one.pair();
      peer.socket.write(Buffer.alloc(megabyte));
      await until(() => session.count("receive") > 0, "the first bytes");
      session.connection.finish();
      peer.socket.end();
      await until(() => peer.closed, "closed");
      expect(peer.ended).toBe(true);
      expect(peer.error).toBeUndefined();
    });

    it("of ours waits for a slow peer", async () => {
      const one = await stand(
        {},
        {
          receive: ({ connection }) => {
            connection.write(Buffer.alloc(8 * megabyte));
            connection.finish();
          },
        },
      );
      const { peer } = await one.pair();
      peer.socket.pause();
      peer.socket.end("x");
      await pause(30);
      peer.socket.resume();
      await until(() => peer.closed, "closed");
      expect(peer.length).toBe(8 * megabyte);
      expect(peer.ended).toBe(true);
      expect(peer.error).toBeUndefined();
    });

    it("of ours is followed by the end when the peer takes longer than `lingerMs`", async () => {
      const clock = new ManualClock();
      const one = await stand({ lingerMs: 5_000 }, { receive: ({ connection }) => connection.finish() }, clock);
      const { peer, session } = await one.pair();
      peer.socket.write("x");
      await until(() => peer.ended, "FIN");
      clock.advance(4_999);
      await pause(10);
      expect(one.listening.connections).toBe(1);
      clock.advance(1);
      await until(() => session.count("closed") === 1, "dropped");
      expect(one.listening.connections).toBe(0);
    });
  });

  describe("limits and gates", () => {
    it("let nobody in whom `admits` refuses, and read nothing of them", async () => {
      let asked = "";
      const refuse = (remoteAddress: string): boolean => {
        asked = remoteAddress;
        return false;
      };
      const one = await stand({ admits: refuse });
      await turnedAway(one);
      expect(asked).toBe("127.0.0.1");
      expect(one.sessions).toEqual([]);
      expect(one.listening).toMatchObject({ connections: 0, traffic: { bytesIn: 0, bytesOut: 0 } });
    });

    it("end by FIN the connections of those who are no longer admitted, and only when asked to", async () => {
      let open = true;
      const one = await stand({ admits: () => open });
      const { peer } = await one.pair();
      one.listening.evict();
      open = false;
      peer.socket.write("still here");
      await until(() => peer.text === "still here", "served");
      one.listening.evict();
      await until(() => peer.ended, "FIN");
      peer.socket.end();
      await until(() => peer.closed, "closed");
      expect(peer.error).toBeUndefined();
    });

    it("turn away the connection that is one too many, by FIN where it is plain, until another goes", async () => {
      const one = await stand({ connectionsMax: 2 });
      const [first] = [await one.pair(), await one.pair()];
      const third = await turnedAway(one);
      if (!wire.secure) expect(third).toMatchObject({ length: 0, ended: true, error: undefined });
      expect(one.sessions.length).toBe(2);
      first.peer.socket.end();
      await until(() => one.listening.connections === 1, "room");
      const { peer } = await one.pair();
      peer.socket.write("hello");
      await until(() => peer.text === "hello", "served");
    });

    // One handshake too many is refused before it costs anything, so there is no FIN to wait for.
    it.skipIf(wire.secure)("hold against many at once", async () => {
      const one = await stand({ connectionsMax: 100 });
      const peers = await Promise.all(Array.from({ length: 1_500 }, () => one.peer()));
      // As everybody does who hears FIN. A thousand at once may leave the next ones waiting until they have gone.
      for (const { socket, ended } of peers) {
        if (ended) socket.end();
        else socket.once("end", () => socket.end());
      }
      await until(() => peers.filter(({ ended }) => ended).length === 1_400, "those who are too many have FIN");
      expect(one.sessions.length).toBe(100);
      for (const { socket } of peers) socket.end();
      await until(() => peers.every(({ closed }) => closed), "all closed");
      expect(peers.filter(({ error }) => error !== undefined)).toEqual([]);
      await until(() => one.listening.connections === 0, "nobody is left");
    });
  });

  describe("stopping", () => {
    it("accepts nobody further, and goes on with those who are there", async () => {
      const one = await stand();
      const { peer } = await one.pair();
      one.listening.stopAccepting();
      one.listening.stopAccepting();
      await expect(one.peer()).rejects.toThrow("ECONNREFUSED");
      peer.socket.write("hello");
      await until(() => peer.text === "hello", "served");
      peer.socket.end();
      await until(() => peer.closed, "closed");
      expect(peer.error).toBeUndefined();
    });

    it("ends everybody by FIN and is over as soon as they have closed", async () => {
      const one = await stand();
      const pairs: { peer: { ended: boolean; error: unknown }; session: TestSession }[] = [];
      for (let i = 0; i < 20; i++) {
        const { peer, session } = await one.pair();
        peer.socket.on("end", () => peer.socket.end());
        pairs.push({ peer, session });
      }
      const began = performance.now();
      await one.listening.close(10_000);
      expect(performance.now() - began).toBeLessThan(5_000);
      expect(one.listening.connections).toBe(0);
      expect(pairs.every(({ peer }) => peer.ended && peer.error === undefined)).toBe(true);
      await until(() => pairs.every(({ session }) => session.count("closed") === 1), "each is told once");
      await one.listening.close(10_000);
    });

    it("drops those who have not closed in time", async () => {
      const clock = new ManualClock();
      const one = await stand({}, {}, clock);
      const { peer, session } = await one.pair();
      const closed = one.listening.close(500);
      await until(() => peer.ended, "FIN");
      expect(session.count("closed")).toBe(0);
      clock.advance(500);
      await closed;
      await until(() => session.count("closed") === 1, "dropped");
      expect(one.listening.connections).toBe(0);
    });
  });

  describe("listening", () => {
    it("fails with a sentence when the port is taken", async () => {
      const one = await stand();
      const { port } = one.listening;
      await expect(stand({ port })).rejects.toThrow(
        `The node cannot listen on \`127.0.0.1:${port}\`: listen EADDRINUSE: address already in use`,
      );
      stands.pop();
    });

    it("fails with a sentence when the address is not this machine's", async () => {
      await expect(stand({ address: "203.0.113.7", port: 8111 })).rejects.toThrow(
        "The node cannot listen on `203.0.113.7:8111`: listen EADDRNOTAVAIL: address not available",
      );
      stands.pop();
    });
  });
}

describe("the transport over node:net", () => contract(plainWire(netTransport)));

describe("the transport over TLS", () => contract(tlsWire()));

describe.skipIf(!("open" in native))("the batched transport", () => contract(plainWire(batched)));
