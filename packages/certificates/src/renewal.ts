import type { Clock, Logger, Timer } from "@hotkeep/core";
import type { IssuedCertificate } from "./authority.js";
import { type KeyPair, newKeyPair } from "./key-pair.js";
import { renewAfterPart, renewAgainMaxMs, renewAgainMinMs } from "./limits.js";

/** What a TLS server shows its clients. */
export interface ServerCredentials {
  /** PEM. */
  readonly certificate: string;
  /** PKCS #8, PEM. Secret; made in this process, never leaves it. */
  readonly privateKey: string;
}

/** What a certificate that renews itself works with. */
export interface RenewalOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asks for a certificate for a key; the authority knows the names. */
  readonly issue: (publicKey: Uint8Array) => Promise<IssuedCertificate>;
  /** Shows the new credentials to every handshake from now on. */
  readonly show: (credentials: ServerCredentials) => void;
}

/** How often the time is looked at, at least; also far below what a timer holds. */
const lookAgainMs = 24 * 3_600_000;

/** A server's certificate that is renewed, each time with a new key, before it ends. */
export class RenewingCertificate {
  readonly #options: RenewalOptions;
  #current: IssuedCertificate;
  #timer: Timer | undefined;
  #failures = 0;
  #stopped = false;
  #renewing: Promise<void> | undefined;

  private constructor(options: RenewalOptions, current: IssuedCertificate) {
    this.#options = options;
    this.#current = current;
    this.#schedule();
  }

  /**
   * The first certificate and what shall renew it. `show` is not called for the first.
   *
   * @throws what `issue` throws
   */
  static async start(
    options: RenewalOptions,
  ): Promise<{ readonly renewing: RenewingCertificate; readonly credentials: ServerCredentials }> {
    const { issued, credentials } = await obtain(options);
    return { renewing: new RenewingCertificate(options, issued), credentials };
  }

  get current(): IssuedCertificate {
    return this.#current;
  }

  /** Whether clients that come by one of `names`, and trust `authority`, would be content. */
  suits(names: readonly string[], authority: string): boolean {
    const { names: has, authority: by } = this.#current;
    return by === authority && names.every((name) => has.includes(name.toLowerCase()));
  }

  /** Renews now. One renewal at a time: who comes while one runs gets the next. @throws what `issue` throws */
  async renew(): Promise<void> {
    while (this.#renewing !== undefined) await this.#renewing.catch(() => {});
    this.#renewing = this.#renew();
    try {
      await this.#renewing;
    } finally {
      this.#renewing = undefined;
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async #renew(): Promise<void> {
    if (this.#stopped) return;
    const { issued, credentials } = await obtain(this.#options);
    if (this.#stopped) return;
    this.#options.show(credentials);
    this.#current = issued;
    this.#failures = 0;
    this.#schedule();
    const { names, expiresAt } = issued;
    this.#options.logger.info("certificate renewed", { names, expiresAt: new Date(expiresAt).toISOString() });
  }

  #schedule(): void {
    const { issuedAt, expiresAt } = this.#current;
    const dueAt = issuedAt + (expiresAt - issuedAt) * renewAfterPart;
    const waitMs = dueAt - this.#options.clock.now();
    // A clock that was set meanwhile is noticed within a day.
    this.#after(Math.min(Math.max(0, waitMs), lookAgainMs), () => {
      if (this.#options.clock.now() < dueAt) this.#schedule();
      else this.#renewInTime();
    });
  }

  #after(delayMs: number, fire: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(delayMs, fire);
  }

  #renewInTime(): void {
    this.renew().catch((error: unknown) => {
      if (this.#stopped) return;
      const delayMs = Math.min(renewAgainMaxMs, renewAgainMinMs * 2 ** Math.min(this.#failures++, 20));
      const { expiresAt } = this.#current;
      this.#options.logger.warn("the certificate could not be renewed", {
        error: (error as Error).message,
        expiresAt: new Date(expiresAt).toISOString(),
        againInMs: delayMs,
      });
      this.#after(delayMs, () => this.#renewInTime());
    });
  }
}

async function obtain(
  options: RenewalOptions,
): Promise<{ readonly issued: IssuedCertificate; readonly credentials: ServerCredentials }> {
  const { privateKey, publicKey }: KeyPair = await newKeyPair();
  const issued = await options.issue(publicKey);
  return { issued, credentials: { certificate: issued.certificate, privateKey } };
}
