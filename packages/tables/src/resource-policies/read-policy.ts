import { type PolicyDocument, PolicyGrammarError, parsePolicy } from "@hotkeep/policy";
import { invalid, invalidParameters } from "../errors.js";
import { canonicalPolicy, isObject, type Json, listOf } from "./canonical-policy.js";
import { isPolicyAction } from "./policy-actions.js";
import { grantsUnboundedAccess } from "./public-access.js";

/** Length of a policy as it is given, white space included (documented: 20 KB). */
const policyBytesMax = 20_480;

function refuse(problem: string): never {
  throw invalidParameters(`Invalid policy document: ${problem}`);
}

/**
 * Checks a policy for a table or a stream and brings it into its canonical form. Whether its principals exist is not
 * looked at.
 *
 * @throws AwsError `ValidationException` with the service's words (observed; for the rules of IAM's grammar, IAM's).
 */
export function readPolicy(text: string, kind: "table" | "stream"): string {
  if (Buffer.byteLength(text) > policyBytesMax) {
    throw invalidParameters(`Maximum policy size of ${policyBytesMax} bytes exceeded`);
  }
  const policy = readObject(text);
  if (policy.Statement === undefined) refuse(`Syntax error at position ${endOf(text)}`);
  const statements = listOf(policy.Statement);
  if (statements.length === 0) refuse("Could not parse the policy: Statement is empty!");
  for (const statement of statements) checkFields(statement);
  const ids = statements.map((statement) => (isObject(statement) ? statement.Sid : undefined)).filter(Boolean);
  if (new Set(ids).size < ids.length) refuse("The Statement Ids in the policy are not unique");
  const canonical = canonicalPolicy(policy);
  checkDocument(parse(canonical), kind);
  return canonical;
}

function readObject(text: string): { readonly [member: string]: Json } {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    refuse("This policy contains invalid Json");
  }
  if (isObject(value)) return value;
  refuse(Array.isArray(value) ? "This policy contains invalid Json" : "This text appears not to be a policy");
}

const requiredFields = ["Effect", "Principal", "Action", "Resource"];

function checkFields(statement: Json): void {
  if (!isObject(statement)) refuse("Could not parse the policy: a statement is not an object");
  for (const field of requiredFields) {
    if (statement[field] === undefined && (field === "Effect" || statement[`Not${field}`] === undefined)) {
      refuse(`Missing required field ${field}`);
    }
  }
}

function parse(text: string): PolicyDocument {
  try {
    return parsePolicy(text, "resource");
  } catch (error) {
    if (!(error instanceof PolicyGrammarError)) throw error;
    if (error.message.startsWith("Invalid principal")) throw invalidPrincipal();
    refuse(error.message);
  }
}

/** The service's answer to principals that do not exist or cannot be (observed). */
export function invalidPrincipal(): Error {
  return invalidParameters("Invalid principal in policy document.");
}

function checkDocument(document: PolicyDocument, kind: "table" | "stream"): void {
  const actions = document.statements.flatMap((statement) => statement.actions.entries);
  const wrong = [...new Set(actions.filter((action) => !isPolicyAction(action, kind)))];
  if (wrong.length > 0) {
    refuse(`The following action names are invalid: ${wrong.map((action) => `"${action}"`).join(", ")}`);
  }
  for (const { resources } of document.statements) {
    for (const resource of resources?.entries ?? []) checkResource(resource, kind);
  }
  if (grantsUnboundedAccess(document)) {
    throw invalid(
      "Resource-based policy grants unbounded access in one or more elements. Please revise the policy to ensure " +
        "least-privilege form of access",
    );
  }
}

/** A table's policy speaks of tables and indexes, another one's too; a stream's of streams (observed). */
function checkResource(resource: string, kind: "table" | "stream"): void {
  if (resource === "*") return;
  const relative = resource.split(":").slice(5).join(":");
  const ofStream = /\/stream\//.test(relative);
  if (kind === "table" ? !ofStream : ofStream || /[*?]/.test(relative)) return;
  refuse(`The relative-id "${relative}" is invalid for ARN "${resource}".`);
}

/** `(line,column)` behind the last character, from 1. */
function endOf(text: string): string {
  const lines = text.split("\n");
  return `(${lines.length},${lines.at(-1)!.length + 1})`;
}
