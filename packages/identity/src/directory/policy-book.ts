import { type CompiledPolicy, compilePolicy, type PolicySource, parsePolicy } from "@hotkeep/policy";
import { findAwsManagedPolicy } from "../aws-managed/policies.js";
import type { CallerPolicy, ServiceControlPolicies } from "../face.js";
import type { GroupRecord, RoleRecord, SessionRecord, UserRecord } from "../records/types.js";
import type { Directory } from "./directory.js";

// Stands for a policy that is named but gone or unreadable: what cannot be judged is refused.
const DENY_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}';

/** Finds the texts of policies and keeps them compiled until anything changes. */
export class PolicyBook {
  readonly #directory: Directory;
  readonly #control: readonly (readonly CallerPolicy[])[];
  #compiled = new Map<string, readonly CompiledPolicy[]>();
  #generation = 0;

  constructor(directory: Directory, serviceControl: ServiceControlPolicies = []) {
    this.#directory = directory;
    this.#control = serviceControl.map((policies, level) =>
      policies.map((policy) => ({ kind: "service-control", level, ...policy })),
    );
  }

  /** Forgets everything compiled; to be called when any user, group, role or policy has changed. */
  forget(): void {
    this.#compiled = new Map();
    this.#generation++;
  }

  /** How often everything was forgotten: what was found out from the policies is good as long as it stays. */
  get generation(): number {
    return this.#generation;
  }

  /** A managed policy's text of its default version. */
  managedText(arn: string): string | undefined {
    const own = this.#directory.policies.one("arn", arn);
    if (own === undefined) return findAwsManagedPolicy(arn)?.document;
    return own.versions.find(({ id }) => id === own.defaultVersion)?.document;
  }

  /** What a user, group or role carries itself: inline policies, then attached ones. */
  carriedTexts(carrier: UserRecord | GroupRecord | RoleRecord): readonly CallerPolicy[] {
    const arn = this.#directory.carrierArn(carrier);
    const inline = Object.entries(carrier.inline).map(([name, document]) => ({ name, document }));
    const attached = carrier.attached.map((name) => ({ name, document: this.managedText(name) ?? DENY_ALL }));
    return [...inline, ...attached].map((policy) => ({ kind: "identity", carrier: arn, ...policy }));
  }

  /** A user's own and its groups' policies, or a role's. */
  identityTexts(carrier: UserRecord | RoleRecord): readonly CallerPolicy[] {
    const own = this.carriedTexts(carrier);
    if (carrier.kind === "role") return own;
    return [...own, ...this.#directory.groupsOf(carrier).flatMap((group) => this.carriedTexts(group))];
  }

  /** The permissions boundary, if there is one. */
  boundaryTexts(carrier: UserRecord | RoleRecord): readonly CallerPolicy[] | undefined {
    const { boundary } = carrier;
    if (boundary === undefined) return undefined;
    return [
      {
        kind: "boundary",
        name: boundary,
        carrier: this.#directory.carrierArn(carrier),
        document: this.managedText(boundary) ?? DENY_ALL,
      },
    ];
  }

  /** The policies that were passed when a session was made. */
  sessionTexts({ policies }: SessionRecord): readonly CallerPolicy[] | undefined {
    return policies?.map(({ arn, document }) =>
      arn === undefined
        ? { kind: "session", name: "inline session policy", document: document ?? DENY_ALL }
        : { kind: "session", name: arn, document: this.managedText(arn) ?? DENY_ALL },
    );
  }

  /** The account's service control policies, level by level; none: nothing is limited. */
  serviceControlTexts(): readonly (readonly CallerPolicy[])[] {
    return this.#control;
  }

  serviceControl(): readonly (readonly CompiledPolicy[])[] {
    return this.#control.map((texts, level) => this.#keep(`service-control ${level}`, () => texts));
  }

  identity(carrier: UserRecord | RoleRecord): readonly CompiledPolicy[] {
    return this.#keep(`identity ${carrier.id}`, () => this.identityTexts(carrier));
  }

  boundary(carrier: UserRecord | RoleRecord): readonly CompiledPolicy[] | undefined {
    if (carrier.boundary === undefined) return undefined;
    return this.#keep(`boundary ${carrier.id}`, () => this.boundaryTexts(carrier) ?? []);
  }

  session(session: SessionRecord): readonly CompiledPolicy[] | undefined {
    if (session.policies === undefined) return undefined;
    return this.#keep(`session ${session.id}`, () => this.sessionTexts(session) ?? []);
  }

  /** A role's trust policy, to be used as the resource's policy. */
  trust(role: RoleRecord): readonly CompiledPolicy[] {
    const carrier = this.#directory.roleArn(role);
    return this.#keep(`trust ${role.id}`, () => [
      { kind: "trust", name: "trust policy", carrier, document: role.trust },
    ]);
  }

  #keep(key: string, texts: () => readonly (Omit<CallerPolicy, "kind"> & { kind: PolicySource["kind"] })[]) {
    const kept = this.#compiled.get(key);
    if (kept !== undefined) return kept;
    const compiled = texts().map(({ document, kind, name, carrier }) =>
      compileText(document, { kind, name, ...(carrier === undefined ? {} : { carrier }) }),
    );
    this.#compiled.set(key, compiled);
    return compiled;
  }
}

/** Compiles a stored text; one that cannot be read denies everything. */
export function compileText(document: string, source: PolicySource): CompiledPolicy {
  try {
    return compilePolicy(parsePolicy(document, source.kind), source);
  } catch {
    // Fail closed (ours): the text passed the grammar when it was stored, so this is a damaged store.
    const denyAll = source.kind === "trust" ? { version: "2012-10-17" as const, statements: [] } : undefined;
    return compilePolicy(denyAll ?? parsePolicy(DENY_ALL, source.kind), source);
  }
}
