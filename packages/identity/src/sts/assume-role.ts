import { type ContextValues, parseArn, principalName } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import type { Directory } from "../directory/directory.js";
import { validation } from "../errors.js";
import { requestTags } from "../iam/needs.js";
import type { Realm } from "../realm.js";
import type { RoleRecord, SessionRecord } from "../records/types.js";
import { type OperationFamily, operation } from "./operation.js";
import { packedSize, sessionPolicies } from "./session-policies.js";
import { sessionTags } from "./session-tags.js";
import { credentialsShape } from "./shapes.js";

const durationDefaultSeconds = 3600;
const chainedSecondsMax = 3600;

/** @throws CommonAwsError `Validation` for what is no role's ARN (text observed). */
export function checkRoleArn(arn: string): void {
  const parts = parseArn(arn);
  if (parts?.service !== "iam" || !parts.resource.startsWith("role/")) throw validation(`${arn} is invalid`);
}

/** A role that does not exist is denied like one that does not trust the caller. */
function requireTrusting(realm: Realm, there: Directory, call: CallContext, roleArn: string): RoleRecord {
  const role = there.roleByArn(roleArn);
  if (role !== undefined) return role;
  const { principal } = call;
  const message =
    principal.kind === "root"
      ? "Roles may not be assumed by root accounts."
      : `User: ${principalName(principal)} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
  return realm.decider.refuseWith({ principal, action: "sts:AssumeRole", resource: roleArn, message }, call);
}

/** @throws CommonAwsError `Validation` for a session longer than the role, or role chaining, lets it be. */
export function checkDuration(role: RoleRecord, seconds: number, chained: boolean): void {
  if (seconds > role.maxSessionSeconds) {
    throw validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  if (chained && seconds > chainedSecondsMax) {
    throw validation(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    );
  }
}

/** A source identity stays with everything that follows from the session it was set in (documented). */
function sourceIdentityOf(wanted: string | undefined, calling: SessionRecord | undefined): string | undefined {
  const inherited = calling?.sourceIdentity;
  if (inherited !== undefined && wanted !== undefined && wanted !== inherited) {
    throw validation("The SourceIdentity of a session cannot be changed by assuming another role.");
  }
  return wanted ?? inherited;
}

/** Temporary credentials of roles. */
export const assumeRoleOperations: OperationFamily = (realm) => {
  const { decider } = realm;
  return [
    operation("AssumeRole", {
      // Nothing before the role's trust policy has been asked: `handle` decides.
      needs: () => [],
      handle: async (input, call) => {
        const { RoleArn, RoleSessionName, DurationSeconds = durationDefaultSeconds, ExternalId } = input;
        checkRoleArn(RoleArn);
        // The caller's policies are at home, the role and its trust policy may be in another account of this house.
        const there = realm.neighbours.ofArn(RoleArn) ?? realm;
        const role = requireTrusting(realm, there.directory, call, RoleArn);
        const calling = realm.directory.sessions.get(call.accessKeyId);
        const tags = sessionTags(input, calling);
        const mfaAt = await realm.secondFactor.shown(call, input);
        const sourceIdentity = sourceIdentityOf(input.SourceIdentity, calling);
        const context: ContextValues = {
          ...requestTags(input.Tags),
          ...Object.fromEntries(role.tags.map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, Value])),
          ...Object.fromEntries(role.tags.map(({ Key, Value }) => [`iam:ResourceTag/${Key}`, Value])),
          "sts:RoleSessionName": RoleSessionName,
          ...(ExternalId === undefined ? {} : { "sts:ExternalId": ExternalId }),
          ...(sourceIdentity === undefined ? {} : { "sts:SourceIdentity": sourceIdentity }),
          ...(tags.transitiveTagKeys.length === 0 ? {} : { "sts:TransitiveTagKeys": tags.transitiveTagKeys }),
          // The factor counts for this decision only: sessions of roles carry no MFA facts (documented).
          ...(mfaAt === undefined ? {} : { "aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "0" }),
        };
        const actions = [
          "sts:AssumeRole",
          ...(tags.tags.length === 0 ? [] : ["sts:TagSession"]),
          ...(sourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
        ];
        for (const action of actions) {
          const decision = decider.decideTrust(call, RoleArn, there.book.trust(role), { action, context });
          if (decision.outcome !== "allowed") decider.refuse(decision, call);
        }
        checkDuration(role, DurationSeconds, call.principal.kind === "role-session");
        const policies = sessionPolicies(there, input);
        const session = {
          kind: "role" as const,
          ownerId: role.id,
          name: RoleSessionName,
          ...tags,
          ...(policies === undefined ? {} : { policies }),
          ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
        };
        const issued = await there.sessions.issue(session, DurationSeconds);
        return {
          Credentials: credentialsShape(issued),
          AssumedRoleUser: {
            AssumedRoleId: `${role.id}:${RoleSessionName}`,
            Arn: there.directory.arns.roleSession(role.name, RoleSessionName),
          },
          ...packedSize(session),
          ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
        };
      },
    }),
  ];
};
