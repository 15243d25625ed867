import { parseOperator } from "./condition-operators.js";
import type { ConditionEntry, ElementList, PolicyVersion, PrincipalEntry, PrincipalType } from "./document.js";
import { PolicyGrammarError } from "./grammar-error.js";
import { type JsonNode, readJson } from "./json-reader.js";

/** A statement whose parts have the right types, but may still be missing or break rules. */
export interface RawStatement {
  readonly sid: string | undefined;
  /** `Allow` or `Deny` in any letter case. */
  readonly effect: string;
  readonly principals: ElementList<PrincipalEntry> | undefined;
  readonly actions: ElementList<string> | undefined;
  readonly resources: ElementList<string> | undefined;
  readonly conditions: readonly ConditionEntry[];
}

/** A policy whose structure is right. */
export interface RawPolicy {
  readonly version: PolicyVersion | undefined;
  readonly id: string | undefined;
  readonly statements: readonly RawStatement[];
}

type Members = ReadonlyMap<string, JsonNode>;

const POLICY_ELEMENTS = new Set(["Version", "Id", "Statement"]);
const STATEMENT_ELEMENTS = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);
const PRINCIPAL_TYPES: ReadonlySet<string> = new Set<PrincipalType>(["AWS", "Service", "Federated", "CanonicalUser"]);

function broken(): PolicyGrammarError {
  return new PolicyGrammarError("Syntax errors in policy.");
}

/** The members of an object that has no others than `allowed`. */
function membersOf(node: JsonNode | undefined, allowed?: ReadonlySet<string>): Members {
  if (node?.type !== "object") throw broken();
  if (allowed !== undefined) for (const name of node.members.keys()) if (!allowed.has(name)) throw broken();
  return node.members;
}

function textOf(node: JsonNode): string {
  if (node.type !== "string") throw broken();
  return node.value;
}

function optionalText(members: Members, name: string): string | undefined {
  const node = members.get(name);
  return node === undefined ? undefined : textOf(node);
}

/** One value or a list of them. */
function listOf(node: JsonNode): readonly JsonNode[] {
  return node.type === "array" ? node.items : [node];
}

/** The element or its `Not…` form, never both. */
function either(members: Members, name: string): { readonly negated: boolean; readonly node: JsonNode } | undefined {
  const [plain, negated] = [members.get(name), members.get(`Not${name}`)];
  if (plain !== undefined && negated !== undefined) throw broken();
  if (plain !== undefined) return { negated: false, node: plain };
  return negated === undefined ? undefined : { negated: true, node: negated };
}

function textList(members: Members, name: string): ElementList<string> | undefined {
  const found = either(members, name);
  return found && { negated: found.negated, entries: listOf(found.node).map(textOf) };
}

/** The names in a `Principal` element as they stand, with the nodes that hold them. */
export function principalNodes(
  node: JsonNode,
): readonly { readonly type: PrincipalType; readonly node: JsonNode & { readonly type: "string" } }[] {
  if (node.type === "string") {
    if (node.value !== "*") throw broken();
    return [{ type: "AWS", node }];
  }
  const members = membersOf(node, PRINCIPAL_TYPES);
  if (members.size === 0) throw broken();
  return [...members].flatMap(([type, values]) =>
    listOf(values).map((value) => {
      if (value.type !== "string") throw broken();
      return { type: type as PrincipalType, node: value };
    }),
  );
}

function principalsOf(members: Members): ElementList<PrincipalEntry> | undefined {
  const found = either(members, "Principal");
  if (found === undefined) return undefined;
  const entries = principalNodes(found.node).map(({ type, node }) => ({ type, value: node.value }));
  return { negated: found.negated, entries };
}

function conditionValue(node: JsonNode): string {
  if (node.type === "string") return node.value;
  if (node.type === "number" || node.type === "boolean") return node.text;
  throw broken();
}

function conditionsOf(node: JsonNode | undefined): readonly ConditionEntry[] {
  if (node === undefined) return [];
  return [...membersOf(node)].flatMap(([operator, keys]) => {
    const members = [...membersOf(keys)];
    // An unknown operator over no keys passes (observed).
    if (members.length > 0 && parseOperator(operator) === undefined) throw broken();
    return members.map(([key, values]) => ({ operator, key, values: listOf(values).map(conditionValue) }));
  });
}

function statementOf(node: JsonNode): RawStatement {
  const members = membersOf(node, STATEMENT_ELEMENTS);
  const effect = optionalText(members, "Effect");
  if (effect === undefined || !/^(?:allow|deny)$/i.test(effect)) throw broken();
  return {
    sid: optionalText(members, "Sid"),
    effect,
    principals: principalsOf(members),
    actions: textList(members, "Action"),
    resources: textList(members, "Resource"),
    conditions: conditionsOf(members.get("Condition")),
  };
}

function versionOf(members: Members): PolicyVersion | undefined {
  const version = optionalText(members, "Version");
  if (version === undefined || version === "2012-10-17" || version === "2008-10-17") return version;
  throw broken();
}

/** The members of a policy and its statements, as JSON. */
export function policyNodes(text: string): { readonly policy: Members; readonly statements: readonly JsonNode[] } {
  const policy = membersOf(readJson(text), POLICY_ELEMENTS);
  const node = policy.get("Statement");
  if (node === undefined) throw broken();
  const statements = listOf(node);
  if (statements.length === 0) throw broken();
  return { policy, statements };
}

// What IAM's API takes as a document: tab, line ends, and Latin-1 from the space on.
const CHARACTERS = /^[\t\n\r\u0020-\u00ff]*$/;

/**
 * Reads the structure of a policy.
 *
 * @throws PolicyGrammarError `Syntax errors in policy.`
 */
export function readStructure(text: string): RawPolicy {
  if (!CHARACTERS.test(text)) throw broken();
  const { policy, statements } = policyNodes(text);
  return {
    version: versionOf(policy),
    id: optionalText(policy, "Id"),
    statements: statements.map(statementOf),
  };
}
