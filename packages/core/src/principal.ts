/** The root user of an account. */
export interface RootPrincipal {
  readonly kind: "root";
  readonly account: string;
}

/** An IAM user, with long-term keys or a GetSessionToken session (which stays the same user). */
export interface UserPrincipal {
  readonly kind: "user";
  readonly account: string;
  /** `arn:aws:iam::ACCOUNT:user/path/name` */
  readonly arn: string;
  /** `AIDA…` */
  readonly id: string;
  readonly name: string;
}

/** A session of a role. */
export interface RoleSessionPrincipal {
  readonly kind: "role-session";
  readonly account: string;
  /** `arn:aws:sts::ACCOUNT:assumed-role/RoleName/Session`: the role's path is not in it. */
  readonly arn: string;
  /** `arn:aws:iam::ACCOUNT:role/path/RoleName` */
  readonly roleArn: string;
  /** `AROA…` */
  readonly roleId: string;
  readonly roleName: string;
  readonly sessionName: string;
}

/** A GetFederationToken session. */
export interface FederatedPrincipal {
  readonly kind: "federated-user";
  readonly account: string;
  /** `arn:aws:sts::ACCOUNT:federated-user/Name` */
  readonly arn: string;
  readonly name: string;
}

/** An AWS service acting as itself, e.g. `dax.amazonaws.com`. */
export interface ServicePrincipal {
  readonly kind: "service";
  readonly service: string;
}

/** Nobody that is known. */
export interface AnonymousPrincipal {
  readonly kind: "anonymous";
}

/** Who makes a call. */
export type Principal =
  | RootPrincipal
  | UserPrincipal
  | RoleSessionPrincipal
  | FederatedPrincipal
  | ServicePrincipal
  | AnonymousPrincipal;

/** The ARN (or service name) that messages and GetCallerIdentity print for a principal. */
export function principalName(principal: Principal): string {
  switch (principal.kind) {
    case "root":
      return `arn:aws:iam::${principal.account}:root`;
    case "user":
    case "role-session":
    case "federated-user":
      return principal.arn;
    case "service":
      return principal.service;
    case "anonymous":
      return "anonymous";
  }
}
