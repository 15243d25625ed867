/** A tag as IAM shows it; the key keeps its letter case but is unique without it. */
export interface TagRecord {
  readonly Key: string;
  readonly Value: string;
}

/** What users, groups and roles have in common: a name, and policies of their own. Times are ms since the epoch. */
export interface CarrierRecord {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly createdAt: number;
  /** ARNs of managed policies in the order they were attached. */
  readonly attached: readonly string[];
  /** Inline policies: name to text. */
  readonly inline: Readonly<Record<string, string>>;
}

/** A user. */
export interface UserRecord extends CarrierRecord {
  readonly kind: "user";
  readonly tags: readonly TagRecord[];
  /** ARN of the permissions boundary. */
  readonly boundary?: string;
  /** Ids of groups: they outlive a renaming. */
  readonly groups: readonly string[];
  readonly keys: readonly string[];
  /** Serial numbers of MFA devices; absent in records from before there were any. */
  readonly mfaDevices?: readonly string[];
}

/** A group. `members` is counted in the same transactions that change memberships, so that a delete can trust it. */
export interface GroupRecord extends CarrierRecord {
  readonly kind: "group";
  readonly members: number;
}

/** A role. */
export interface RoleRecord extends CarrierRecord {
  readonly kind: "role";
  /** Trust policy text with user and role ARNs of this account as unique ids. */
  readonly trust: string;
  readonly description?: string;
  readonly maxSessionSeconds: number;
  readonly tags: readonly TagRecord[];
  readonly boundary?: string;
  /** Names of instance profiles that hold it. */
  readonly instanceProfiles: readonly string[];
  /** Service principal to which the role is linked. */
  readonly linkedService?: string;
}

/** One version of a managed policy. */
export interface PolicyVersionRecord {
  /** `v1` */
  readonly id: string;
  readonly document: string;
  readonly createdAt: number;
}

/** A customer managed policy. The counts are kept in the transactions that attach, so that a delete can trust them. */
export interface PolicyRecord {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly description?: string;
  readonly tags: readonly TagRecord[];
  readonly versions: readonly PolicyVersionRecord[];
  readonly defaultVersion: string;
  /** Number of the next version; ids are never used again. */
  readonly nextVersion: number;
  readonly attachments: number;
  readonly boundaryUses: number;
}

/** A long-term key. */
export interface AccessKeyRecord {
  readonly id: string;
  /** Id of the user; the account number for root's. */
  readonly ownerId: string;
  readonly sealedSecret: string;
  readonly status: "Active" | "Inactive";
  readonly createdAt: number;
}

/** Whose temporary credentials they are. */
export type SessionKind = "user" | "root" | "role" | "federated-user";

/** Temporary credentials. */
export interface SessionRecord {
  readonly id: string;
  readonly kind: SessionKind;
  /** Id of the user or role; the account number for root. */
  readonly ownerId: string;
  /** Role session name or federated user name. */
  readonly name?: string;
  /** Secret key and session token, sealed. */
  readonly sealed: string;
  readonly sessionTokenSha256: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Texts of inline session policies and ARNs of managed ones; absent when none were passed. */
  readonly policies?: readonly { readonly arn?: string; readonly document?: string }[];
  readonly tags: readonly TagRecord[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
  /** When the user showed a second factor for it. */
  readonly mfaAt?: number;
  /** Somebody signed in to the console with a password: not bound by what GetSessionToken's credentials may not do. */
  readonly signedIn?: true;
  /** ARN of the identity provider whose token was exchanged for it. */
  readonly federatedProvider?: string;
  /** The service that holds it, for sessions made by {@link import("../face.js").Identity.assumeRoleForService}. */
  readonly heldBy?: { readonly service: string; readonly sourceArn?: string };
}

/** When a key or role was last used. */
export interface LastUsedRecord {
  readonly at: number;
  readonly region: string;
  readonly service: string;
}

/** What one user or role last did with one service. Attempts count, allowed or not. */
export interface AccessRecord {
  readonly entityId: string;
  /** Service namespace, e.g. `ec2`. */
  readonly service: string;
  readonly at: number;
  readonly region: string;
  /** By action name without its service, e.g. `DescribeVpcs`. */
  readonly actions: Readonly<Record<string, { readonly at: number; readonly region: string }>>;
}

/** An instance profile. */
export interface InstanceProfileRecord {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly createdAt: number;
  readonly tags: readonly TagRecord[];
  readonly roles: readonly string[];
}

/** A request to delete a service-linked role. */
export interface DeletionTaskRecord {
  readonly id: string;
  readonly service: string;
  readonly roleName: string;
  readonly roleArn: string;
  readonly status: "NOT_STARTED" | "IN_PROGRESS" | "SUCCEEDED" | "FAILED";
  readonly reason?: string;
  readonly usage?: readonly { readonly region: string; readonly resources: readonly string[] }[];
  readonly createdAt: number;
}

/** What is stored once an account. */
export interface AccountRecord {
  readonly createdAt: number;
  readonly aliases: readonly string[];
  /** Access keys of the root user. */
  readonly rootKeys: readonly string[];
  /** A known text, sealed: shows at start whether the sealing key is the right one. */
  readonly sealCheck: string;
  /** Absent: IAM's own rules hold. */
  readonly passwordPolicy?: PasswordPolicyRecord;
}

/** What the account asks of passwords. */
export interface PasswordPolicyRecord {
  readonly minimumLength: number;
  readonly symbols: boolean;
  readonly numbers: boolean;
  readonly uppercase: boolean;
  readonly lowercase: boolean;
  readonly usersMayChange: boolean;
  readonly hardExpiry: boolean;
  /** Absent: passwords do not run out. */
  readonly maxAgeDays?: number;
  /** How many earlier passwords may not come again. */
  readonly reusePrevention?: number;
}

/** A user's password for the console. */
export interface LoginProfileRecord {
  readonly userId: string;
  readonly createdAt: number;
  readonly changedAt: number;
  /** Salted scrypt hash; see `passwords/hash.ts`. */
  readonly hash: string;
  /** Hashes of passwords before it, newest first. */
  readonly earlier: readonly string[];
  readonly resetRequired: boolean;
  /** When somebody last signed in with it. */
  readonly usedAt?: number;
}

/** A virtual MFA device. */
export interface MfaDeviceRecord {
  /** `arn:aws:iam::ACCOUNT:mfa/path/name` */
  readonly serial: string;
  readonly path: string;
  readonly name: string;
  readonly createdAt: number;
  readonly tags: readonly TagRecord[];
  /** The shared secret in base32, sealed. */
  readonly sealedSeed: string;
  /** Present while it is enabled for a user. */
  readonly userId?: string;
  readonly enabledAt?: number;
  /** By how many steps of 30 s its clock goes before ours. */
  readonly driftSteps?: number;
  /** The last step whose code was accepted: no code is good twice. */
  readonly lastStep?: number;
}

/** An OpenID Connect provider. */
export interface OidcProviderRecord {
  readonly arn: string;
  /** Without `https://`, as it is part of the ARN. */
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly createdAt: number;
  /** Also hold the provider's keys; see `providers/inline-keys.ts`. */
  readonly tags: readonly TagRecord[];
}

/** A SAML provider. */
export interface SamlProviderRecord {
  readonly arn: string;
  readonly name: string;
  readonly metadata: string;
  readonly createdAt: number;
  readonly validUntil: number;
  readonly tags: readonly TagRecord[];
}
