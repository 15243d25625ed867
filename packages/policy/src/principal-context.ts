import type { ContextValues, Principal } from "@hotkeep/core";

/** What is known of temporary credentials. Long-term keys have none of it. */
export interface SessionFacts {
  /** When the credentials were issued, in milliseconds since 1970. */
  readonly issuedAtMs: number;
  /** When the user showed a second factor, in milliseconds since 1970; absent when none was shown. */
  readonly mfaAtMs?: number;
  readonly sourceIdentity?: string;
  /** The identity provider of a web-identity or SAML session. */
  readonly federatedProvider?: string;
}

/** The plain facts of one call, from which its global condition keys follow. */
export interface CallFacts {
  /** Time of the call in milliseconds since 1970. */
  readonly nowMs: number;
  /** Region of the endpoint that was called; `us-east-1` for IAM and the global STS endpoint. */
  readonly region: string;
  /** Whether this connection is encrypted. */
  readonly secureTransport: boolean;
  /** Address of the peer, as the socket gives it. */
  readonly sourceIp?: string;
  readonly userAgent?: string;
  readonly referer?: string;
  /** Present for temporary credentials. */
  readonly session?: SessionFacts;
  /** Tags of the user, or of the role overridden by the session's tags. */
  readonly principalTags?: Readonly<Record<string, string>>;
  /** The resource for which a service acts, e.g. a cluster's ARN. */
  readonly sourceArn?: string;
  /** The account for which a service acts. */
  readonly sourceAccount?: string;
}

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

function identityKeys(principal: Principal): Record<string, string> {
  switch (principal.kind) {
    case "root":
      return {
        "aws:PrincipalArn": `arn:aws:iam::${principal.account}:root`,
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalType": "Account",
        "aws:userid": principal.account,
      };
    case "user":
      return {
        "aws:PrincipalArn": principal.arn,
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalType": "User",
        "aws:userid": principal.id,
        "aws:username": principal.name,
      };
    case "role-session":
      return {
        "aws:PrincipalArn": principal.roleArn,
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalType": "AssumedRole",
        "aws:userid": `${principal.roleId}:${principal.sessionName}`,
      };
    case "federated-user":
      return {
        "aws:PrincipalArn": principal.arn,
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalType": "FederatedUser",
        "aws:userid": `${principal.account}:${principal.name}`,
      };
    case "service":
      return { "aws:PrincipalServiceName": principal.service };
    case "anonymous":
      return { "aws:PrincipalType": "Anonymous", "aws:userid": "anonymous" };
  }
}

/**
 * The global condition keys of a call. Keys that AWS leaves out (such as `aws:username` for a role session, or
 * `aws:MultiFactorAuthPresent` for long-term keys) are left out here too: policies can tell.
 */
export function principalContext(principal: Principal, facts: CallFacts): ContextValues {
  const context: Record<string, string | readonly string[]> = identityKeys(principal);
  context["aws:CurrentTime"] = `${new Date(facts.nowMs).toISOString().slice(0, 19)}Z`;
  context["aws:EpochTime"] = String(Math.floor(facts.nowMs / 1000));
  context["aws:PrincipalIsAWSService"] = String(principal.kind === "service");
  context["aws:ViaAWSService"] = "false";
  context["aws:RequestedRegion"] = facts.region;
  context["aws:SecureTransport"] = String(facts.secureTransport);
  if (facts.sourceIp !== undefined) {
    context["aws:SourceIp"] = MAPPED_IPV4.exec(facts.sourceIp)?.[1] ?? facts.sourceIp;
  }
  if (facts.userAgent !== undefined) context["aws:UserAgent"] = facts.userAgent;
  if (facts.referer !== undefined) context["aws:Referer"] = facts.referer;
  if (facts.sourceArn !== undefined) context["aws:SourceArn"] = facts.sourceArn;
  if (facts.sourceAccount !== undefined) context["aws:SourceAccount"] = facts.sourceAccount;
  const { session } = facts;
  if (session !== undefined) {
    context["aws:TokenIssueTime"] = `${new Date(session.issuedAtMs).toISOString().slice(0, 19)}Z`;
    context["aws:MultiFactorAuthPresent"] = String(session.mfaAtMs !== undefined);
    if (session.mfaAtMs !== undefined) {
      context["aws:MultiFactorAuthAge"] = String(Math.max(0, Math.floor((facts.nowMs - session.mfaAtMs) / 1000)));
    }
    if (session.sourceIdentity !== undefined) context["aws:SourceIdentity"] = session.sourceIdentity;
    if (session.federatedProvider !== undefined) context["aws:FederatedProvider"] = session.federatedProvider;
  }
  for (const [key, value] of Object.entries(facts.principalTags ?? {})) context[`aws:PrincipalTag/${key}`] = value;
  return context;
}
