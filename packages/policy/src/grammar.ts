import { parseDate } from "./date-time.js";
import type { PolicyDocument, PolicyStatement, PrincipalEntry } from "./document.js";
import { PolicyGrammarError } from "./grammar-error.js";
import { readJson } from "./json-reader.js";
import { failsLegacyParsing, resourceProblem } from "./resource-format.js";
import { type RawPolicy, type RawStatement, readStructure } from "./structure.js";
import type { PolicyKind } from "./types.js";

type Statements = readonly RawStatement[];

function refuse(message: string): never {
  throw new PolicyGrammarError(message);
}

/** Kinds that come through IAM's policy operations, which take only the newer version (observed). */
const NEW_VERSION_ONLY: ReadonlySet<PolicyKind> = new Set<PolicyKind>(["identity", "boundary", "service-control"]);

function checkVersion(policy: RawPolicy, kind: PolicyKind): void {
  if (NEW_VERSION_ONLY.has(kind) && policy.version !== "2012-10-17") {
    refuse("Policy document must be version 2012-10-17 or greater.");
  }
}

const DATE_OPERATOR = /^(?:forallvalues:|foranyvalue:)?date/i;

/** What the older parser refuses, except in resources: an effect in the wrong letter case, a date that is none. */
function checkLegacy(statements: Statements): void {
  for (const { effect, conditions } of statements) {
    if (effect !== "Allow" && effect !== "Deny") refuse("The policy failed legacy parsing");
    for (const { operator, values } of conditions) {
      if (DATE_OPERATOR.test(operator) && values.some((value) => parseDate(value) === undefined)) {
        refuse("The policy failed legacy parsing");
      }
    }
  }
}

/**
 * Looks at all resources. Failures of the older parser are refused at once, as long as no problem of form was found
 * before; problems of form are kept for later, and of several the last one counts (observed).
 */
function formProblem(statements: Statements): string | undefined {
  let problem: string | undefined;
  for (const negated of [false, true]) {
    for (const { resources } of statements) {
      if (resources?.negated !== negated) continue;
      for (const resource of [...resources.entries].sort().reverse()) problem = resourceProblem(resource) ?? problem;
      if (problem === undefined && resources.entries.some(failsLegacyParsing)) {
        refuse("The policy failed legacy parsing");
      }
    }
  }
  return problem;
}

function checkSids(statements: Statements): void {
  const seen = new Set<string>();
  for (const { sid } of statements) {
    if (sid === undefined || sid === "") continue;
    if (!/^[0-9A-Za-z]*$/.test(sid)) {
      refuse(
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
      );
    }
    if (seen.has(sid)) refuse("Statement IDs (SID) in a single policy must be unique.");
    seen.add(sid);
  }
}

function checkActionsExist(statements: Statements): void {
  if (statements.some(({ actions }) => actions === undefined || actions.entries.length === 0)) {
    refuse("Policy statement must contain actions.");
  }
}

function checkActionPrefix(action: string): void {
  if (action === "*") return;
  const parts = action.split(":");
  if (parts.length === 1) refuse("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  if (parts.length > 2) refuse("Actions/Condition can contain only one colon.");
  if (!/^[A-Za-z0-9.-]+$/.test(parts[0]!)) refuse(`Vendor ${parts[0]} is not valid`);
}

function checkActionPrefixes(statements: Statements): void {
  for (const negated of [false, true]) {
    for (const { actions } of statements) {
      if (actions?.negated === negated) actions.entries.forEach(checkActionPrefix);
    }
  }
}

function checkResourcesExist(statements: Statements): void {
  if (statements.some(({ resources }) => resources === undefined || resources.entries.length === 0)) {
    refuse("Policy statement must contain resources.");
  }
}

const AWS_PRINCIPAL =
  /^(?:\*|\d{12}|A(?:IDA|ROA)[A-Z0-9]{12,}|arn:[a-z-]+:iam::\d{12}:(?:root|(?:user|role)\/[^*?]+)|arn:[a-z-]+:sts::\d{12}:(?:assumed-role|federated-user)\/[^*?]+)$/;
const SERVICE_PRINCIPAL = /^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/;

/** Whether a name has the shape of a principal. Whether it exists, only the account's owner can tell. */
function isPrincipal({ type, value }: PrincipalEntry, kind: PolicyKind): boolean {
  switch (type) {
    case "AWS":
      return AWS_PRINCIPAL.test(value);
    case "Service":
      return SERVICE_PRINCIPAL.test(value);
    case "Federated":
      return /^[^*?\s]+$/.test(value);
    case "CanonicalUser":
      return kind === "resource" && value !== "";
  }
}

/** IAM's text for a principal that does not exist or cannot be one (observed). */
export function invalidPrincipalMessage({ type, value }: PrincipalEntry): string {
  return `Invalid principal in policy: "${type === "Service" ? "SERVICE" : type}":"${value}"`;
}

function checkPrincipals(statements: Statements, kind: PolicyKind): void {
  for (const { principals } of statements) {
    if (principals === undefined || principals.entries.length === 0) refuse("Missing required field Principal");
    for (const entry of principals.entries) if (!isPrincipal(entry, kind)) refuse(invalidPrincipalMessage(entry));
  }
}

function checkTrustFields(statements: Statements): void {
  for (const { resources, principals } of statements) {
    if (resources !== undefined) refuse(`Has prohibited field ${resources.negated ? "NotResource" : "Resource"}`);
    if (principals?.negated === true) refuse("Has prohibited field NotPrincipal");
    if (principals === undefined) refuse("Missing required field Principal");
  }
}

function checkTrustActions(statements: Statements): void {
  for (const { actions } of statements) {
    if (actions?.entries.some((action) => !/^sts:/i.test(action))) {
      refuse("AssumeRole policy may only specify STS AssumeRole actions.");
    }
  }
}

function finished(policy: RawPolicy): PolicyDocument {
  return {
    version: policy.version ?? "2008-10-17",
    ...(policy.id === undefined ? {} : { id: policy.id }),
    statements: policy.statements.map(
      ({ sid, effect, principals, actions, resources, conditions }): PolicyStatement => ({
        ...(sid === undefined || sid === "" ? {} : { sid }),
        effect: effect === "Allow" ? "Allow" : "Deny",
        ...(principals === undefined ? {} : { principals }),
        actions: actions!,
        ...(resources === undefined ? {} : { resources }),
        conditions,
      }),
    ),
  };
}

/**
 * Reads a policy text and holds it to the grammar of its kind. Whether the principals of a trust policy exist is left
 * to the caller ({@link invalidPrincipalMessage} has IAM's text).
 *
 * @throws PolicyGrammarError with the text of IAM's MalformedPolicyDocument error for the first rule that is broken, in
 * the order in which IAM looks: syntax, version, older parser, statement ids, actions, form of resources, form of
 * actions, resources (observed).
 */
export function parsePolicy(text: string, kind: PolicyKind): PolicyDocument {
  if (kind === "trust") checkIsJson(text);
  const policy = readStructure(text);
  const { statements } = policy;
  checkVersion(policy, kind);
  checkLegacy(statements);
  const problem = kind === "trust" ? undefined : formProblem(statements);
  checkSids(statements);
  if (kind === "trust") {
    checkTrustFields(statements);
    checkActionsExist(statements);
    checkActionPrefixes(statements);
    checkTrustActions(statements);
    checkPrincipals(statements, kind);
    return finished(policy);
  }
  if (kind !== "resource" && statements.some(({ principals }) => principals !== undefined)) {
    refuse("Policy document should not specify a principal.");
  }
  checkActionsExist(statements);
  if (problem !== undefined) refuse(problem);
  checkActionPrefixes(statements);
  checkResourcesExist(statements);
  if (kind === "resource") checkPrincipals(statements, kind);
  return finished(policy);
}

/** Trust policies have a text of their own for what is not JSON at all (observed). */
function checkIsJson(text: string): void {
  try {
    readJson(text);
  } catch {
    let valid = true;
    try {
      JSON.parse(text);
    } catch {
      valid = false;
    }
    if (!valid) refuse("This policy contains invalid Json");
  }
}

/** The length that counts against IAM's quotas: characters without white space (documented). */
export function policySize(text: string): number {
  return text.replace(/\s/g, "").length;
}
