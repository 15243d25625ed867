import type { Condition, DocumentPath, Projection, Update } from "../expression.js";
import { cachedExpressionsMax } from "../limits.js";
import { parseConditionSyntax } from "./condition-parser.js";
import { checkOverlap } from "./path-overlap.js";
import { isPlaceholder, type PlaceholderUse } from "./placeholder-use.js";
import { checkConditionWords, checkPathWords, resolveCondition } from "./resolve-condition.js";
import { checkUpdateWords, resolveUpdate } from "./resolve-update.js";
import type { PathSyntax } from "./syntax.js";
import { SyntaxCache } from "./syntax-cache.js";
import { parseProjectionSyntax, parseUpdateSyntax } from "./update-parser.js";

/** The request parameters that hold conditions. */
export type ConditionKind = "ConditionExpression" | "FilterExpression" | "KeyConditionExpression";

function conditionCache(kind: ConditionKind) {
  return new SyntaxCache((text) => {
    const syntax = parseConditionSyntax(kind, text);
    checkConditionWords(kind, syntax);
    return syntax;
  }, cachedExpressionsMax / 5);
}

// What a text alone tells is the same for every request, so that it may be kept for the life of the process.
const conditions = {
  ConditionExpression: conditionCache("ConditionExpression"),
  FilterExpression: conditionCache("FilterExpression"),
  KeyConditionExpression: conditionCache("KeyConditionExpression"),
};
const updates = new SyntaxCache((text) => {
  const syntax = parseUpdateSyntax(text);
  checkUpdateWords(syntax);
  return syntax;
}, cachedExpressionsMax / 5);
const projections = new SyntaxCache((text): ProjectionSyntax => {
  const kind = "ProjectionExpression";
  const paths = parseProjectionSyntax(text);
  for (const path of paths) checkPathWords(kind, path);
  if (paths.some(({ elements }) => elements.some(isPlaceholder))) return { paths, projection: undefined };
  const projection = paths.map(({ elements }) => elements as DocumentPath);
  checkOverlap(kind, projection);
  return { paths, projection };
}, cachedExpressionsMax / 5);

interface ProjectionSyntax {
  readonly paths: readonly PathSyntax[];
  /** The same for every request, when it has no placeholders. */
  readonly projection: Projection | undefined;
}

/**
 * Parses a condition, filter or key condition and checks all that does not depend on a table. What a key condition may
 * look like is for `keyConditionOf`.
 * @throws AwsError ValidationException in the service's words
 */
export function parseCondition(text: string, kind: ConditionKind, placeholders: PlaceholderUse): Condition {
  return resolveCondition(kind, conditions[kind].get(text), placeholders);
}

/** Parses an update expression; see {@link parseCondition}. */
export function parseUpdate(text: string, placeholders: PlaceholderUse): Update {
  return resolveUpdate(updates.get(text), placeholders);
}

/** Parses a projection expression; see {@link parseCondition}. */
export function parseProjection(text: string, placeholders: PlaceholderUse): Projection {
  const { paths, projection } = projections.get(text);
  if (projection !== undefined) return projection;
  const kind = "ProjectionExpression";
  const resolved = paths.map((path) => placeholders.path(kind, path));
  checkOverlap(kind, resolved);
  return resolved;
}
