import { contextKeysOf, type PolicyDocument, parsePolicy } from "@hotkeep/policy";
import { invalidInput } from "../errors.js";
import { onNothing } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { findSource, onSource, policiesOf } from "./simulate.js";

function read(text: string): PolicyDocument {
  try {
    return parsePolicy(text, "identity");
  } catch (error) {
    throw invalidInput(`The policy is not valid: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Every condition key and variable in the policies, each once ignoring case, sorted. */
function contextKeys(texts: readonly string[]): readonly string[] {
  const found = new Map<string, string>();
  for (const key of texts.flatMap((text) => contextKeysOf(read(text)))) {
    if (!found.has(key.toLowerCase())) found.set(key.toLowerCase(), key);
  }
  return [...found.values()].sort();
}

/** The condition keys that policies ask for. */
export const contextKeyOperations: OperationFamily = (realm) => [
  operation("GetContextKeysForPrincipalPolicy", {
    needs: ({ PolicySourceArn }) => [onSource(realm, "GetContextKeysForPrincipalPolicy", PolicySourceArn)],
    handle: ({ PolicySourceArn, PolicyInputList = [] }) => {
      const own = policiesOf(realm, findSource(realm, PolicySourceArn)).map(({ document }) => document);
      return { ContextKeyNames: contextKeys([...own, ...PolicyInputList]) };
    },
  }),
  operation("GetContextKeysForCustomPolicy", {
    needs: () => [onNothing("GetContextKeysForCustomPolicy")],
    handle: ({ PolicyInputList }) => ({ ContextKeyNames: contextKeys(PolicyInputList) }),
  }),
];
