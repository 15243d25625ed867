import { type Principal, principalName } from "@hotkeep/core";
import type { AuditRecord } from "@hotkeep/protocols";

/** What identity knows of a session besides its principal. */
export interface SessionOrigin {
  /** The service that holds it, e.g. `dax.amazonaws.com`. */
  readonly service?: string;
  /** The resource for which the service acts. */
  readonly sourceArn?: string;
  /** ARN of the identity provider whose token was exchanged for it. */
  readonly federatedProvider?: string;
}

/** CloudTrail's `userIdentity`: who acts, in the members that its type has (documented). */
export type UserIdentity = Readonly<Record<string, unknown>>;

type Acting = Pick<AuditRecord, "accessKeyId" | "session">;

/** `YYYY-MM-DDThh:mm:ssZ` */
export function trailTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** The attributes of temporary credentials, and who issued them. */
function sessionContext({ session }: Acting, origin: SessionOrigin | undefined, issuer?: object) {
  if (session === undefined) return {};
  const { issuedAt, multiFactorAuth = false, sourceIdentity } = session;
  const provider = origin?.federatedProvider;
  return {
    sessionContext: {
      ...(issuer === undefined ? {} : { sessionIssuer: issuer }),
      ...(provider === undefined ? {} : { webIdFederationData: { federatedProvider: provider, attributes: {} } }),
      attributes: { creationDate: trailTime(issuedAt), mfaAuthenticated: String(multiFactorAuth) },
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    },
  };
}

/**
 * Who acted. A service that holds a role's session shows as that session, `invokedBy` the service: so the second hop, from
 * the cluster to the table, names the cluster's role and DAX.
 */
export function userIdentity(principal: Principal, acting: Acting, origin: SessionOrigin | undefined): UserIdentity {
  const key = acting.accessKeyId === undefined ? {} : { accessKeyId: acting.accessKeyId };
  const arn = principalName(principal);
  switch (principal.kind) {
    case "root": {
      const { account } = principal;
      const who = { type: "Root", principalId: account, arn, accountId: account };
      return { ...who, ...key, ...sessionContext(acting, origin) };
    }
    case "user": {
      const who = { type: "IAMUser", principalId: principal.id, arn, accountId: principal.account };
      return { ...who, ...key, userName: principal.name, ...sessionContext(acting, origin) };
    }
    case "role-session": {
      const { account, roleId, roleArn, roleName, sessionName } = principal;
      const issuer = { type: "Role", principalId: roleId, arn: roleArn, accountId: account, userName: roleName };
      const who = { type: "AssumedRole", principalId: `${roleId}:${sessionName}`, arn, accountId: account };
      const invokedBy = origin?.service === undefined ? {} : { invokedBy: origin.service };
      return { ...who, ...key, ...sessionContext(acting, origin, issuer), ...invokedBy };
    }
    case "federated-user": {
      const { account, name } = principal;
      const who = { type: "FederatedUser", principalId: `${account}:${name}`, arn, accountId: account };
      return { ...who, ...key, ...sessionContext(acting, origin) };
    }
    case "service":
      return { type: "AWSService", invokedBy: principal.service };
    case "anonymous":
      return { type: "Unknown" };
  }
}

/** Who came with an identity provider's token, as far as the answer says. */
export function webIdentityUser(answer: Readonly<Record<string, unknown>>): UserIdentity {
  const { provider, audience, subjectFromWebIdentityToken: subject } = answer;
  return {
    type: "WebIdentityUser",
    principalId: `${provider}:${audience}:${subject}`,
    userName: subject,
    identityProvider: provider,
  };
}
