// A pattern such as `*` or `ca*01` may mean a cluster, too.
const CLUSTER_PATTERN = /^[^/]*[\ufffe\uffff]/;

function namesCluster(resource: string): boolean {
  return resource.startsWith("cache/") || CLUSTER_PATTERN.test(resource);
}

/**
 * An ARN in the letter case in which ARNs are compared: everything before the resource in lower case, the resource as
 * it is, except that cluster names are lower case too (ours: the DAX API lower-cases names, documents write them in
 * mixed case). Works on marked patterns as well. Undefined when `text` is not an ARN.
 */
export function canonicalArn(text: string): string | undefined {
  const partition = text.indexOf(":") + 1;
  const service = text.indexOf(":", partition) + 1;
  const region = text.indexOf(":", service) + 1;
  const account = text.indexOf(":", region) + 1;
  const resource = text.indexOf(":", account) + 1;
  if (partition === 0 || service === 0 || region === 0 || account === 0 || resource === 0) return undefined;
  const head = text.slice(0, resource).toLowerCase();
  if (!head.startsWith("arn:")) return undefined;
  const rest = text.slice(resource);
  return head + (head.startsWith("dax:", service) && namesCluster(rest) ? rest.toLowerCase() : rest);
}

/** The six parts of a canonical ARN. */
export type ArnParts = readonly [string, string, string, string, string, string];

export function arnParts(canonical: string): ArnParts {
  const parts = canonical.split(":");
  const [arn, partition, service, region, account] = parts as [string, string, string, string, string];
  return [arn, partition, service, region, account, parts.slice(5).join(":")];
}
