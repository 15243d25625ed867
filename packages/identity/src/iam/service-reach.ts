import { type PolicyDocument, parsePolicy } from "@hotkeep/policy";

/** The services that exist here, by namespace, with the names that IAM's reports give them (documented). */
export const serviceNames: Readonly<Record<string, string>> = {
  dax: "Amazon DynamoDB Accelerator (DAX)",
  dynamodb: "Amazon DynamoDB",
  ec2: "Amazon EC2",
  iam: "AWS Identity and Access Management",
  sts: "AWS Security Token Service",
};

function read(text: string): PolicyDocument | undefined {
  try {
    return parsePolicy(text, "identity");
  } catch {
    // A damaged policy grants nothing.
    return undefined;
  }
}

/** The namespaces that some Allow of a policy reaches, known here or not; in lower case. */
export function servicesReached(text: string): ReadonlySet<string> {
  const reached = new Set<string>();
  for (const { effect, actions } of read(text)?.statements ?? []) {
    if (effect !== "Allow") continue;
    const prefixes = actions.entries.map((action) => action.toLowerCase());
    if (actions.negated) {
      for (const service of Object.keys(serviceNames)) {
        if (!prefixes.includes("*") && !prefixes.includes(`${service}:*`)) reached.add(service);
      }
    } else if (prefixes.includes("*")) {
      for (const service of Object.keys(serviceNames)) reached.add(service);
    }
    if (!actions.negated) for (const action of prefixes) if (action !== "*") reached.add(action.split(":")[0]!);
  }
  return reached;
}
