import { CommonAwsError, permission } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import { requestTags } from "../iam/needs.js";
import type { Realm } from "../realm.js";
import { type OperationFamily, operation } from "./operation.js";
import { packedSize, sessionPolicies } from "./session-policies.js";
import { sessionTags } from "./session-tags.js";
import { credentialsShape } from "./shapes.js";

const durationDefaultSeconds = 43_200;
const rootSecondsMax = 3600;

/** Tokens are for those who have a long-term key (documented). */
function refuseSessions(realm: Realm, call: CallContext): void {
  if (realm.directory.sessions.get(call.accessKeyId) === undefined) return;
  throw new CommonAwsError("AccessDenied", `Cannot call ${call.operation} with session credentials`);
}

function ownerOf(
  realm: Realm,
  { principal }: CallContext,
): { readonly kind: "user" | "root"; readonly ownerId: string } {
  if (principal.kind === "user") return { kind: "user", ownerId: principal.id };
  return { kind: "root", ownerId: realm.account };
}

function duration(call: CallContext, wanted: number | undefined): number {
  const seconds = wanted ?? durationDefaultSeconds;
  // Root's sessions last an hour, whatever was asked for (documented).
  return call.principal.kind === "root" ? Math.min(seconds, rootSecondsMax) : seconds;
}

/** Temporary credentials for those who have a long-term key. */
export const tokenOperations: OperationFamily = (realm) => {
  const { directory, sessions } = realm;
  return [
    operation("GetSessionToken", {
      // Needs no permission: it proves who one is (documented).
      needs: () => [],
      handle: async ({ DurationSeconds, ...factor }, call) => {
        refuseSessions(realm, call);
        const mfaAt = await realm.secondFactor.shown(call, factor);
        const session = {
          ...ownerOf(realm, call),
          tags: [],
          transitiveTagKeys: [],
          ...(mfaAt === undefined ? {} : { mfaAt }),
        };
        const issued = await sessions.issue(session, duration(call, DurationSeconds));
        return { Credentials: credentialsShape(issued) };
      },
    }),

    operation("GetFederationToken", {
      needs: ({ Name, Tags }) => {
        const arn = directory.arns.federatedUser(Name);
        const context = requestTags(Tags);
        const token = permission("sts:GetFederationToken", arn, context);
        return Tags === undefined || Tags.length === 0 ? [token] : [token, permission("sts:TagSession", arn, context)];
      },
      handle: async (input, call) => {
        refuseSessions(realm, call);
        const { Name, DurationSeconds } = input;
        const policies = sessionPolicies(realm, input);
        const { ownerId } = ownerOf(realm, call);
        const session = {
          kind: "federated-user" as const,
          ownerId,
          name: Name,
          ...sessionTags(input, undefined),
          ...(policies === undefined ? {} : { policies }),
        };
        const issued = await sessions.issue(session, duration(call, DurationSeconds));
        return {
          Credentials: credentialsShape(issued),
          FederatedUser: { FederatedUserId: `${realm.account}:${Name}`, Arn: directory.arns.federatedUser(Name) },
          ...packedSize(session),
        };
      },
    }),
  ];
};
