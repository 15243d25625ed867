/** Partitions of AWS; a resource may also name `*`. */
const PARTITIONS: ReadonlySet<string> = new Set([
  "aws",
  "aws-cn",
  "aws-us-gov",
  "aws-iso",
  "aws-iso-b",
  "aws-iso-e",
  "aws-iso-f",
  "aws-eusc",
  "*",
]);

const IAM_PATHS = [
  "user/",
  "federated-user/",
  "role/",
  "group/",
  "instance-profile/",
  "mfa/",
  "server-certificate/",
  "policy/",
  "sms-mfa/",
  "saml-provider/",
  "oidc-provider/",
  "report/",
  "access-report/",
] as const;

function partitionProblem(partition: string, rest: readonly string[]): string {
  const [service, region, account] = [rest[0], rest[1] ?? "*", rest[2] ?? "*"];
  const resource = rest.length > 3 ? rest.slice(3).join(":") : "*";
  const shown = service === undefined || (service === "" && rest.length === 1) ? "*" : service;
  return `Partition "${partition}" is not valid for resource "arn:${partition}:${shown}:${region}:${account}:${resource}".`;
}

/**
 * What IAM says of one entry of `Resource` or `NotResource`; undefined when the form is right. The texts and their
 * order are observed.
 */
export function resourceProblem(resource: string): string | undefined {
  if (resource === "*") return undefined;
  const notArn = `Resource ${resource} must be in ARN format or "*".`;
  const [scheme, partition, service, ...rest] = resource.split(":");
  if (partition === undefined) return notArn;
  if (!PARTITIONS.has(partition)) {
    return partitionProblem(partition, service === undefined ? [] : [service, ...rest]);
  }
  if (scheme !== "arn") return notArn;
  if (service === undefined || /[*?]/.test(service)) {
    return "Resource vendor must be fully qualified and cannot contain regexes.";
  }
  // A first empty part of several is an empty Region; a missing one counts as a Region, too.
  const regional = !(rest.length > 1 && rest[0] === "");
  if (service === "iam" && regional) return `IAM resource ${resource} cannot contain region information.`;
  if (service === "s3" && regional) return `Resource ${resource} can not contain region information.`;
  if (service === "iam") {
    const path = rest.slice(2).join(":");
    if (path !== "*" && !IAM_PATHS.some((start) => path.startsWith(start))) {
      return `IAM resource path must either be "*" or start with ${IAM_PATHS.join(", ")}.`;
    }
  }
  return undefined;
}

/** Whether IAM's older parser gives up on an entry: an empty service, or parts left empty in too short an ARN. */
export function failsLegacyParsing(resource: string): boolean {
  if (resource === "*") return false;
  const parts = resource.split(":");
  return parts[2] === "" || (parts.length < 6 && resource.includes("::"));
}
