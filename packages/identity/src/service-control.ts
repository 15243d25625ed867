import { HotkeepError } from "@hotkeep/core";
import { compilePolicy, parsePolicy } from "@hotkeep/policy";
import type { ServiceControlPolicies } from "./face.js";
import { serviceControlCharactersMax, serviceControlLevelsMax, serviceControlPoliciesMax } from "./limits.js";

function bad(what: string, help: string, cause?: unknown): HotkeepError {
  return new HotkeepError("ServiceControlPolicy", what, { help, cause });
}

/**
 * Checks service control policies before anything is decided with them.
 *
 * @throws HotkeepError `ServiceControlPolicy` for an empty level, for more or longer policies than an organization
 * takes, and for a document that is no policy: what it forbids must not be lost.
 */
export function readServiceControl(levels: ServiceControlPolicies): ServiceControlPolicies {
  if (levels.length > serviceControlLevelsMax) {
    throw bad(
      `There are ${levels.length} levels of service control policies`,
      `An organization has at most ${serviceControlLevelsMax}: its root, units and the account.`,
    );
  }
  for (const [at, policies] of levels.entries()) {
    if (policies.length === 0 || policies.length > serviceControlPoliciesMax) {
      throw bad(
        `Level ${at + 1} has ${policies.length} service control policies`,
        `Give each level 1 to ${serviceControlPoliciesMax}; one that allows everything stands for no limit.`,
      );
    }
    for (const { name, document } of policies) {
      if (document.replace(/\s/g, "").length > serviceControlCharactersMax) {
        throw bad(
          `The service control policy \`${name}\` is too long`,
          `It may have ${serviceControlCharactersMax} characters, white space not counted.`,
        );
      }
      const kind = "service-control";
      try {
        compilePolicy(parsePolicy(document, kind), { kind, name });
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw bad(`The service control policy \`${name}\` is not valid: ${why}`, "Mend the document.", cause);
      }
    }
  }
  return levels;
}
