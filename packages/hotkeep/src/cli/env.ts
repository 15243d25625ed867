import { resolve } from "node:path";
import { HotkeepError } from "@hotkeep/core";
import { readCredentialsFile } from "../gateway/credentials-file.js";
import { runningGateway } from "../gateway/running-gateway.js";

/** Single quotes protect everything in a POSIX shell but themselves. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Prints `export` lines for the gateway that runs on this data directory. */
export function env(flags: { readonly data?: string; readonly profile: string }): void {
  const byDefault = ".hotkeep";
  const { places, running } = runningGateway(resolve(flags.data ?? process.env.HOTKEEP_DATA ?? byDefault));
  const profiles = [...Object.keys(readCredentialsFile(places.credentials)), "bob-role"];
  if (!profiles.includes(flags.profile)) {
    throw new HotkeepError("UnknownProfile", `there is no profile \`${flags.profile}\``, {
      help: `choose one of ${profiles.join(", ")}`,
    });
  }
  const variables: Record<string, string> = {
    AWS_SHARED_CREDENTIALS_FILE: places.credentials,
    AWS_CONFIG_FILE: places.config,
    AWS_PROFILE: flags.profile,
    AWS_REGION: running.region,
    // The first major version of the AWS CLI reads this one.
    AWS_DEFAULT_REGION: running.region,
    AWS_ENDPOINT_URL: running.endpoint,
  };
  // Commands that read the data directory, such as `explain`, must look into this one.
  if (places.root !== resolve(byDefault)) variables.HOTKEEP_DATA = places.root;
  const dax = running.clusters[0];
  if (dax !== undefined) variables.DAX_ENDPOINT = dax.endpoint;
  const isHttps = running.endpoint.startsWith("https:");
  const isTls = isHttps || running.clusters.some(({ endpoint }) => endpoint.startsWith("daxs:"));
  // Node.js trusts it beside its own; the AWS CLI and other SDKs trust it instead of theirs.
  if (isTls) variables.NODE_EXTRA_CA_CERTS = places.authority;
  if (isHttps) variables.AWS_CA_BUNDLE = places.authority;
  // Keys left over in the shell would win over the profile.
  process.stdout.write("unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CA_BUNDLE DAX_ENDPOINT\n");
  for (const [name, value] of Object.entries(variables)) process.stdout.write(`export ${name}=${quoted(value)}\n`);
}
