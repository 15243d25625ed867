import { invalidValue } from "../errors.js";

/** Who starts a cluster's nodes: this gateway, or somebody else, on whatever host (ours). */
export type Launch = "local" | "external";

/** The tag by which CreateCluster says it; the DAX API has no field for it. Later changes of the tag change nothing. */
export const launchTag = "hotkeep:launch";

/** @throws AwsError `InvalidParameterValueException` */
export function launchOf(tags: { readonly [key: string]: string }, otherwise: Launch): Launch {
  const wanted = tags[launchTag] ?? otherwise;
  if (wanted === "local" || wanted === "external") return wanted;
  throw invalidValue(`Tag ${launchTag} must be local or external, not ${wanted}.`);
}
