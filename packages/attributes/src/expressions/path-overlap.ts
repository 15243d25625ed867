import type { DocumentPath } from "../expression.js";
import { showPath } from "./condition-checks.js";
import { type ExpressionKind, invalidExpression } from "./token-stream.js";

interface PathNode {
  /** The first path that goes through here. */
  readonly first: DocumentPath;
  /** The path that ends here. */
  ending?: DocumentPath;
  readonly children: Map<string | number, PathNode>;
}

type Pair = readonly [DocumentPath, DocumentPath];

/**
 * Refuses paths of which one contains the other (overlap), or that take the same place for a list and for a map
 * (conflict). Linear in the paths' length.
 * @throws AwsError ValidationException
 */
export function checkOverlap(kind: ExpressionKind, paths: readonly DocumentPath[]): void {
  if (paths.length < 2) return;
  const roots = new Map<string | number, PathNode>();
  let conflict: Pair | undefined;
  for (const path of paths) {
    let level = roots;
    let overlap: DocumentPath | undefined;
    for (const [depth, element] of path.entries()) {
      if (depth > 0) conflict ??= conflictAt(level, element, path);
      let node = level.get(element);
      const last = depth === path.length - 1;
      if (node === undefined) {
        node = { first: path, children: new Map() };
        level.set(element, node);
      } else {
        overlap ??= last ? (node.ending ?? node.first) : node.ending;
      }
      if (last) node.ending ??= path;
      level = node.children;
    }
    if (overlap !== undefined) throw twoPaths(kind, "overlap", [overlap, path]);
  }
  if (conflict !== undefined) throw twoPaths(kind, "conflict", conflict);
}

/** A sibling that takes the parent for the other kind of container. */
function conflictAt(
  siblings: ReadonlyMap<string | number, PathNode>,
  element: string | number,
  path: DocumentPath,
): Pair | undefined {
  // One is enough: all siblings before the first conflict are of one kind.
  for (const [other, node] of siblings) return typeof other === typeof element ? undefined : [node.first, path];
  return undefined;
}

function twoPaths(kind: ExpressionKind, relation: "overlap" | "conflict", [one, two]: Pair): Error {
  return invalidExpression(
    kind,
    `Two document paths ${relation} with each other; must remove or rewrite one of these paths; ` +
      `path one: ${showPath(one)}, path two: ${showPath(two)}`,
  );
}
