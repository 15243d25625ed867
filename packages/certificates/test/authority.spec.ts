import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkServerIdentity, connect, createServer, type TLSSocket } from "node:tls";
import { newKeyPair } from "@hotkeep/certificates";
import { ManualClock } from "@hotkeep/core";
import { afterAll, describe, expect, it } from "vitest";
import { authorityFor, glassSealer, MemoryAuthorityStore } from "./support.js";

const day = 24 * 3_600_000;
const folder = mkdtempSync(join(tmpdir(), "hotkeep-certificates-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** OpenSSL's own opinion on a chain. */
function openssl(authority: string, certificate: string, ...checks: string[]): string {
  const [ca, leaf] = [join(folder, "ca.pem"), join(folder, "leaf.pem")];
  writeFileSync(ca, authority);
  writeFileSync(leaf, certificate);
  const args = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca, ...checks, leaf];
  try {
    return execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
}

/** The error of a TLS client that trusts `ca` and looks for `host`; undefined when it is content. */
function handshake(
  server: { certificate: string; privateKey: string },
  ca: string,
  host: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const listening = createServer({ cert: server.certificate, key: server.privateKey }).listen(0, "127.0.0.1", () => {
      const { port } = listening.address() as { port: number };
      const done = (error?: Error): void => {
        socket.destroy();
        listening.close(() => resolve(error?.message));
      };
      const socket: TLSSocket = connect(
        {
          host: "127.0.0.1",
          port,
          ca,
          checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
        },
        () => done(),
      );
      socket.once("error", done);
    });
    listening.on("tlsClientError", () => {});
  });
}

describe("the certificate authority", () => {
  it("is made once, is kept, and its key is sealed", async () => {
    const store = new MemoryAuthorityStore();
    const first = await authorityFor({ store }).certificate();
    expect(await authorityFor({ store }).certificate()).toBe(first);
    expect(store.record!.sealedKey).toMatch(/^certificate-authority\|/);
    const ca = new X509Certificate(first);
    expect(ca.ca).toBe(true);
    expect(ca.subject).toMatch(/^O=Hotkeep\nCN=Hotkeep certificate authority [0-9a-f]{8}$/);
    expect(ca.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
    expect(Date.parse(ca.validTo) - Date.now()).toBeGreaterThan(3_649 * day);
    expect(ca.verify(ca.publicKey)).toBe(true);
  });

  it("is the same for two who make it at the same moment", async () => {
    const store = new MemoryAuthorityStore();
    const [a, b] = await Promise.all([authorityFor({ store }).certificate(), authorityFor({ store }).certificate()]);
    expect(a).toBe(b);
  });

  it("reads what is kept once, and again when reading has failed", async () => {
    const store = new MemoryAuthorityStore();
    const authority = authorityFor({ store });
    const { read } = store;
    store.read = () => Promise.reject(new Error("the disk is away"));
    await expect(authority.certificate()).rejects.toThrow("the disk is away");
    store.read = read;
    await authority.certificate();
    await authority.certificate();
    expect(store.reads).toBe(1);
  });

  it.skipIf(!hasOpenssl)("issues what strict clients accept, for the names and no others", async () => {
    const authority = authorityFor();
    const ca = await authority.certificate();
    const { publicKey, privateKey } = await newKeyPair();
    const names = ["127.31.0.4", "10.1.2.3", "::1", "localhost", "Gateway.localhost"];
    const issued = await authority.issue({ subject: "a test", publicKey, names });
    expect(issued.names).toEqual(["127.31.0.4", "10.1.2.3", "::1", "localhost", "gateway.localhost"]);
    expect(issued.expiresAt - issued.issuedAt).toBe(30 * day);
    const leaf = new X509Certificate(issued.certificate);
    expect(leaf.ca).toBe(false);
    expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(Date.parse(leaf.validTo)).toBe(Math.floor(issued.expiresAt / 1_000) * 1_000);

    expect(openssl(ca, issued.certificate, "-verify_ip", "127.31.0.4")).toContain("leaf.pem: OK");
    expect(openssl(ca, issued.certificate, "-verify_ip", "::1")).toContain("leaf.pem: OK");
    expect(openssl(ca, issued.certificate, "-verify_hostname", "gateway.localhost")).toContain("leaf.pem: OK");
    expect(openssl(ca, issued.certificate, "-verify_ip", "127.31.0.5")).toContain("IP address mismatch");

    const server = { certificate: issued.certificate, privateKey };
    expect(await handshake(server, ca, "127.31.0.4")).toBeUndefined();
    expect(await handshake(server, ca, "localhost")).toBeUndefined();
    expect(await handshake(server, ca, "127.31.0.5")).toContain("127.31.0.5 is not in the cert's list");
    expect(await handshake(server, await authorityFor().certificate(), "127.31.0.4")).toMatch(
      /unable to verify the first certificate|unable to get local issuer/,
    );
  });

  it.skipIf(!hasOpenssl)(
    "is held by clients to the names it was made with, even where somebody has its key",
    async () => {
      const store = new MemoryAuthorityStore();
      const ca = await authorityFor({ store, permitted: ["dax.example.org", "203.0.113.7"] }).certificate();
      const thief = authorityFor({
        store: { ...store, read: async () => ({ ...store.record!, permitted: ["example.com"] }), add: async (r) => r },
      });
      const { publicKey } = await newKeyPair();
      const bank = await thief.issue({ subject: "thief", publicKey, names: ["www.example.com"] });
      expect(openssl(ca, bank.certificate)).toContain("permitted subtree violation");
      const good = authorityFor({ store });
      const named = await good.issue({ subject: "named", publicKey, names: ["a.dax.example.org", "203.0.113.7"] });
      expect(openssl(ca, named.certificate)).toContain("leaf.pem: OK");
    },
  );

  it("refuses names that it was not made with, and says what to do", async () => {
    const authority = authorityFor({ permitted: ["*.example.org"] });
    const { publicKey } = await newKeyPair();
    const issue = (...names: string[]) => authority.issue({ subject: "x", publicKey, names });
    await expect(issue("a.example.org", "*.example.org")).resolves.toMatchObject({
      names: ["a.example.org", "*.example.org"],
    });
    await expect(issue("localhost", "example.com")).rejects.toThrow(
      "The certificate authority was made without `example.com`, and clients hold it to the names it was made with.",
    );
    await expect(issue("notexample.org")).rejects.toThrow("made without `notexample.org`");
    await expect(issue("8.8.8.8")).rejects.toMatchObject({
      code: "CertificateNameRefused",
      help: expect.stringContaining("hotkeep ca --renew"),
    });
    await expect(issue("127.0.0.1:8110")).rejects.toThrow("`127.0.0.1:8110` is neither a DNS name nor an address.");
    await expect(issue("127.0.0")).rejects.toThrow("neither a DNS name nor an address");
    await expect(issue("a b")).rejects.toThrow("neither a DNS name nor an address");
    await expect(issue()).rejects.toThrow("A certificate has 1 to 100 names; 0 were asked for.");
  });

  it("knows beforehand what it would refuse, once it is made", async () => {
    const store = new MemoryAuthorityStore();
    const authority = authorityFor({ store });
    await authority.check(["example.com"]);
    await authority.certificate();
    await authority.check([]);
    await authority.check(["localhost", "10.0.0.1"]);
    await expect(authority.check(["example.com"])).rejects.toThrow("was made without `example.com`");
  });

  it("certifies P-256 keys and nothing else", async () => {
    const authority = authorityFor();
    const issue = (publicKey: Uint8Array) => authority.issue({ subject: "x", publicKey, names: ["localhost"] });
    const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
    await expect(issue(rsa.export({ type: "spki", format: "der" }))).rejects.toThrow("a key that is not a P-256 key");
    await expect(issue(Buffer.from("nonsense"))).rejects.toThrow("a key that is not a P-256 key");
    await expect(issue(Buffer.alloc(0))).rejects.toMatchObject({ code: "PublicKeyInvalid" });
  });

  it("issues nothing that outlives it, and nothing after its end", async () => {
    const clock = new ManualClock(Date.now());
    const authority = authorityFor({ clock });
    const endsAt = Date.parse(new X509Certificate(await authority.certificate()).validTo);
    const { publicKey } = await newKeyPair();
    clock.advance(endsAt - clock.now() - day);
    const last = await authority.issue({ subject: "x", publicKey, names: ["localhost"] });
    expect(last.expiresAt).toBe(endsAt);
    clock.advance(day);
    await expect(authority.issue({ subject: "x", publicKey, names: ["localhost"] })).rejects.toMatchObject({
      code: "AuthorityExpired",
      help: expect.stringContaining("hotkeep ca --renew"),
    });
  });

  it("says so when its key cannot be opened", async () => {
    const store = new MemoryAuthorityStore();
    await authorityFor({ store }).certificate();
    store.record = { ...store.record!, sealedKey: glassSealer.seal("x", "something else") };
    const { publicKey } = await newKeyPair();
    await expect(authorityFor({ store }).issue({ subject: "x", publicKey, names: ["localhost"] })).rejects.toThrow(
      "sealed for something else",
    );
  });
});
