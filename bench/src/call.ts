import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock, systemRandom } from "@hotkeep/core";
import { memorySealer, openIdentity } from "@hotkeep/identity";
import { createRouter, type HttpRequest, type Router, type SigningCredentials } from "@hotkeep/protocols";
import { memoryStore } from "@hotkeep/state";
import { openTables } from "@hotkeep/tables";
import type { Figures } from "./figures.js";
import { userPolicy } from "./tables/servers.js";
import { signRequests } from "./tables/signed-requests.js";
import { itemsToRead, type Kind, kinds, tableDefinition } from "./tables/workload.js";

const account = "123456789012";
const region = "us-west-2";
const endpoint = new URL("http://127.0.0.1:8110");
const callsARound = 10_000;
/** Calls that run side by side, as those of so many connections do: writes share commits. */
const sideBySide = 32;

/** Router, identities and tables of a gateway in this process, without its HTTP server. */
async function openHouse(path: string) {
  const common = { clock: systemClock, random: systemRandom, logger: silentLogger };
  const identity = await openIdentity({ ...common, store: memoryStore(), sealer: memorySealer(), account });
  const tables = await openTables({ ...common, path });
  const router = createRouter({
    ...common,
    account,
    services: [...identity.handlers, tables.handlers],
    credentials: identity.credentials,
    authorizer: identity.authorizer,
  });
  const credentials = (await identity.ensureRoot())!;
  const root = (service: "iam" | "dynamodb", operation: string, input: unknown) =>
    router.invoke({ service, operation, input, region, credentials });
  const UserName = "bench";
  await root("iam", "CreateUser", { UserName });
  const PolicyDocument = JSON.stringify(userPolicy(region, account));
  await root("iam", "PutUserPolicy", { UserName, PolicyName: "items", PolicyDocument });
  const made = (await root("iam", "CreateAccessKey", { UserName })) as {
    readonly AccessKey: { readonly AccessKeyId: string; readonly SecretAccessKey: string };
  };
  await root("dynamodb", "CreateTable", tableDefinition);
  for (const batch of itemsToRead()) await root("dynamodb", "BatchWriteItem", batch);
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = made.AccessKey;
  const close = async () => {
    await tables.close();
    await identity.close();
  };
  return { router, user: { accessKeyId, secretAccessKey }, close };
}

function requestsOf({ operation, bodies }: Kind, credentials: SigningCredentials): readonly HttpRequest[] {
  return signRequests({ endpoint, region, credentials, operation, bodies: bodies() }).map(({ headers, body }) => ({
    method: "POST",
    url: "/",
    rawHeaders: Object.entries(headers).flat(),
    body: Buffer.from(body),
    remoteAddress: "127.0.0.1",
    secure: false,
  }));
}

async function run(router: Router, requests: readonly HttpRequest[]): Promise<void> {
  for (let done = 0; done < callsARound; done += sideBySide) {
    const wave = Array.from({ length: sideBySide }, (_, i) => router.handle(requests[(done + i) % requests.length]!));
    for (const answer of wave) {
      const { status, body } = await answer;
      if (status !== 200) throw new Error(`a call was answered with ${status} ${body}`);
    }
  }
}

/**
 * Processor time of calls in this process, from headers to answer: verified, decoded, decided, carried out, encoded;
 * for writes with LMDB's threads and the commit that is shared.
 */
export async function call({ rounds }: { readonly rounds: number }): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), "hotkeep-bench-"));
  const { router, user, close } = await openHouse(folder);
  try {
    process.stdout.write(`processor time of one call, medians of ${rounds} rounds, Node.js ${process.version}\n`);
    const figures: Record<string, number> = {};
    for (const kind of kinds) {
      const requests = requestsOf(kind, user);
      const us = await median(rounds, () => run(router, requests));
      figures[`${kind.operation.toLowerCase()}_cpu_us`] = Number(us.toFixed(1));
      process.stdout.write(`  ${kind.name.padEnd(17)}${us.toFixed(1).padStart(7)} µs\n`);
    }
    return figures;
  } finally {
    await close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Processor time of one call, after a round that is not counted. */
async function median(rounds: number, work: () => Promise<void>): Promise<number> {
  await work();
  const figures: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    figures.push((user + system) / callsARound);
  }
  return figures.sort((a, b) => a - b)[Math.floor(figures.length / 2)]!;
}
