import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { HotkeepError } from "@hotkeep/core";
import type { SigningCredentials } from "@hotkeep/protocols";
import { type Profiles, readCredentialsFile } from "../gateway/credentials-file.js";
import { runningGateway } from "../gateway/running-gateway.js";

/** A DynamoDB API and as whom to call it. */
export interface TablePlace {
  /** Scheme, host and port. */
  readonly url: URL;
  readonly region: string;
  readonly credentials: SigningCredentials;
  /** PEM of what alone certifies the place; undefined: it is plain, or Node.js knows who does. */
  readonly authority?: string;
}

/** What a person can say about it. */
export interface TablePlaceInput {
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly data?: string | undefined;
}

function bad(message: string, help: string): HotkeepError {
  return new HotkeepError("BadConfiguration", message, { help });
}

/**
 * Finds the DynamoDB API to call: the endpoint given with a flag; that of the environment, as `hotkeep env` sets it;
 * else the gateway that runs on the data directory, as its root user.
 *
 * @throws HotkeepError `BadConfiguration`, `NotRunning`
 */
export function readTablePlace(input: TablePlaceInput, environment: NodeJS.ProcessEnv): TablePlace {
  const fromEnvironment =
    input.data === undefined ? (environment.AWS_ENDPOINT_URL_DYNAMODB ?? environment.AWS_ENDPOINT_URL) : undefined;
  const endpoint = input.endpoint ?? fromEnvironment;
  if (endpoint === undefined) return ofGateway(input, environment);
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw bad(`\`${endpoint}\` cannot be the endpoint`, "give it as `http://host:port` or `https://host`");
  }
  const url = new URL(endpoint);
  const ofHost = /^dynamodb(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(url.hostname)?.[1];
  const region = input.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? ofHost;
  if (region === undefined) throw bad(`no Region is known for \`${endpoint}\``, "give one with --region or AWS_REGION");
  return { url, region, credentials: ofEnvironment(url, input.profile, environment) };
}

function ofGateway({ data, region, profile = "root" }: TablePlaceInput, environment: NodeJS.ProcessEnv): TablePlace {
  const { places, running } = runningGateway(resolve(data ?? environment.HOTKEEP_DATA ?? ".hotkeep"));
  const credentials = keysOf(places.credentials, profile);
  const url = new URL(running.endpoint);
  const trust = url.protocol === "https:" ? { authority: readFileSync(places.authority, "utf8") } : {};
  return { url, region: region ?? running.region, credentials, ...trust };
}

function ofEnvironment(url: URL, profile: string | undefined, environment: NodeJS.ProcessEnv): SigningCredentials {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  const { AWS_SESSION_TOKEN: sessionToken } = environment;
  if (profile === undefined && accessKeyId && secretAccessKey) {
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  }
  const path = environment.AWS_SHARED_CREDENTIALS_FILE ?? join(homedir(), ".aws", "credentials");
  const named = profile ?? environment.AWS_PROFILE;
  if (named !== undefined) return keysOf(path, named);
  const found = profilesIn(path).default;
  if (found !== undefined) return found;
  throw bad(
    `there are no credentials for ${url.origin}`,
    `set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile of \`${path}\` with AWS_PROFILE or --profile`,
  );
}

const profilesIn = (path: string): Profiles => (existsSync(path) ? readCredentialsFile(path) : {});

function keysOf(path: string, profile: string): SigningCredentials {
  const profiles = profilesIn(path);
  const found = Object.hasOwn(profiles, profile) ? profiles[profile] : undefined;
  if (found !== undefined) return found;
  throw bad(
    `\`${path}\` has no keys of a profile \`${profile}\``,
    `for a profile with a role: eval "$(aws configure export-credentials --format env --profile ${profile})"`,
  );
}
