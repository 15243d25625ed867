/** Where the sixth part of an ARN starts, or -1 when `text` has fewer than six parts. */
function resourceStart(text: string): number {
  let at = -1;
  for (let colon = 0; colon < 5; colon++) {
    at = text.indexOf(":", at + 1);
    if (at < 0) return -1;
  }
  return at + 1;
}

const DAX = /^arn:[^:]*:dax:/;

/**
 * An ARN in the letter case in which ARNs are compared: everything before the resource in lower case, the resource as
 * it is, except that cluster names are lower case too (ours: the DAX API lower-cases names, documents write them in
 * mixed case). Works on marked patterns as well. Undefined when `text` is not an ARN.
 */
export function canonicalArn(text: string): string | undefined {
  const start = resourceStart(text);
  if (start < 0) return undefined;
  const head = text.slice(0, start).toLowerCase();
  if (!head.startsWith("arn:")) return undefined;
  const resource = text.slice(start);
  return head + (DAX.test(head) && namesCluster(resource) ? resource.toLowerCase() : resource);
}

// A pattern such as `*` or `ca*01` may mean a cluster, too.
const CLUSTER = /^(?:cache\/|[^/]*[\ufffe\uffff])/;

function namesCluster(resource: string): boolean {
  return CLUSTER.test(resource);
}

/** The six parts of a canonical ARN. */
export function arnParts(canonical: string): readonly [string, string, string, string, string, string] {
  const parts = canonical.split(":");
  const [arn, partition, service, region, account] = parts as [string, string, string, string, string];
  return [arn, partition, service, region, account, parts.slice(5).join(":")];
}
