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
  const writtenHead = text.slice(0, resource);
  const head = writtenHead.toLowerCase();
  if (!head.startsWith("arn:")) return undefined;
  const writtenRest = text.slice(resource);
  const rest = head.startsWith("dax:", service) && namesCluster(writtenRest) ? writtenRest.toLowerCase() : writtenRest;
  // Mostly everything is in the right case already, and then nothing is put together anew.
  return head === writtenHead && rest === writtenRest ? text : head + rest;
}

/** The six parts of a canonical ARN. */
export type ArnParts = readonly [string, string, string, string, string, string];

export function arnParts(canonical: string): ArnParts {
  const partition = canonical.indexOf(":") + 1;
  const service = canonical.indexOf(":", partition) + 1;
  const region = canonical.indexOf(":", service) + 1;
  const account = canonical.indexOf(":", region) + 1;
  const resource = canonical.indexOf(":", account) + 1;
  return [
    canonical.slice(0, partition - 1),
    canonical.slice(partition, service - 1),
    canonical.slice(service, region - 1),
    canonical.slice(region, account - 1),
    canonical.slice(account, resource - 1),
    canonical.slice(resource),
  ];
}
