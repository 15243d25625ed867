/** One policy of an account, as its text. */
export interface PolicyText {
  /** Managed policy ARN, or the inline policy's name. */
  readonly name: string;
  /** ARN of the user, group or role that carries it, when it is not the principal itself. */
  readonly carrier?: string;
  readonly document: string;
}

/** What users and roles have in common. */
export interface SnapshotPrincipal {
  /** `arn:aws:iam::ACCOUNT:user/…` or `arn:aws:iam::ACCOUNT:role/…` */
  readonly arn: string;
  readonly name: string;
  /** `AIDA…` or `AROA…` */
  readonly id: string;
  /** Every identity policy: inline and attached, a user's groups' included. */
  readonly policies: readonly PolicyText[];
  readonly boundary?: PolicyText;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A role: a principal that also says who may become it. */
export interface SnapshotRole extends SnapshotPrincipal {
  /** Its trust policy, as text. */
  readonly trust: string;
  /** Service control policies do not limit it. */
  readonly serviceLinked?: boolean;
}

/** A DAX cluster and the role with which it goes to the tables. */
export interface SnapshotCluster {
  /** `arn:aws:dax:REGION:ACCOUNT:cache/name` */
  readonly arn: string;
  readonly name: string;
  readonly serviceRoleArn: string;
}

/** A table and the policy on it. */
export interface SnapshotTable {
  /** `arn:aws:dynamodb:REGION:ACCOUNT:table/Name` */
  readonly arn: string;
  /** The policy on the table, which decides about its indexes, too. */
  readonly resourcePolicy?: PolicyText;
}

/** All that reach and findings are computed from: an account at one moment. Plain data, so it can be exported. */
export interface AccountSnapshot {
  /** 12 digits. */
  readonly account: string;
  readonly users: readonly SnapshotPrincipal[];
  readonly roles: readonly SnapshotRole[];
  readonly clusters: readonly SnapshotCluster[];
  readonly tables: readonly SnapshotTable[];
  /** Service control policies, level by level; every level must allow. Service-linked roles are free of them. */
  readonly serviceControl?: readonly (readonly PolicyText[])[];
}
