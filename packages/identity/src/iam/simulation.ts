import type { ContextValues, Principal } from "@hotkeep/core";
import {
  type CompiledPolicy,
  compilePolicy,
  decide,
  type PolicyKind,
  type PolicySets,
  parsePolicy,
  type StatementReference,
  statementSpans,
} from "@hotkeep/policy";
import { invalidInput } from "../errors.js";

/** A policy in a simulation: what the answer calls it, and its text. */
export interface SimulatedPolicy {
  readonly id: string;
  readonly document: string;
}

/** What a simulation weighs. */
export interface SimulationInput {
  readonly principal: Principal;
  readonly identity: readonly SimulatedPolicy[];
  readonly boundary?: readonly SimulatedPolicy[];
  readonly resource?: string;
  /** Service control policies level by level, from the root to the account. */
  readonly serviceControl?: readonly (readonly SimulatedPolicy[])[];
  readonly context: ContextValues;
}

function compile(kind: PolicyKind, { id, document }: SimulatedPolicy): CompiledPolicy {
  try {
    return compilePolicy(parsePolicy(document, kind), { kind, name: id });
  } catch (error) {
    throw invalidInput(`The policy ${id} is not valid: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** 1-based line and column of an offset. */
function position(text: string, offset: number): { readonly Line: number; readonly Column: number } {
  const lines = text.slice(0, offset).split("\n");
  return { Line: lines.length, Column: lines.at(-1)!.length + 1 };
}

/** Runs the engine of live requests over given policies; nothing is read from the call that asks. */
export class Simulation {
  readonly #input: SimulationInput;
  readonly #sets: PolicySets;
  readonly #texts = new Map<string, string>();
  /** Condition keys as the policies write them, by lower case. */
  readonly #keyNames = new Map<string, string>();
  readonly #given: ReadonlySet<string>;

  constructor(input: SimulationInput) {
    this.#input = input;
    const set = (kind: PolicyKind, policies: readonly SimulatedPolicy[]): readonly CompiledPolicy[] =>
      policies.map((policy) => {
        this.#texts.set(policy.id, policy.document);
        const compiled = compile(kind, policy);
        for (const { conditions } of compiled.document.statements) {
          for (const { key } of conditions) this.#keyNames.set(key.toLowerCase(), key);
        }
        return compiled;
      });
    const resource = input.resource === undefined ? undefined : [{ id: "ResourcePolicy", document: input.resource }];
    this.#sets = {
      identity: set("identity", input.identity),
      ...(input.boundary === undefined ? {} : { boundary: set("boundary", input.boundary) }),
      ...(resource === undefined ? {} : { resource: set("resource", resource) }),
      ...(input.serviceControl === undefined
        ? {}
        : { serviceControl: input.serviceControl.map((level) => set("service-control", level)) }),
    };
    this.#given = new Set(Object.keys(input.context).map((key) => key.toLowerCase()));
  }

  /** One EvaluationResult. */
  evaluate(action: string, resource: string, resourceGiven: boolean) {
    const { principal, context } = this.#input;
    const decision = decide({ principal, action, resource, context }, this.#sets);
    const missing = decision.consultedKeys.filter((key) => !this.#given.has(key));
    const common = {
      MatchedStatements: decision.statements.map((statement) => this.#statement(statement)),
      MissingContextValues: missing.map((key) => this.#keyNames.get(key) ?? key),
      ...this.#boundaryDetail(action, resource),
    };
    const evaluated = decision.outcome;
    return {
      EvalActionName: action,
      EvalResourceName: resource,
      EvalDecision: evaluated,
      OrganizationsDecisionDetail: { AllowedByOrganizations: decision.deniedBy !== "service-control" },
      ...common,
      ...(resourceGiven
        ? {
            EvalDecisionDetails: {},
            ResourceSpecificResults: [{ EvalResourceName: resource, EvalResourceDecision: evaluated, ...common }],
          }
        : {}),
    };
  }

  #boundaryDetail(action: string, resource: string) {
    const { boundary } = this.#sets;
    if (boundary === undefined) return {};
    const { principal, context } = this.#input;
    const alone = decide({ principal, action, resource, context }, { identity: boundary });
    return { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: alone.outcome === "allowed" } };
  }

  #statement({ policy, index }: StatementReference) {
    const text = this.#texts.get(policy.name) ?? "";
    const span = statementSpans(text)[index]!;
    return {
      SourcePolicyId: policy.name,
      // Observed; the documented values name the kind of carrier.
      SourcePolicyType: "IAM Policy" as never,
      StartPosition: position(text, span.start),
      EndPosition: position(text, span.end),
    };
  }
}
