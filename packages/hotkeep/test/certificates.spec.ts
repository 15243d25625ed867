import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RenewingCertificate } from "@hotkeep/certificates";
import { ManualClock, silentLogger, systemClock, systemRandom } from "@hotkeep/core";
import { memorySealer } from "@hotkeep/identity";
import { memoryStore } from "@hotkeep/state";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { forgetAuthority } from "../src/certificates/authority-store.js";
import { gatewayAuthority, gatewayCertificate } from "../src/certificates/gateway-certificates.js";
import { gatewayNames } from "../src/certificates/gateway-names.js";
import { readConfiguration } from "../src/configuration.js";
import { checkCertificates } from "../src/doctor/certificates.js";
import { listenHttp } from "../src/gateway/http-server.js";

const day = 86_400_000;
const parts = () => ({ store: memoryStore(), sealer: memorySealer(), clock: systemClock, random: systemRandom });

describe("settings of certificates", () => {
  it("default to plain HTTP, no further names, thirty days", () => {
    expect(readConfiguration({}, {})).toMatchObject({ https: false, tlsNames: [], certificateLifetimeMs: 30 * day });
    expect(readConfiguration({}, { HOTKEEP_HTTPS: "1" }).https).toBe(true);
  });

  it("take names with commas and lifetimes with a unit", () => {
    const given = readConfiguration({ tlsNames: "Dax.example.org, 203.0.113.7,", certificateLifetime: "12h" }, {});
    expect(given).toMatchObject({ tlsNames: ["dax.example.org", "203.0.113.7"], certificateLifetimeMs: day / 2 });
    const environment = { HOTKEEP_TLS_NAMES: "a.example", HOTKEEP_CERTIFICATE_LIFETIME: "90m" };
    expect(readConfiguration({}, environment)).toMatchObject({
      tlsNames: ["a.example"],
      certificateLifetimeMs: 5_400_000,
    });
  });

  it.each(["4s", "398d", "30", "1w", "-1d", "1.5h"])("refuse the lifetime %s", (certificateLifetime) => {
    expect(() => readConfiguration({ certificateLifetime }, {})).toThrow(
      `\`${certificateLifetime}\` cannot be the lifetime of certificates`,
    );
  });

  it("refuse what is no name", () => {
    expect(() => readConfiguration({ tlsNames: "https://x" }, {})).toThrow("neither a DNS name nor an address");
  });
});

describe("the gateway's certificate", () => {
  it("speaks for this machine, where it listens, and what the operator named", () => {
    const here = ["localhost", "127.0.0.1", "::1"];
    expect(gatewayNames({ host: "127.0.0.1", tlsNames: [] })).toEqual(here);
    expect(gatewayNames({ host: "10.0.0.7", tlsNames: ["x.example"] })).toEqual([...here, "10.0.0.7", "x.example"]);
  });

  it("speaks for every private address where it listens everywhere, and for public ones only by name", () => {
    const addresses = ["127.0.0.1", "192.168.1.5", "203.0.113.7", "fd00::1"];
    expect(gatewayNames({ host: "0.0.0.0", tlsNames: ["203.0.113.8"] }, addresses)).toEqual([
      "localhost",
      "127.0.0.1",
      "::1",
      "192.168.1.5",
      "fd00::1",
      "203.0.113.8",
    ]);
  });

  it("may be for a public address on which the gateway listens when its authority is made", async () => {
    const configuration = readConfiguration({ host: "203.0.113.7", tlsNames: "gate.example.org" }, {});
    const authority = gatewayAuthority(parts(), configuration);
    const { renewing } = await gatewayCertificate(authority, configuration, {
      clock: new ManualClock(Date.now()),
      logger: silentLogger,
      show: () => {},
    });
    expect(renewing.current.names).toContain("203.0.113.7");
    renewing.stop();
  });
});

describe("the stored authority", () => {
  it("stays, with its key sealed, until it is forgotten", async () => {
    const { store, ...rest } = parts();
    const configuration = readConfiguration({}, {});
    const open = () => gatewayAuthority({ store, ...rest }, configuration).certificate();
    const first = await open();
    expect(await open()).toBe(first);
    expect(JSON.stringify(await store.get("certificates/authority"))).not.toContain("PRIVATE KEY");
    await forgetAuthority(store);
    expect(await open()).not.toBe(first);
  });
});

describe("the gateway over HTTPS", () => {
  const configuration = readConfiguration({}, {});
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  async function listening() {
    const authority = gatewayAuthority(parts(), configuration);
    const { renewing, credentials } = await gatewayCertificate(authority, configuration, {
      clock: systemClock,
      logger: silentLogger,
      show: (next) => listener.show(next),
    });
    closers.push(() => renewing.stop());
    const listener = await listenHttp({
      host: "127.0.0.1",
      port: 0,
      logger: silentLogger,
      credentials,
      handle: ({ secure }) => ({ status: 200, headers: {}, body: `secure: ${secure}` }),
    });
    closers.push(() => listener.close(0));
    return { listener, renewing, ca: await authority.certificate() };
  }

  const ask = (url: string, ca: string): Promise<{ body: string; serial: string }> =>
    new Promise((resolve, reject) => {
      get(url, { ca, agent: false }, (response) => {
        const serial = (response.socket as import("node:tls").TLSSocket).getPeerX509Certificate()!.serialNumber;
        let body = "";
        response.on("data", (chunk) => (body += chunk));
        response.on("end", () => resolve({ body, serial }));
      }).on("error", reject);
    });

  const plain = (port: number, text: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(text));
      let answer = "";
      socket.on("data", (chunk) => (answer += chunk));
      socket.on("error", () => {});
      socket.on("close", () => resolve(answer));
    });

  it("tells the handler that the request came encrypted", async () => {
    const { listener, ca } = await listening();
    expect(listener.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect((await ask(listener.url, ca)).body).toBe("secure: true");
    await expect(ask(listener.url, "")).rejects.toThrow(/unable to/);
  });

  it("shows a renewed certificate to the next client", async () => {
    const { listener, renewing, ca } = await listening();
    const before = await ask(listener.url, ca);
    await renewing.renew();
    const after = await ask(listener.url, ca);
    expect(after.serial).not.toBe(before.serial);
    expect(after.serial).toBe(new X509Certificate(renewing.current.certificate).serialNumber);
  });

  it("explains itself to plain HTTP, hangs up on everything else, and leaves nothing behind", async () => {
    const { listener, ca } = await listening();
    for (let i = 0; i < 20; i++) {
      expect(await plain(listener.port, "GET / HTTP/1.1\r\n\r\n")).toContain("This port speaks HTTPS");
      expect(await plain(listener.port, "nonsense that is no TLS")).toBe("");
    }
    expect((await ask(listener.url, ca)).body).toBe("secure: true");
    await expect.poll(() => listener.connections()).toBe(0);
  });
});

describe("hotkeep doctor on certificates", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hotkeep-ca-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("knows an authority that is to come, is good, ends soon, has ended, or is none", async () => {
    const look = async (clock = systemClock as import("@hotkeep/core").Clock) =>
      (await checkCertificates(folder, clock))[0];
    expect(await look()).toMatchObject({
      state: "good",
      text: "the certificate authority will be made by the first start",
    });
    const authority = gatewayAuthority(parts(), readConfiguration({}, {}));
    writeFileSync(join(folder, "ca.pem"), await authority.certificate());
    expect(await look()).toMatchObject({ state: "good", text: expect.stringMatching(/good for 36\d\d days/) });
    const soon = new ManualClock(Date.now() + 3_600 * day);
    expect(await look(soon)).toMatchObject({ state: "note", help: expect.stringContaining("hotkeep ca --renew") });
    soon.advance(60 * day);
    expect(await look(soon)).toMatchObject({ state: "bad", text: "the certificate authority has ended" });
    writeFileSync(join(folder, "ca.pem"), "nonsense");
    expect(await look()).toMatchObject({ state: "bad", text: "ca.pem is not a certificate" });
  });
});

it("a certificate that cannot be issued keeps the gateway from starting with HTTPS", async () => {
  const stored = parts();
  await gatewayAuthority(stored, readConfiguration({}, {})).certificate();
  const configuration = readConfiguration({ tlsNames: "late.example.org" }, {});
  const authority = gatewayAuthority(stored, configuration);
  await expect(authority.check(configuration.tlsNames)).rejects.toThrow("was made without `late.example.org`");
  const issue = (publicKey: Uint8Array) =>
    authority.issue({ subject: "x", publicKey, names: gatewayNames(configuration) });
  const start = RenewingCertificate.start({ clock: systemClock, logger: silentLogger, issue, show: () => {} });
  await expect(start).rejects.toThrow("was made without `late.example.org`");
});
