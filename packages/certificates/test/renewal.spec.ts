import { type IssuedCertificate, RenewingCertificate, type ServerCredentials } from "@hotkeep/certificates";
import { ManualClock, silentLogger } from "@hotkeep/core";
import { describe, expect, it } from "vitest";
import { authorityFor } from "./support.js";

const day = 24 * 3_600_000;

function world(lifetimeMs = 30 * day) {
  const clock = new ManualClock(Date.now());
  const authority = authorityFor({ clock, lifetimeMs });
  const shown: ServerCredentials[] = [];
  const warnings: unknown[] = [];
  const state = { away: false, names: ["127.0.0.1"], issued: 0 };
  const start = () =>
    RenewingCertificate.start({
      clock,
      logger: { ...silentLogger, warn: (text, details) => void warnings.push({ text, ...details }) },
      show: (credentials) => void shown.push(credentials),
      async issue(publicKey): Promise<IssuedCertificate> {
        state.issued += 1;
        if (state.away) throw new Error("the gateway is away");
        return authority.issue({ subject: "x", publicKey, names: state.names });
      },
    });
  /** Renewals make keys, which takes real time. */
  const settled = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  return { authority, clock, shown, warnings, state, start, settled };
}

describe("a certificate that renews itself", () => {
  it("does so after two thirds of its lifetime, each time with a new key", async () => {
    const { clock, shown, start, settled } = world();
    const { renewing, credentials } = await start();
    clock.advance(19.9 * day);
    await settled();
    expect(shown).toEqual([]);
    clock.advance(0.2 * day);
    await expect.poll(() => shown.length).toBe(1);
    expect(shown[0]!.privateKey).not.toBe(credentials.privateKey);
    expect(shown[0]!.certificate).not.toBe(credentials.certificate);
    clock.advance(20.1 * day);
    await expect.poll(() => shown.length).toBe(2);
    renewing.stop();
    clock.advance(100 * day);
    await settled();
    expect(shown.length).toBe(2);
  });

  it("goes on trying when the authority is away, and shows the old one meanwhile", async () => {
    const { clock, shown, warnings, state, start } = world();
    const { renewing } = await start();
    state.away = true;
    clock.advance(20.1 * day);
    await expect.poll(() => warnings.length).toBe(1);
    expect(warnings[0]).toMatchObject({ error: "the gateway is away", againInMs: 1_000 });
    clock.advance(1_000);
    await expect.poll(() => warnings.length).toBe(2);
    expect(warnings[1]).toMatchObject({ againInMs: 2_000 });
    state.away = false;
    clock.advance(2_000);
    await expect.poll(() => shown.length).toBe(1);
    await expect.poll(() => renewing.current.expiresAt - clock.now()).toBe(30 * day);
    renewing.stop();
  });

  it("knows whether it suits, and is renewed at once when asked to", async () => {
    const { authority, shown, state, start } = world();
    const { renewing } = await start();
    const by = await authority.fingerprint();
    expect(renewing.suits(["127.0.0.1"], by)).toBe(true);
    expect(renewing.suits(["127.0.0.1"], "another")).toBe(false);
    expect(renewing.suits(["127.0.0.1", "localhost"], by)).toBe(false);
    state.names = ["127.0.0.1", "localhost"];
    await Promise.all([renewing.renew(), renewing.renew()]);
    expect(renewing.suits(["LOCALHOST"], by)).toBe(true);
    expect(shown.length).toBe(2);
    renewing.stop();
  });

  it("cannot start without a certificate", async () => {
    const { state, start } = world();
    state.away = true;
    await expect(start()).rejects.toThrow("the gateway is away");
  });
});
