import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { HotkeepError, systemClock } from "@hotkeep/core";
import { type HotkeepOperations, sign } from "@hotkeep/protocols";
import { readCredentialsFile } from "../gateway/credentials-file.js";
import { dataDirectoryAt } from "../gateway/data-directory.js";
import { HttpsPoster, type PostAnswer } from "../gateway/https-post.js";
import type { Running } from "../gateway/running-file.js";

/** Which gateway to ask, as whom. */
export interface OwnServiceFlags {
  readonly data?: string;
  readonly profile: string;
  readonly region?: string;
}

/** Some answers walk through every table. */
const answerMs = 300_000;

const target = "Hotkeep_20261101";

/**
 * Asks the gateway that runs on a data directory, as one of the people in its credentials file: an API call like any
 * other, so what the caller may do is decided by policies.
 *
 * @throws HotkeepError `NotRunning`, `UnknownProfile`, or what the gateway answered
 */
export async function callOwnService<Name extends keyof HotkeepOperations>(
  flags: OwnServiceFlags,
  operation: Name,
  input: HotkeepOperations[Name]["input"],
): Promise<HotkeepOperations[Name]["output"]> {
  const places = dataDirectoryAt(resolve(flags.data ?? process.env.HOTKEEP_DATA ?? ".hotkeep"));
  if (!existsSync(places.running)) {
    throw new HotkeepError("NotRunning", `no gateway runs on \`${places.root}\``, {
      help: "start one with `hotkeep up`, or name its data directory with --data",
    });
  }
  const running = JSON.parse(readFileSync(places.running, "utf8")) as Running;
  const profiles = readCredentialsFile(places.credentials);
  const credentials = profiles[flags.profile];
  if (credentials === undefined) {
    throw new HotkeepError("UnknownProfile", `there is no profile \`${flags.profile}\` in \`${places.credentials}\``, {
      help: `choose one of ${Object.keys(profiles).join(", ")}`,
    });
  }
  const region = flags.region ?? running.region;
  const body = JSON.stringify(input);
  const headers = {
    host: new URL(running.endpoint).host,
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": `${target}.${operation}`,
  };
  const request = { method: "POST", url: "/", headers, body };
  const signature = sign(request, credentials, { region, service: "hotkeep", now: systemClock.now() });
  const url = new URL(running.endpoint);
  const response = await send(url, { ...headers, ...signature }, body, places.authority).catch((cause: Error) => {
    throw new HotkeepError("NotRunning", `the gateway at ${running.endpoint} does not answer: ${cause.message}`, {
      help: "start it again with `hotkeep up`; its data is kept",
      cause,
    });
  });
  const answer = JSON.parse(response.text) as Refusal;
  if (response.status === 200) return answer as HotkeepOperations[Name]["output"];
  const message = answer.message ?? answer.Message ?? `the gateway answered ${response.status}`;
  const help = nextStep(answer.__type ?? "", message);
  throw new HotkeepError("CallRefused", message, { ...(help !== undefined && { help }) });
}

/** What the gateway answers when it refuses. */
interface Refusal {
  readonly __type?: string;
  readonly message?: string;
  readonly Message?: string;
}

/** The next step after a refusal, where there is one to name. */
export function nextStep(type: string, message: string): string | undefined {
  const servant = /^User: \S+:assumed-role\/(\S+)\/dax-(\S+) is not authorized/u.exec(message);
  if (type.endsWith("AccessDeniedException") && servant !== null) {
    return `that is \`${servant[1]}\`, the service role of cluster \`${servant[2]}\`, which decides what the cluster sees; \`hotkeep explain\` tells why`;
  }
  if (type.endsWith("AccessDeniedException"))
    return "`hotkeep explain` tells why; another caller is chosen with --profile";
  if (type.endsWith("ClusterNotFoundException")) {
    return "`aws dax describe-clusters` names the clusters; choose one with --cluster, another Region with --region";
  }
  if (type.endsWith("JoinTokenNotFoundException")) {
    return "`hotkeep token list` tells which wait; one that was used or is too old is gone already";
  }
  if (type.endsWith("AccountAlreadyExistsException")) {
    return "`hotkeep account list` names the accounts; leave --account out and get digits that are free";
  }
  if (message.startsWith("The provided key element")) {
    return "give all attributes of the table's key and no others; `aws dynamodb describe-table` names them";
  }
  if (type.endsWith("SerializationException")) {
    return "a value is of another kind than it must be, such as text in place of a number; nothing was done";
  }
  return undefined;
}

/** @param authority file with what certifies the gateway */
async function send(url: URL, headers: Record<string, string>, body: string, authority: string): Promise<PostAnswer> {
  if (url.protocol === "https:") {
    return new HttpsPoster(readFileSync(authority, "utf8")).post(url, headers, body, answerMs);
  }
  const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(answerMs) });
  return { status: answer.status, text: await answer.text() };
}
