import { createPublicKey, X509Certificate } from "node:crypto";
import { type Clock, HotkeepError, type Random } from "@hotkeep/core";
import { newKeyPair } from "./key-pair.js";
import { authorityLifetimeMs, clockSkewMs, subjectCharactersMax } from "./limits.js";
import { checkNames, isPrivateName, parseName } from "./names.js";

/** An authority as it is stored. A type alias, because stores take plain JSON. */
export type AuthorityRecord = {
  /** PEM. Everybody may see it. */
  readonly certificate: string;
  /** The private key (PKCS #8, PEM), sealed. */
  readonly sealedKey: string;
  /** Names beyond the private ones that the authority was made with. */
  readonly permitted: readonly string[];
};

/** Where the authority is kept. */
export interface AuthorityStore {
  read(): Promise<AuthorityRecord | undefined>;
  /** Keeps `record` unless there is one already; answers what is kept. On disk when answered. */
  add(record: AuthorityRecord): Promise<AuthorityRecord>;
}

/** Seals the key for storage; `purpose` is bound in. */
export interface KeySealer {
  seal(plain: string, purpose: string): string;
  open(sealed: string, purpose: string): string;
}

/** What an authority works with. */
export interface AuthorityOptions {
  readonly store: AuthorityStore;
  readonly sealer: KeySealer;
  readonly clock: Clock;
  readonly random: Random;
  /** Names and addresses beyond the private ones that a new authority may certify. */
  readonly permitted: readonly string[];
  /** How long the certificates that it issues are good for. */
  readonly lifetimeMs: number;
}

/** Whom a certificate is for. */
export interface CertificateRequest {
  /** For people who look at the certificate; no client checks it. */
  readonly subject: string;
  /** SubjectPublicKeyInfo of a P-256 key, DER. */
  readonly publicKey: Uint8Array;
  /** DNS names and addresses, as texts. */
  readonly names: readonly string[];
}

/** A certificate that the authority has made. */
export interface IssuedCertificate {
  /** PEM. The authority's own is not in it: clients have it, or would not trust it here either. */
  readonly certificate: string;
  readonly names: readonly string[];
  /** When it was made and when it ends, in milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** {@link CertificateAuthority.fingerprint} of who made it. */
  readonly authority: string;
}

/** Makes certificates for the servers of one Hotkeep. */
export interface CertificateAuthority {
  /** The authority's own certificate (PEM), for clients to trust. Made when there is none yet. */
  certificate(): Promise<string>;
  /** SHA-256 of the authority's own certificate, as hex with colons. */
  fingerprint(): Promise<string>;
  /**
   * Settles when the authority may certify `names`; one that is still to be made will be made for them.
   *
   * @throws HotkeepError `CertificateNameRefused`
   */
  check(names: readonly string[]): Promise<void>;
  /**
   * @throws HotkeepError `PublicKeyInvalid`, `CertificateNameInvalid`, `CertificateNameRefused`,
   *   `CertificateNamesTooMany`, `AuthorityExpired`, or the sealer's when the key cannot be opened
   */
  issue(request: CertificateRequest): Promise<IssuedCertificate>;
}

const sealPurpose = "certificate-authority";
const serialBytes = 16;

/** The authority that `options.store` keeps. Nothing is read or made before the first call. */
export function openAuthority(options: AuthorityOptions): CertificateAuthority {
  return new StoredAuthority(options);
}

class StoredAuthority implements CertificateAuthority {
  readonly #options: AuthorityOptions;
  #record: Promise<AuthorityRecord> | undefined;

  constructor(options: AuthorityOptions) {
    this.#options = options;
  }

  async certificate(): Promise<string> {
    return (await this.#kept()).certificate;
  }

  async fingerprint(): Promise<string> {
    return new X509Certificate(await this.certificate()).fingerprint256;
  }

  async check(names: readonly string[]): Promise<void> {
    const record = await this.#options.store.read();
    if (record !== undefined && names.length > 0) checkNames(names, record.permitted.map(parseName));
  }

  async issue(request: CertificateRequest): Promise<IssuedCertificate> {
    const { clock, sealer, lifetimeMs } = this.#options;
    const record = await this.#kept();
    const authority = new X509Certificate(record.certificate);
    const names = checkNames(request.names, record.permitted.map(parseName));
    const publicKey = checkPublicKey(request.publicKey);
    const issuedAt = clock.now();
    const endsAt = Date.parse(authority.validTo);
    if (issuedAt >= endsAt) {
      throw new HotkeepError("AuthorityExpired", `The certificate authority has ended on ${authority.validTo}.`, {
        help: "Make a new one with `hotkeep ca --renew`; clients must trust it anew.",
      });
    }
    const expiresAt = Math.min(issuedAt + lifetimeMs, endsAt);
    const { encodeCertificate } = await import("./encode-certificate.js");
    const certificate = encodeCertificate(
      {
        serial: this.#serial(),
        subject: request.subject.slice(0, subjectCharactersMax),
        issuer: commonNameOf(authority),
        publicKey,
        issuerPublicKey: spkiOf(authority),
        notBeforeMs: issuedAt - clockSkewMs,
        notAfterMs: expiresAt,
        role: { kind: "server", names },
      },
      sealer.open(record.sealedKey, sealPurpose),
    );
    const authorityId = authority.fingerprint256;
    return { certificate, names: names.map(({ text }) => text), issuedAt, expiresAt, authority: authorityId };
  }

  #kept(): Promise<AuthorityRecord> {
    // What failed is tried again by the next who asks.
    this.#record ??= this.#readOrMake().catch((error: unknown) => {
      this.#record = undefined;
      throw error;
    });
    return this.#record;
  }

  async #readOrMake(): Promise<AuthorityRecord> {
    const { store } = this.#options;
    return (await store.read()) ?? store.add(await this.#make());
  }

  async #make(): Promise<AuthorityRecord> {
    const { clock, sealer, random } = this.#options;
    const permitted = this.#options.permitted.filter((name) => !isPrivateName(name)).map(parseName);
    const { privateKey, publicKey } = await newKeyPair();
    const { encodeCertificate } = await import("./encode-certificate.js");
    // Two authorities of one name would be mixed up by clients that trust both.
    const name = `Hotkeep certificate authority ${Buffer.from(random.bytes(4)).toString("hex")}`;
    const certificate = encodeCertificate(
      {
        serial: this.#serial(),
        subject: name,
        issuer: name,
        publicKey,
        issuerPublicKey: publicKey,
        notBeforeMs: clock.now() - clockSkewMs,
        notAfterMs: clock.now() + authorityLifetimeMs,
        role: { kind: "authority", permitted },
      },
      privateKey,
    );
    return {
      certificate,
      sealedKey: sealer.seal(privateKey, sealPurpose),
      permitted: permitted.map(({ text }) => text),
    };
  }

  /** Positive, and of one length: the first byte is 0x40 to 0x7f. */
  #serial(): Uint8Array {
    const serial = this.#options.random.bytes(serialBytes);
    serial[0] = (serial[0]! & 0x3f) | 0x40;
    return serial;
  }
}

/** @throws HotkeepError `PublicKeyInvalid` */
function checkPublicKey(der: Uint8Array): Uint8Array {
  let key: ReturnType<typeof createPublicKey> | undefined;
  try {
    key = createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" });
  } catch {
    key = undefined;
  }
  if (key?.asymmetricKeyType !== "ec" || key.asymmetricKeyDetails?.namedCurve !== "prime256v1") {
    throw new HotkeepError("PublicKeyInvalid", "A certificate was asked for a key that is not a P-256 key.");
  }
  return key.export({ type: "spki", format: "der" });
}

const spkiOf = (certificate: X509Certificate): Buffer => certificate.publicKey.export({ type: "spki", format: "der" });

const commonNameOf = ({ subject }: X509Certificate): string => /^CN=(.+)$/m.exec(subject)?.[1] ?? "";
