import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { SigningCredentials } from "@hotkeep/protocols";

/** Profiles of a shared credentials file. */
export type Profiles = Readonly<Record<string, SigningCredentials>>;

/** Writes a file that only its owner may read, whole or not at all. */
export function replaceFile(path: string, text: string): void {
  // Written beside and renamed, so that a kill in between leaves the old file whole.
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Writes keys in the format of AWS_SHARED_CREDENTIALS_FILE, readable by its owner only. */
export function writeCredentialsFile(path: string, profiles: Profiles): void {
  const sections = Object.entries(profiles).map(
    ([name, key]) =>
      `[${name}]\naws_access_key_id = ${key.accessKeyId}\naws_secret_access_key = ${key.secretAccessKey}\n`,
  );
  replaceFile(path, sections.join("\n"));
}

/** Reads what {@link writeCredentialsFile} wrote, or what AWS tools keep in `~/.aws/credentials`. */
export function readCredentialsFile(path: string): Profiles {
  const profiles: Record<string, SigningCredentials> = Object.create(null);
  for (const section of readFileSync(path, "utf8").split(/^\[/m).slice(1)) {
    const value = (name: string) => new RegExp(`^${name} *= *(\\S+)`, "m").exec(section)?.[1];
    const accessKeyId = value("aws_access_key_id");
    const secretAccessKey = value("aws_secret_access_key");
    if (accessKeyId !== undefined && secretAccessKey !== undefined) {
      const sessionToken = value("aws_session_token");
      const name = section.slice(0, section.indexOf("]"));
      profiles[name] = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
    }
  }
  return profiles;
}

/** Writes the AWS_CONFIG_FILE that goes with it: Region, endpoint, whom to trust for it, and Bob's role for those who have Bob's key. */
export function writeConfigFile(
  path: string,
  facts: {
    readonly region: string;
    readonly endpoint: string;
    readonly account: string;
    readonly profiles: readonly string[];
    /** File with what certifies the endpoint; undefined: it is plain. */
    readonly authority?: string;
  },
): void {
  const trust = facts.authority === undefined ? "" : `ca_bundle = ${facts.authority}\n`;
  const common = `region = ${facts.region}\nendpoint_url = ${facts.endpoint}\n${trust}`;
  const sections = facts.profiles.map((name) => `[profile ${name}]\n${common}`);
  if (facts.profiles.includes("bob")) {
    const role = `arn:aws:iam::${facts.account}:role/BobUserRole`;
    sections.push(`[profile bob-role]\n${common}role_arn = ${role}\nsource_profile = bob\n`);
  }
  replaceFile(path, sections.join("\n"));
}
