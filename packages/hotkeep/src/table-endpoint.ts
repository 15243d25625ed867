import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { HotkeepError } from "@hotkeep/core";
import type { SigningCredentials } from "@hotkeep/protocols";
import { readEndpoint } from "@hotkeep/tables";
import { readCredentialsFile } from "./gateway/credentials-file.js";

/** A DynamoDB-compatible endpoint that holds the tables in place of the embedded engine. */
export interface TableEndpoint {
  /** Scheme, host and port. */
  readonly url: string;
  /** The Region in the signatures for it. */
  readonly region: string;
  /** Reads the keys for it. @throws HotkeepError `BadConfiguration` when they are not there (any more) */
  readonly credentials: () => SigningCredentials;
}

/** The settings of a table endpoint, as text; keys are never among them. */
export interface TableEndpointInput {
  readonly tableEndpoint?: string | undefined;
  readonly tableRegion?: string | undefined;
  readonly tableProfile?: string | undefined;
}

const keyId = "HOTKEEP_TABLE_ACCESS_KEY_ID";
const secret = "HOTKEEP_TABLE_SECRET_ACCESS_KEY";

function bad(message: string, help: string, cause?: unknown): HotkeepError {
  return new HotkeepError("BadConfiguration", message, { help, cause });
}

/**
 * Reads where the tables are; undefined: here. `defaultRegion` is the gateway's own.
 *
 * @throws HotkeepError `BadConfiguration`
 */
export function readTableEndpoint(
  input: TableEndpointInput,
  environment: NodeJS.ProcessEnv,
  defaultRegion: string,
): TableEndpoint | undefined {
  const endpoint = input.tableEndpoint ?? environment.HOTKEEP_TABLE_ENDPOINT;
  if (endpoint === undefined) {
    const lone = (["tableRegion", "tableProfile"] as const).find((name) => input[name] !== undefined);
    if (lone === undefined) return undefined;
    const flag = lone === "tableRegion" ? "--table-region" : "--table-profile";
    throw bad(`\`${flag}\` is about a table endpoint, and there is none`, "give one with --table-endpoint");
  }
  const url = readEndpoint(endpoint);
  const ofHost = /^dynamodb(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(url.hostname)?.[1];
  const region = input.tableRegion ?? environment.HOTKEEP_TABLE_REGION ?? ofHost ?? defaultRegion;
  if (!/^[a-z0-9-]{1,64}$/.test(region)) {
    throw bad(`\`${region}\` cannot be the table endpoint's Region`, "give a Region such as us-west-2");
  }
  const credentials = credentialsSource(input, environment);
  credentials();
  return { url: url.origin, region, credentials };
}

function credentialsSource(input: TableEndpointInput, environment: NodeJS.ProcessEnv): () => SigningCredentials {
  const profile = input.tableProfile ?? environment.HOTKEEP_TABLE_PROFILE;
  const { [keyId]: accessKeyId, [secret]: secretAccessKey } = environment;
  const sessionToken = environment.HOTKEEP_TABLE_SESSION_TOKEN;
  if (profile !== undefined) {
    if (accessKeyId !== undefined || secretAccessKey !== undefined) {
      throw bad(`both a profile and ${keyId} are given for the table endpoint`, "leave one of them out");
    }
    const path = environment.HOTKEEP_TABLE_CREDENTIALS_FILE ?? join(homedir(), ".aws", "credentials");
    return () => fromProfile(path, profile);
  }
  if (!accessKeyId || !secretAccessKey) {
    throw bad(
      "there are no credentials for the table endpoint",
      `set ${keyId} and ${secret} (any values for DynamoDB Local), or name a profile with --table-profile`,
    );
  }
  const keys = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  return () => keys;
}

function fromProfile(path: string, profile: string): SigningCredentials {
  const help = "name a file with HOTKEEP_TABLE_CREDENTIALS_FILE and one of its profiles with --table-profile";
  if (!existsSync(path)) throw bad(`there is no credentials file \`${path}\``, help);
  const profiles = readCredentialsFile(path);
  if (!Object.hasOwn(profiles, profile)) throw bad(`\`${path}\` has no keys of a profile \`${profile}\``, help);
  return profiles[profile]!;
}

/** Whether `url` is the address on which this gateway listens: then every call would come back to it. */
export function leadsBack(url: string, listening: string): boolean {
  const to = new URL(url);
  const here = new URL(listening);
  const isLocal = (host: string) => /^(127\.[\d.]+|localhost|\[::1\]|0\.0\.0\.0|\[::\])$/.test(host);
  const port = (of: URL) => of.port || (of.protocol === "https:" ? "443" : "80");
  if (port(to) !== port(here)) return false;
  return to.hostname === here.hostname || (isLocal(to.hostname) && isLocal(here.hostname));
}
