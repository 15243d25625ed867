import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Keys } from "../clients.js";

/** What a client's process is to do. */
export interface ClientJob {
  /** The SDK's DynamoDB client over HTTPS, or one of the official DAX clients. */
  readonly client: "sdk" | "dax v2" | "dax v3";
  readonly endpoint: string;
  readonly region: string;
  readonly keys: Keys;
  /** Reads one item again and again for so long, and a few times at least; 0: once. */
  readonly forMs: number;
  /** A DAX client that is not served tries for half a minute; a call that takes longer than this has failed. */
  readonly patienceMs?: number;
  /** The DAX client's own option of that name. */
  readonly skipHostnameVerification?: true;
}

/** What it tells at its end. */
export interface ClientReport {
  readonly calls: number;
  readonly failures: readonly string[];
  /** Of the item it has read last. */
  readonly year: unknown;
}

const program = fileURLToPath(new URL("../../dist/tls/client-process.js", import.meta.url));

/** Runs a client that trusts the certificates in `authority` beside those that Node.js knows. */
export function runClient(job: ClientJob, authority: string | undefined): Promise<ClientReport> {
  return new Promise((resolve, reject) => {
    const environment = {
      PATH: process.env.PATH,
      CLIENT_JOB: JSON.stringify(job),
      ...(authority !== undefined && { NODE_EXTRA_CA_CERTS: authority }),
    };
    execFile(
      process.execPath,
      [program],
      { env: environment, timeout: job.forMs + 200_000 },
      (error, stdout, stderr) => {
        const line = /^REPORT (.*)$/m.exec(stdout)?.[1];
        if (line === undefined) reject(error ?? new Error(`the client said nothing of itself:\n${stdout}\n${stderr}`));
        else resolve(JSON.parse(line) as ClientReport);
      },
    );
  });
}
