import {
  type Clock,
  CommonAwsError,
  type ContextValues,
  type PermissionRequest,
  type Principal,
  parseArn,
  principalName,
  type Random,
  uuid,
} from "@hotkeep/core";
import {
  type AuthorizationRequest,
  type CompiledPolicy,
  type Decision,
  decide,
  decideAssumeRole,
  denialMessage,
  type PolicySets,
  principalContext,
} from "@hotkeep/policy";
import type { Authorizer, CallContext } from "@hotkeep/protocols";
import type { Callers } from "../directory/callers.js";
import type { Directory } from "../directory/directory.js";
import type { Sealer } from "../sealing/sealer.js";
import type { AccessTrail } from "./access-trail.js";
import type { DecisionLog, RememberedDecision } from "./decision-log.js";
import { encodedMessage } from "./encoded-message.js";
import type { LastUse } from "./last-use.js";
import { SettledPermissions } from "./settled-permissions.js";

/** The STS operations open to GetSessionToken credentials without a second factor (documented). */
const FOR_BARE_SESSIONS: ReadonlySet<string> = new Set(["AssumeRole", "GetCallerIdentity"]);

/** What a {@link Decider} looks at and writes to. */
export interface DeciderParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly directory: Directory;
  readonly callers: Callers;
  readonly lastUse: LastUse;
  readonly accessTrail: AccessTrail;
  readonly sealer: Sealer;
  readonly log: DecisionLog;
  readonly onDecision: ((decision: RememberedDecision) => void) | undefined;
}

/** Finds the policies that hang on a request's resource; undefined when there are none. Asked at every decision. */
export type ResourcePolicies = (
  request: Pick<AuthorizationRequest, "principal" | "action" | "resource">,
) => readonly CompiledPolicy[] | undefined;

/** Decides calls over the policies of now, and remembers every denial. */
export class Decider implements Authorizer {
  readonly #parts: DeciderParts;
  readonly #settled: SettledPermissions;
  #resourcePolicies: ResourcePolicies | undefined;

  constructor(parts: DeciderParts) {
    this.#parts = parts;
    this.#settled = new SettledPermissions(() => parts.callers.policiesGeneration);
  }

  authorize(call: CallContext, requests: readonly PermissionRequest[]): void {
    this.#parts.lastUse.note(call);
    this.#parts.accessTrail.note(call, requests);
    this.#refuseBareSessionToken(call);
    for (const request of requests) this.#authorize(call, request);
  }

  #authorize(call: CallContext, request: PermissionRequest): void {
    const { principal, accessKeyId } = call;
    const { action, resource } = request;
    const hanging = this.#resourcePolicies?.({ principal, action, resource });
    if (hanging === undefined && this.#settled.has(accessKeyId, request)) return;
    const decision = this.decideCall(call, request);
    if (decision.outcome !== "allowed") this.refuse(decision, call);
    if (hanging === undefined) this.#settled.keep(accessKeyId, decision);
  }

  /** See {@link import("../face.js").Identity.useResourcePolicies}. */
  useResourcePolicies(find: ResourcePolicies): void {
    this.#resourcePolicies = find;
  }

  /** The decision on one permission of a call. */
  decideCall(call: CallContext, request: PermissionRequest): Decision {
    const full = this.#requestOf(call, request);
    return decide(full, this.policySets(full, call.accessKeyId));
  }

  /** What the decision on one permission of a call would be if these policies hung on its resource. */
  decideUnder(call: CallContext, request: PermissionRequest, resource: readonly CompiledPolicy[]): Decision {
    const { callers } = this.#parts;
    return decide(this.#requestOf(call, request), {
      ...callers.policySets(call.principal, call.accessKeyId),
      resource,
    });
  }

  /** The policies that apply to a request: the principal's, its session's, and the resource's. */
  policySets(request: AuthorizationRequest, accessKeyId?: string): PolicySets {
    const sets = this.#parts.callers.policySets(request.principal, accessKeyId);
    const resource = this.#resourcePolicies?.(request);
    return resource === undefined ? sets : { ...sets, resource };
  }

  #requestOf(call: CallContext, { action, resource, context: more }: PermissionRequest): AuthorizationRequest {
    const context = { ...this.callContext(call), ...resourceContext(resource), ...more };
    return { principal: call.principal, action, resource, context };
  }

  /** The decision for a principal outside of a call; what a connection tells (address, TLS) is absent. */
  decideFor(principal: Principal, request: PermissionRequest, region = "us-east-1"): Decision {
    const { callers, clock } = this.#parts;
    const facts = {
      nowMs: clock.now(),
      region,
      secureTransport: false,
      principalTags: callers.principalTags(principal),
    };
    const context = {
      ...principalContext(principal, facts),
      ...resourceContext(request.resource),
      ...request.context,
    };
    const full = { principal, action: request.action, resource: request.resource, context };
    return decide(full, this.policySets(full));
  }

  /** Whether a call's principal may do something to a role, of whatever account, that its trust policy decides. */
  decideTrust(
    call: CallContext,
    resource: string,
    trust: readonly CompiledPolicy[],
    request: { readonly action: string; readonly context: ContextValues },
  ): Decision {
    const { callers } = this.#parts;
    const context = { ...this.callContext(call), ...resourceContext(resource), ...request.context };
    const full = { principal: call.principal, action: request.action, resource, context };
    return decideAssumeRole(full, { ...callers.policySets(call.principal, call.accessKeyId), resource: trust });
  }

  /** The global condition keys of a call. */
  callContext(call: CallContext): ContextValues {
    const { callers } = this.#parts;
    return principalContext(call.principal, {
      nowMs: call.now,
      region: call.region,
      secureTransport: call.secureTransport,
      ...(call.sourceIp === undefined ? {} : { sourceIp: call.sourceIp }),
      ...(call.userAgent === undefined ? {} : { userAgent: call.userAgent }),
      ...callers.sessionFacts(call.accessKeyId),
      principalTags: callers.principalTags(call.principal, call.accessKeyId),
    });
  }

  /** Remembers a denial and throws it. */
  refuse(decision: Decision, call?: CallContext): never {
    const { principal, action, resource } = decision.request;
    this.refuseWith({ principal, action, resource, message: denialMessage(decision), decision }, call);
  }

  /** Remembers a denial that has no policy behind it, and throws it. */
  refuseWith(
    denial: {
      readonly principal: Principal;
      readonly action: string;
      readonly resource: string;
      readonly message: string;
      readonly decision?: Decision;
    },
    call?: CallContext,
  ): never {
    const { random, clock, log, sealer, onDecision } = this.#parts;
    const remembered: RememberedDecision = {
      ...denial,
      id: uuid(random),
      at: clock.now(),
      principal: principalName(denial.principal),
      ...(call === undefined ? {} : { requestId: call.requestId }),
    };
    log.remember(remembered);
    onDecision?.(remembered);
    const { decision } = denial;
    const encoded =
      call?.service === "ec2" && decision !== undefined ? { encodedMessage: encodedMessage(sealer, decision) } : {};
    throw new CommonAwsError("AccessDenied", denial.message, { members: { decisionId: remembered.id, ...encoded } });
  }

  /** GetSessionToken credentials without a second factor cannot call IAM, nor most of STS (documented). */
  #refuseBareSessionToken(call: CallContext): void {
    const session = this.#parts.directory.sessions.get(call.accessKeyId);
    if (session === undefined || (session.kind !== "user" && session.kind !== "root")) return;
    if (call.service === "iam" && session.mfaAt === undefined && session.signedIn !== true) {
      throw new CommonAwsError("UnknownKey", "The security token included in the request is invalid");
    }
    if (call.service === "sts" && !FOR_BARE_SESSIONS.has(call.operation)) {
      throw new CommonAwsError("AccessDenied", `Cannot call ${call.operation} with session credentials`);
    }
  }
}

/** `aws:ResourceAccount`, for resources that have an account. */
function resourceContext(resource: string): ContextValues {
  const account = parseArn(resource)?.account;
  return account === undefined || !/^\d{12}$/.test(account) ? {} : { "aws:ResourceAccount": account };
}
