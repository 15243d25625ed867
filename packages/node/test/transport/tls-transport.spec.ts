import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type ConnectionOptions, checkServerIdentity, connect as connectTls, type TLSSocket } from "node:tls";
import { ManualClock, SeededRandom, systemClock } from "@hotkeep/core";
import { type TlsOptions, type TlsTransport, tlsTransport } from "@hotkeep/node";
import { afterEach, describe, expect, it } from "vitest";
import { authorityPem, credentialsFor } from "../support/authority.js";
import { Peer, Stand, until } from "./stand.js";
import { tlsWire } from "./tls-wire.js";

const stands: Stand[] = [];
afterEach(async () => {
  for (const one of stands.splice(0)) await one.close();
});

const refusals: { remoteAddress: string; reason: string }[] = [];

async function listen(tls: Partial<TlsOptions> = {}, clock = systemClock): Promise<Stand & { tls: TlsTransport }> {
  refusals.length = 0;
  const transport = tlsTransport({
    clock,
    credentials: await credentialsFor("127.0.0.1"),
    handshakeMs: 10_000,
    handshakesMax: 100,
    onRefused: (remoteAddress, reason) => void refusals.push({ remoteAddress, reason }),
    ...tls,
  });
  const one = new Stand({ ...tlsWire(), transport: () => transport }, {}, clock);
  stands.push(one);
  return Object.assign(await one.listen(), { tls: transport });
}

/** A peer that speaks TCP and no TLS. */
async function plainPeer(one: Stand): Promise<Peer> {
  const peer = new Peer(connect({ host: "127.0.0.1", port: one.listening.port }));
  one.peers.push(peer);
  await new Promise<void>((resolve) => peer.socket.once("connect", resolve));
  return peer;
}

/** A handshake. @throws the client's error */
function handshake(one: Stand, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: "127.0.0.1", port: one.listening.port, ca: authorityPem, ...options }, () =>
      resolve(socket),
    );
    one.peers.push(new Peer(socket));
    socket.once("error", reject);
  });
}

const served = async (one: Stand): Promise<void> => {
  const { peer } = await one.pair();
  peer.socket.write("hello");
  await until(() => peer.text === "hello", "served");
};

describe("a peer of the transport over TLS", () => {
  it("that speaks no TLS is dropped without harm to others", async () => {
    const one = await listen();
    const { peer: good } = await one.pair();
    for (const text of ["GET / HTTP/1.1\r\n\r\n", "\x69J7yne5G\x00\x01", "\x16\x03\x01", "\x00".repeat(70_000)]) {
      const peer = await plainPeer(one);
      peer.socket.end(text, "latin1");
      await until(() => peer.closed, "dropped");
    }
    expect(one.listening.connections).toBe(1);
    // One of them said too little to be wrong, and went.
    expect(refusals.length).toBe(3);
    expect(refusals[0]).toMatchObject({ remoteAddress: "127.0.0.1", reason: expect.stringContaining("http request") });
    good.socket.write("still here");
    await until(() => good.text === "still here", "served");
    expect(one.sessions.length).toBe(1);
  });

  it("that sends random records is dropped without harm to others", async () => {
    const one = await listen();
    const random = new SeededRandom(7);
    for (let round = 0; round < 60; round++) {
      const peer = await plainPeer(one);
      const body = Buffer.from(random.bytes(1 + random.below(400)));
      const record = Buffer.concat([Buffer.from([22, 3, 1, body.length >> 8, body.length & 255]), body]);
      peer.socket.end(round % 2 === 0 ? record : body);
      await until(() => peer.closed, "dropped");
    }
    expect(one.sessions).toEqual([]);
    await served(one);
  });

  it("that says nothing is dropped when its time is over, and not before", async () => {
    const clock = new ManualClock();
    const one = await listen({ handshakeMs: 5_000 }, clock);
    const [silent, slow] = [await plainPeer(one), await plainPeer(one)];
    slow.socket.write(Buffer.from([22, 3, 1, 2, 0, 1]));
    await served(one);
    clock.advance(4_999);
    await pause(20);
    expect([silent.closed, slow.closed]).toEqual([false, false]);
    clock.advance(1);
    await until(() => silent.closed && slow.closed, "dropped");
    expect(refusals.map(({ reason }) => reason)).toEqual([
      "the handshake took too long",
      "the handshake took too long",
    ]);
    await served(one);
  });

  it("that is one handshake too many is dropped, until another is through", async () => {
    const clock = new ManualClock();
    const one = await listen({ handshakesMax: 3, handshakeMs: 5_000 }, clock);
    const silent = [await plainPeer(one), await plainPeer(one), await plainPeer(one)];
    await pause(20);
    await expect(handshake(one)).rejects.toThrow(/ECONNRESET|disconnected before/);
    silent[0]!.socket.destroy();
    await pause(20);
    await served(one);
    clock.advance(5_000);
    await until(() => silent.every(({ closed }) => closed), "dropped");
  });

  it("that goes in the middle of the handshake leaves nothing behind", async () => {
    const one = await listen({ handshakesMax: 3 });
    for (let i = 0; i < 20; i++) {
      const peer = await plainPeer(one);
      peer.socket.write(Buffer.from([22, 3, 1, 2, 0, 1]));
      if (i % 2 === 0) peer.socket.resetAndDestroy();
      else peer.socket.end();
      await until(() => peer.closed, "closed");
    }
    await served(one);
  });

  it("that may not connect any more is dropped also in the middle of the handshake", async () => {
    let open = true;
    const transport = tlsWire();
    const one = new Stand(transport, { admits: () => open });
    stands.push(one);
    await one.listen();
    const silent = await plainPeer(one);
    await pause(20);
    open = false;
    one.listening.evict();
    await until(() => silent.closed, "dropped");
  });

  it("speaks TLS 1.2 or 1.3 and nothing older", async () => {
    const one = await listen();
    expect((await handshake(one, { maxVersion: "TLSv1.2" })).getProtocol()).toBe("TLSv1.2");
    expect((await handshake(one)).getProtocol()).toBe("TLSv1.3");
    const ciphers = "DEFAULT@SECLEVEL=0";
    await expect(handshake(one, { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers })).rejects.toThrow(
      /alert protocol version|unsupported protocol/,
    );
    await until(() => refusals.length === 1, "told");
    expect(refusals[0]!.reason).toContain("unsupported protocol");
  });

  it("that does not trust the certificate is told of with its reason", async () => {
    const one = await listen();
    await expect(handshake(one, { ca: [] })).rejects.toThrow(/unable to (verify|get)/);
    await expect(
      handshake(one, { checkServerIdentity: (_, certificate) => checkServerIdentity("127.0.0.2", certificate) }),
    ).rejects.toThrow("IP: 127.0.0.2 is not in the cert's list: 127.0.0.1");
    await served(one);
  });
});

describe("a new certificate", () => {
  it("is shown to new peers, and those who are there notice nothing", async () => {
    const one = await listen();
    const { peer } = await one.pair();
    const serial = (socket: TLSSocket) => socket.getPeerX509Certificate()!.serialNumber;
    const before = serial(peer.socket as TLSSocket);
    one.tls.show(await credentialsFor("127.0.0.1"));
    peer.socket.write("still here");
    await until(() => peer.text === "still here", "served");
    const after = serial(await handshake(one));
    expect(after).not.toBe(before);
    expect(serial(await handshake(one))).toBe(after);
    expect(peer.error).toBeUndefined();
  });

  it("does not end a handshake that is under way", async () => {
    const one = await listen();
    const clients = Array.from({ length: 30 }, () => handshake(one));
    for (let i = 0; i < 5; i++) one.tls.show(await credentialsFor("127.0.0.1"));
    await Promise.all(clients);
  });

  it("that does not fit its key is refused, and the old one stays", async () => {
    const one = await listen();
    const [a, b] = [await credentialsFor("127.0.0.1"), await credentialsFor("127.0.0.1")];
    expect(() => one.tls.show({ certificate: a.certificate, privateKey: b.privateKey })).toThrow("key values mismatch");
    await served(one);
  });
});
