import { defaultLifetimeMs, lifetimeMaxMs, lifetimeMinMs, parseName } from "@hotkeep/certificates";
import { HotkeepError } from "@hotkeep/core";

/** What a person can say about certificates, as text. */
export interface CertificateInput {
  readonly tlsNames?: string | undefined;
  readonly certificateLifetime?: string | undefined;
}

/** What is made of it. */
export interface CertificateSettings {
  readonly tlsNames: readonly string[];
  readonly certificateLifetimeMs: number;
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Checks and completes settings. @throws HotkeepError `BadConfiguration`, `CertificateNameInvalid` */
export function readCertificateSettings(input: CertificateInput, environment: NodeJS.ProcessEnv): CertificateSettings {
  const names = (input.tlsNames ?? environment.HOTKEEP_TLS_NAMES ?? "").split(",").map((name) => name.trim());
  const lifetime = input.certificateLifetime ?? environment.HOTKEEP_CERTIFICATE_LIFETIME;
  return {
    tlsNames: names.filter((name) => name !== "").map((name) => parseName(name).text),
    certificateLifetimeMs: lifetime === undefined ? defaultLifetimeMs : lifetimeOf(lifetime),
  };
}

function lifetimeOf(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  const ms = match === null ? Number.NaN : Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
  if (ms >= lifetimeMinMs && ms <= lifetimeMaxMs) return ms;
  throw new HotkeepError("BadConfiguration", `\`${text}\` cannot be the lifetime of certificates`, {
    help: `give ${lifetimeMinMs / unitMs.s}s to ${lifetimeMaxMs / unitMs.d}d, such as 30d, 12h or 90m`,
  });
}
