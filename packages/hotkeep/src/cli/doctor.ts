import { systemClock } from "@hotkeep/core";
import { type ConfigurationInput, readConfiguration } from "../configuration.js";
import { checkCertificates } from "../doctor/certificates.js";
import type { Finding } from "../doctor/finding.js";
import {
  checkCompiler,
  checkDataDirectory,
  checkLogWrites,
  checkNode,
  checkSignatures,
  checkTransport,
} from "../doctor/machine.js";
import { checkLoopbackRange, checkPort } from "../doctor/network.js";
import { checkStoredTables } from "../doctor/tables.js";
import { dataDirectoryAt } from "../gateway/data-directory.js";
import { readRunningFile } from "../gateway/running-file.js";
import { styled } from "./terminal.js";

const marks = { good: styled("green", "✓"), note: "·", bad: styled("red", "✗") } as const;

function lines({ subject, state, text, help }: Finding): string {
  const line = `${marks[state]} ${subject.padEnd(16)}${text}\n`;
  return help === undefined ? line : `${line}${" ".repeat(18)}${styled("dim", help)}\n`;
}

/** Looks at what Hotkeep needs of this machine and says what it finds. Exit code 1 when something would not work. */
export async function doctor(
  flags: ConfigurationInput & { readonly output: string; readonly tables?: boolean },
): Promise<void> {
  const { env, versions } = process;
  const configuration = readConfiguration(flags, env);
  const places = dataDirectoryAt(configuration.dataDirectory);
  const elsewhere = configuration.tableEndpoint?.url ?? readRunningFile(places.running)?.tableEndpoint;
  const findings: readonly Finding[] = [
    checkNode(versions.node),
    checkTransport(systemClock, env.HOTKEEP_TRANSPORT),
    checkSignatures(),
    checkLogWrites(),
    checkCompiler(env.CC ?? "cc"),
    await checkLoopbackRange(configuration),
    await checkPort(configuration),
    checkDataDirectory(configuration.dataDirectory),
    ...(await checkCertificates(configuration.dataDirectory, systemClock)),
    ...(flags.tables === true ? await checkStoredTables(places.tables, elsewhere) : []),
  ];
  process.stdout.write(flags.output === "json" ? `${JSON.stringify(findings)}\n` : findings.map(lines).join(""));
  if (findings.some(({ state }) => state === "bad")) process.exitCode = 1;
}
