import type { DocumentPath, Projection } from "@hotkeep/attributes";
import { malformedRequest } from "../errors.js";
import { TreeReader } from "./tree-reader.js";

/** Decodes a projection expression. @throws AwsError ValidationException */
export function decodeProjection(bytes: Buffer): Projection {
  const tree = new TreeReader("ProjectionExpression", bytes, false);
  const paths: DocumentPath[] = [];
  const count = tree.reader.arrayStart("ProjectionExpression's paths");
  while (tree.reader.more(count, paths.length)) paths.push(tree.pathNode());
  if (!tree.reader.atEnd) throw malformedRequest("there is something behind ProjectionExpression");
  return paths;
}
