import type { ContextValues } from "@hotkeep/core";
import { decideAssumeRole } from "@hotkeep/policy";
import type { CallContext } from "@hotkeep/protocols";
import { validation } from "../errors.js";
import { requestTags } from "../iam/needs.js";
import { inlineKeys } from "../providers/inline-keys.js";
import { checkClaims, invalidToken, isSignedBy, issuerOf, readToken, sessionClaims } from "../providers/token.js";
import type { Realm } from "../realm.js";
import type { OidcProviderRecord, RoleRecord } from "../records/types.js";
import { checkDuration, checkRoleArn } from "./assume-role.js";
import { type OperationFamily, operation } from "./operation.js";
import { packedSize, sessionPolicies } from "./session-policies.js";
import { sessionTags } from "./session-tags.js";
import { credentialsShape } from "./shapes.js";

const durationDefaultSeconds = 3600;
const ACTION = "sts:AssumeRoleWithWebIdentity";

function providerOf({ directory }: Realm, issuer: string): OidcProviderRecord {
  const url = issuer.replace(/^https:\/\//, "").replace(/\/$/, "");
  const provider = directory.oidcProviders.get(directory.arns.oidcProvider(url));
  if (provider === undefined) throw invalidToken(`No OpenIDConnect provider found in your account for ${issuer}`);
  return provider;
}

/** The trust policy decides alone, about nobody in particular who comes with this provider's word. */
function requireTrust(
  realm: Realm,
  call: CallContext,
  asked: {
    readonly role: RoleRecord | undefined;
    readonly roleArn: string;
    readonly provider: OidcProviderRecord;
    readonly actions: readonly string[];
    readonly context: ContextValues;
  },
): RoleRecord {
  const { decider, book, directory } = realm;
  const { role, roleArn: resource, provider, actions } = asked;
  const principal = { kind: "anonymous" as const };
  for (const action of actions) {
    const refuse = { principal, action, resource, message: `Not authorized to perform ${action}` };
    // A role that does not exist is denied like one that does not trust the provider.
    if (role === undefined) return decider.refuseWith(refuse, call);
    const context = {
      ...decider.callContext({ ...call, principal }),
      "aws:ResourceAccount": directory.arns.account,
      "aws:FederatedProvider": provider.arn,
      ...Object.fromEntries(role.tags.map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, Value])),
      ...asked.context,
    };
    const sets = { identity: [], resource: book.trust(role) };
    const decision = decideAssumeRole({ principal, action, resource, context }, sets, {
      federatedProvider: provider.arn,
    });
    if (decision.outcome !== "allowed") return decider.refuseWith({ ...refuse, decision }, call);
  }
  return role!;
}

/** Temporary credentials for those who come with a token of an OpenID Connect provider. */
export const webIdentityOperations: OperationFamily = (realm) => {
  const { directory, sessions, clock } = realm;
  return [
    operation("AssumeRoleWithWebIdentity", {
      unsigned: true,
      // The token and the role's trust policy decide, in `handle`.
      needs: () => [],
      handle: async (input, call) => {
        const { RoleArn, RoleSessionName, WebIdentityToken, DurationSeconds = durationDefaultSeconds } = input;
        if (input.ProviderId !== undefined) {
          throw validation("ProviderId is for OAuth 2.0 access tokens; OpenID Connect ID tokens name their issuer.");
        }
        checkRoleArn(RoleArn);
        const token = readToken(WebIdentityToken);
        const provider = providerOf(realm, issuerOf(token));
        if (!isSignedBy(token, inlineKeys(provider.tags))) {
          throw invalidToken("Couldn't verify the token's signature with the keys of your identity provider");
        }
        const identified = checkClaims(token, provider.clientIds, clock.now());
        const { sourceIdentity, ...wanted } = sessionClaims(token);
        const tags = sessionTags(wanted, undefined);
        const role = requireTrust(realm, call, {
          role: directory.roleByArn(RoleArn),
          roleArn: RoleArn,
          provider,
          actions: [
            ACTION,
            ...(tags.tags.length === 0 ? [] : ["sts:TagSession"]),
            ...(sourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
          ],
          context: {
            ...requestTags(wanted.Tags),
            [`${provider.url}:aud`]: identified.audience,
            [`${provider.url}:sub`]: identified.subject,
            ...(identified.methods.length === 0 ? {} : { [`${provider.url}:amr`]: identified.methods }),
            "sts:RoleSessionName": RoleSessionName,
            ...(sourceIdentity === undefined ? {} : { "sts:SourceIdentity": sourceIdentity }),
            ...(tags.transitiveTagKeys.length === 0 ? {} : { "sts:TransitiveTagKeys": tags.transitiveTagKeys }),
          },
        });
        checkDuration(role, DurationSeconds, false);
        const policies = sessionPolicies(realm, input);
        const session = {
          kind: "role" as const,
          ownerId: role.id,
          name: RoleSessionName,
          federatedProvider: provider.arn,
          ...tags,
          ...(policies === undefined ? {} : { policies }),
          ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
        };
        const issued = await sessions.issue(session, DurationSeconds);
        return {
          Credentials: credentialsShape(issued),
          SubjectFromWebIdentityToken: identified.subject,
          AssumedRoleUser: {
            AssumedRoleId: `${role.id}:${RoleSessionName}`,
            Arn: directory.arns.roleSession(role.name, RoleSessionName),
          },
          ...packedSize(session),
          Provider: identified.issuer,
          Audience: identified.audience,
          ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
        };
      },
    }),
  ];
};
