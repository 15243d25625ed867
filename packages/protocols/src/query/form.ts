import { CommonAwsError } from "@hotkeep/core";
import { percentDecode } from "../http/headers.js";
import { parameterDepthMax, parametersMax } from "../limits.js";

/** Parameters as a tree: `Tags.member.1.Key=a` is four levels deep. */
export interface FormNode {
  value?: string;
  children?: Map<string, FormNode>;
}

/**
 * Reads a form-encoded body.
 *
 * @throws AwsError `MalformedQueryString`, or CommonAwsError `Serialization` beyond the limits.
 */
export function readForm(body: string): [name: string, value: string][] {
  const parameters: [string, string][] = [];
  let from = 0;
  while (from < body.length) {
    let to = body.indexOf("&", from);
    if (to < 0) to = body.length;
    if (to > from) {
      if (parameters.length >= parametersMax) throw tooMany();
      const equals = body.indexOf("=", from);
      const end = equals < 0 || equals > to ? to : equals;
      parameters.push([decode(body.slice(from, end)), decode(body.slice(Math.min(end + 1, to), to))]);
    }
    from = to + 1;
  }
  return parameters;
}

/** @throws CommonAwsError `Serialization` beyond the limits. */
export function formTree(parameters: readonly (readonly [name: string, value: string])[]): FormNode {
  if (parameters.length > parametersMax) throw tooMany();
  const root: FormNode = {};
  for (const [name, value] of parameters) {
    let node = root;
    let from = 0;
    for (let depth = 1; from <= name.length; depth++) {
      if (depth > parameterDepthMax) {
        throw new CommonAwsError("Serialization", `A parameter's name has more than ${parameterDepthMax} parts`);
      }
      let to = name.indexOf(".", from);
      if (to < 0) to = name.length;
      const part = name.slice(from, to);
      node.children ??= new Map();
      let child = node.children.get(part);
      if (child === undefined) {
        child = {};
        node.children.set(part, child);
      }
      node = child;
      from = to + 1;
    }
    node.value = value;
  }
  return root;
}

function decode(text: string): string {
  return percentDecode(text.includes("+") ? text.replaceAll("+", " ") : text);
}

function tooMany(): CommonAwsError {
  return new CommonAwsError("Serialization", `A request has at most ${parametersMax} parameters`);
}
