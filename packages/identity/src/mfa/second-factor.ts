import { type Clock, CommonAwsError } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import type { Directory } from "../directory/directory.js";
import { mfaAttemptsMs, mfaWatchedDevicesMax, mfaWrongCodesMax } from "../limits.js";
import { mfaDevices } from "../records/tables.js";
import type { Records } from "../records/transaction.js";
import type { MfaDeviceRecord, UserRecord } from "../records/types.js";
import type { Sealer } from "../sealing/sealer.js";
import { WrongAttempts } from "../wrong-attempts.js";
import { fromBase32 } from "./base32.js";
import { type CodeWindow, findStep, stepAt } from "./totp.js";

/** Clocks may differ by one step at sign-in. */
const SIGN_IN_REACH = 1;

/** What a device's secret is sealed for. */
export function seedPurpose(serial: string): string {
  return `mfa-device/${serial}`;
}

function refuse(message: string): never {
  throw new CommonAwsError("AccessDenied", message);
}

/** What a {@link SecondFactor} works with. */
export interface SecondFactorParts {
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly directory: Directory;
  readonly records: Records;
}

/**
 * Checks one-time codes of virtual MFA devices. A code is good once, and after {@link mfaWrongCodesMax} wrong ones none
 * is for a while: six digits would otherwise be found by trying.
 */
export class SecondFactor {
  readonly #parts: SecondFactorParts;
  readonly #attempts: WrongAttempts;

  constructor(parts: SecondFactorParts) {
    this.#parts = parts;
    this.#attempts = new WrongAttempts(parts.clock, {
      wrongMax: mfaWrongCodesMax,
      withinMs: mfaAttemptsMs,
      watchedMax: mfaWatchedDevicesMax,
    });
  }

  /**
   * Checks the code that comes with a call to STS; undefined when the call has none, else the time it was shown.
   *
   * @throws CommonAwsError `AccessDenied` (texts observed) when only half of it is there, the device is not the caller's
   * or the code is wrong.
   */
  async shown(
    call: CallContext,
    { SerialNumber, TokenCode }: { readonly SerialNumber?: string; readonly TokenCode?: string },
  ): Promise<number | undefined> {
    if (SerialNumber === undefined && TokenCode === undefined) return undefined;
    if (SerialNumber === undefined || TokenCode === undefined) {
      refuse("MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.");
    }
    const device = this.#parts.directory.mfaDevice(SerialNumber);
    const { principal } = call;
    if (device?.userId === undefined || principal.kind !== "user" || device.userId !== principal.id) {
      refuse(
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
      );
    }
    if (!(await this.#accept(device, TokenCode))) {
      refuse("MultiFactorAuthentication failed with invalid MFA one time pass code. ");
    }
    return this.#now();
  }

  /** Checks a code shown at sign-in against each of a user's devices; the time it was shown, or undefined if it is wrong. */
  async shownAtSignIn({ mfaDevices: serials = [] }: UserRecord, code: string): Promise<number | undefined> {
    for (const serial of serials) {
      const device = this.#parts.directory.mfaDevice(serial);
      if (device?.userId !== undefined && (await this.#accept(device, code))) return this.#now();
    }
    return undefined;
  }

  /** Whole seconds, as the age is told. */
  #now(): number {
    return Math.floor(this.#parts.clock.now() / 1000) * 1000;
  }

  /** The step of a device's two consecutive codes; undefined when they are not its own, or it was tried too often. */
  stepOfPair(device: MfaDeviceRecord, codes: readonly [string, string], reach: number): number | undefined {
    if (this.#attempts.exhausted(device.serial)) return undefined;
    const around = stepAt(this.#parts.clock.now()) + (device.driftSteps ?? 0);
    const step = this.#find(device, codes, { around, reach, after: device.lastStep ?? -1 });
    if (step === undefined) this.#attempts.count(device.serial);
    return step;
  }

  async #accept({ serial, userId }: MfaDeviceRecord, code: string): Promise<boolean> {
    if (this.#attempts.exhausted(serial)) return false;
    // Counted before the store is waited for: many tries at once are many tries.
    this.#attempts.count(serial);
    const accepted = await this.#parts.records.edit(async (tx) => {
      const known = await tx.get(mfaDevices, serial);
      if (known?.userId === undefined || known.userId !== userId) return false;
      const around = stepAt(this.#parts.clock.now()) + (known.driftSteps ?? 0);
      const step = this.#find(known, [code], { around, reach: SIGN_IN_REACH, after: known.lastStep ?? -1 });
      if (step === undefined) return false;
      tx.put(mfaDevices, serial, { ...known, lastStep: step });
      return true;
    });
    if (accepted) this.#attempts.forgive(serial);
    return accepted;
  }

  #find(device: MfaDeviceRecord, codes: readonly string[], window: CodeWindow): number | undefined {
    const seed = this.#parts.sealer.open(device.sealedSeed, seedPurpose(device.serial));
    return findStep(fromBase32(seed), codes, window);
  }
}
