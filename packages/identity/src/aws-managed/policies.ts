import { createHash } from "node:crypto";
import { type AwsManagedDocument, awsManagedDocuments } from "./documents.js";

/** A policy of the account `aws`: the same everywhere, changed by nobody here. Its one version is `v1`. */
export interface AwsManagedPolicy {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly id: string;
  readonly description: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly document: string;
  /** Whether it belongs to a service-linked role and to nothing else. */
  readonly serviceRoleOnly: boolean;
}

const PREFIX = "arn:aws:iam::aws:policy";
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The same id in every installation, as with AWS. */
function fixedId(name: string): string {
  const digest = createHash("sha256").update(name).digest();
  return `ANPA${Array.from(digest.subarray(0, 17), (byte) => BASE32[byte % 32]).join("")}`;
}

function policyOf({ name, path, description, createdAt, statements }: AwsManagedDocument): AwsManagedPolicy {
  return {
    name,
    path,
    arn: `${PREFIX}${path}${name}`,
    id: fixedId(name),
    description,
    createdAt: Date.parse(createdAt),
    document: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
    serviceRoleOnly: path === "/aws-service-role/",
  };
}

/** All AWS managed policies that exist here. */
export const awsManagedPolicies: readonly AwsManagedPolicy[] = awsManagedDocuments.map(policyOf);

const byArn = new Map(awsManagedPolicies.map((policy) => [policy.arn, policy]));

/** The AWS managed policy with this ARN. */
export function findAwsManagedPolicy(arn: string): AwsManagedPolicy | undefined {
  return byArn.get(arn);
}

/** Whether an ARN is one of the account `aws`, existing or not. */
export function isAwsManagedArn(arn: string): boolean {
  return arn.startsWith(`${PREFIX}/`);
}
