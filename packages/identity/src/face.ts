import type { Clock, ContextValues, Logger, PermissionRequest, Principal, Random } from "@hotkeep/core";
import type { CompiledPolicy, Decision } from "@hotkeep/policy";
import type {
  AuditRecord,
  Authorizer,
  CallContext,
  CredentialSource,
  ServiceHandlers,
  SessionFacts,
} from "@hotkeep/protocols";
import type { StateStore } from "@hotkeep/state";
import type { SessionOrigin } from "./audit/user-identity.js";
import type { ResourcePolicies } from "./decisions/decider.js";
import type { DecisionLog, RememberedDecision } from "./decisions/decision-log.js";
import type { Sealer } from "./sealing/sealer.js";
import type { ChangeListener } from "./spreading.js";

/** What {@link openIdentity} needs. */
export interface IdentityOptions {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly sealer: Sealer;
  /** Twelve digits. */
  readonly account: string;
  /** Limits on everybody in the account; absent: there are none. */
  readonly serviceControl?: ServiceControlPolicies;
  /** Told of every denial, after it was put into the decision log. */
  readonly onDecision?: (decision: RememberedDecision) => void;
  /** Told when a service assumed a role, or was refused, for an audit trail: no router sees that. */
  readonly audit?: (record: AuditRecord) => void;
}

/** A service control policy. */
export interface ServiceControlPolicy {
  /** As denials and explanations call it. */
  readonly name: string;
  readonly document: string;
}

/**
 * Service control policies, level by level (organization, unit, account): every level must allow what anybody in the
 * account does, root included; sessions of service-linked roles are free of them (documented). No level may be empty.
 */
export type ServiceControlPolicies = readonly (readonly ServiceControlPolicy[])[];

/** A long-term key as it is shown once. */
export interface NewAccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Temporary credentials that a service got for a role. */
export interface ServiceSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** `arn:aws:sts::ACCOUNT:assumed-role/RoleName/Session` */
  readonly arn: string;
}

/** A service's wish to act as a role. */
export interface ServiceAssumeRoleRequest {
  /** Service principal, e.g. `dax.amazonaws.com`. */
  readonly service: string;
  readonly roleArn: string;
  readonly sessionName: string;
  /** The resource for which the service acts; becomes `aws:SourceArn`, its account `aws:SourceAccount`. */
  readonly sourceArn?: string;
  /** 900 to 43200; not bound by the role's MaxSessionDuration (documented). */
  readonly durationSeconds: number;
}

/** What other rooms may know of a role. */
export interface RoleFacts {
  readonly arn: string;
  readonly name: string;
  /** `AROA…` */
  readonly id: string;
  /** The service that the role is linked to, for service-linked roles. */
  readonly linkedService?: string;
}

/** What keeps a service-linked role in use, by Region. */
export interface RoleUsage {
  readonly region: string;
  readonly resources: readonly string[];
}

/** A policy's text and where it applies, as the control feed carries it. */
export interface CallerPolicy {
  readonly kind: "identity" | "boundary" | "session" | "service-control";
  /** Of a service control policy: its level, from 0; every level must allow. */
  readonly level?: number;
  /** Managed policy ARN, or the inline policy's name. */
  readonly name: string;
  /** ARN of the user, group or role that carries it. */
  readonly carrier?: string;
  readonly document: string;
}

/** Everything a node may know of a caller: never the secret key. The shape of the control feed's `Caller`. */
export interface CallerFacts {
  readonly accessKeyId: string;
  readonly principal: Principal;
  /** SHA-256 (hex) of the session token that must come along; absent for long-term keys. */
  readonly sessionTokenSha256?: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number;
  /** When the user showed a second factor for the session, in milliseconds since the epoch. */
  readonly mfaAt?: number;
  /** SigV4 signing key for service `dax` as hex, for this date (YYYYMMDD) and Region. */
  readonly signingKey: string;
  readonly signingDate: string;
  readonly signingRegion: string;
  readonly policies: readonly CallerPolicy[];
  /** Condition keys that belong to the principal and session. */
  readonly context: ContextValues;
}

/** What a committed change means for those who keep copies. */
export interface IdentityChange {
  /** Keys whose {@link CallerFacts} may have changed, also keys that came or went. */
  readonly accessKeyIds: readonly string[] | "all";
  /** Roles whose trust, permissions or existence changed: sessions of them should be got anew. */
  readonly roleArns: readonly string[];
}

/** A use of a key that was decided elsewhere: on a cache node. */
export interface RemoteUse {
  readonly accessKeyId: string;
  /** `dax:GetItem` */
  readonly action: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly region: string;
}

/** Who stands behind a key, for an audit trail. */
export interface KeyOwner {
  readonly principal: Principal;
  /** Of temporary credentials. */
  readonly session?: SessionFacts;
  readonly origin?: SessionOrigin;
}

/** What identities know of policies that hang on resources of other rooms. */
export interface PolicyPrincipals {
  /**
   * A policy's text with the ARNs of users and roles as their unique ids, so that one made anew under an old name is
   * another (documented). Undefined when it names a user or role that does not exist.
   */
  bind(document: string): string | undefined;
  /** The text as it is shown: ids as ARNs while their users and roles exist. */
  show(document: string): string;
  /** Whether a call would be allowed something if these were the policies of the resource. */
  wouldAllow(call: CallContext, request: PermissionRequest, policies: readonly CompiledPolicy[]): boolean;
}

/** What somebody who signs in to the console gives. */
export interface SignInRequest {
  /** Number or alias of the account; absent: the home account. */
  readonly account?: string;
  readonly userName: string;
  readonly password: string;
  /** Of an MFA device, where the user has one. */
  readonly code?: string;
  /** In place of a password that must be changed. */
  readonly newPassword?: string;
  /** Wrong tries are counted by user and address. */
  readonly sourceIp: string;
}

/** What becomes of it. */
export type SignInAnswer =
  | {
      readonly kind: "session";
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken: string;
      /** Milliseconds since the epoch. */
      readonly expiresAt: number;
      readonly userArn: string;
      readonly userId: string;
      /** A code of an MFA device was shown. */
      readonly code: boolean;
    }
  /** Something is wrong; without `userArn` nobody has that name or the user has no password. */
  | { readonly kind: "refused"; readonly message: string; readonly userArn?: string; readonly userId?: string }
  /** The password is right, but more is needed in the next try. */
  | { readonly kind: "incomplete"; readonly newPassword: boolean; readonly code: boolean }
  | { readonly kind: "new-password-refused"; readonly message: string }
  | { readonly kind: "too-many"; readonly message: string };

/** Identities of one account: IAM, STS, and the decisions over them. */
export interface Identity {
  readonly account: string;
  /** The operations of `iam` and `sts`, for the router. */
  readonly handlers: readonly ServiceHandlers[];
  /** Active keys and sessions, from memory. */
  readonly credentials: CredentialSource;
  readonly authorizer: Authorizer;
  /** The last denials, by decision id. */
  readonly decisions: DecisionLog;
  /** Decides as the authorizer would, with the principal's policies of now, without side effects. */
  decideFor(principal: Principal, request: PermissionRequest): Decision;
  /** Makes the decisions heed policies on resources. There is one such source; until it is given there are none. */
  useResourcePolicies(find: ResourcePolicies): void;
  readonly policyPrincipals: PolicyPrincipals;
  /**
   * For calls about which something must first be asked elsewhere: throws the denial of a call that is denied whatever
   * the values of `unknownKeys` (condition keys, any letter case). What passes is still to be authorised.
   *
   * @throws CommonAwsError `AccessDenied`
   */
  refuseEarly(call: CallContext, requests: readonly PermissionRequest[], unknownKeys: readonly string[]): void;
  /**
   * Temporary credentials for a service acting as a role, if the role's trust policy lets it.
   *
   * @throws CommonAwsError `AccessDenied` with `User: … is not authorized to perform: sts:AssumeRole on resource: …`.
   */
  assumeRoleForService(request: ServiceAssumeRoleRequest): Promise<ServiceSession>;
  /** Ends temporary credentials before their time; nothing happens when they are gone. */
  endSession(accessKeyId: string): Promise<void>;
  /** Whether the role exists and its trust policy lets the service assume it. */
  serviceMayAssume(roleArn: string, service: string, sourceArn?: string): boolean;
  /** The role with exactly this ARN, path included. */
  findRole(roleArn: string): RoleFacts | undefined;
  /** The role that is linked to a service, if the account has it. `account`: this one when absent. */
  findServiceLinkedRole(service: string, account?: string): RoleFacts | undefined;
  /**
   * The service's linked role; made when absent, if `caller` may `iam:CreateServiceLinkedRole` (no caller: the house
   * itself asks, as when an older data directory is opened).
   *
   * @throws CommonAwsError `AccessDenied`
   * @throws AwsError `InvalidInputException` when a customer's role has taken the name.
   */
  ensureServiceLinkedRole(
    service: string,
    options: { readonly caller?: CallContext; readonly account?: string },
  ): Promise<RoleFacts>;
  /**
   * As {@link Identity.ensureServiceLinkedRole}, then runs `work` while no deletion of the role can begin: what `work`
   * writes is seen by the deletion's usage check.
   */
  withServiceLinkedRole<T>(
    service: string,
    options: { readonly caller?: CallContext },
    work: (role: RoleFacts) => Promise<T>,
  ): Promise<T>;
  /**
   * Registers who knows what still uses a service's linked role, and takes up deletions that a stop interrupted.
   * Without a checker only open sessions of the role count.
   */
  onServiceLinkedRoleDeletion(service: string, usage: (account: string) => Promise<readonly RoleUsage[]>): void;
  /** undefined: no such active key. `signing.date` is YYYYMMDD. */
  callerFacts(
    accessKeyId: string,
    signing: { readonly date: string; readonly region: string },
  ): CallerFacts | undefined;
  /**
   * Calls `listener` after every commit that changes what callers or roles may do. Returns the way to stop it. An IAM or
   * STS call is answered after the promises that listeners gave have settled.
   */
  onChange(listener: ChangeListener): () => void;
  /** Makes a key of the account's root user. @throws AwsError `LimitExceededException` when there are two. */
  createRootKey(): Promise<NewAccessKey>;
  /** Makes the first root key; undefined when the account has a key of any kind already. */
  ensureRoot(): Promise<NewAccessKey | undefined>;
  /**
   * Notes uses that nodes report, for the times of last use of keys and roles and for the access advisor. Keys that are
   * gone are passed over; times that have not come yet count as now.
   */
  noteUses(uses: readonly RemoteUse[]): void;
  /**
   * Signs a user in with the password of its login profile, and a code where it has an MFA device: temporary credentials
   * for twelve hours, with which it is the user. Wrong tries are bounded, and who is unknown is told what one with a wrong
   * password is told, after as long a time.
   */
  signIn(request: SignInRequest): Promise<SignInAnswer>;
  /** Whether the account has this number or alias. */
  isCalled(name: string): boolean;
  /** Whose a key is, active or not, and what its session tells; undefined when it is unknown. */
  ownerOf(accessKeyId: string): KeyOwner | undefined;
  /** Stops timers and listening, and waits for what is being written. Leaves the store open. */
  close(): Promise<void>;
}

/** An account of this house. */
export interface AccountView {
  /** Twelve digits. */
  readonly account: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** The identities of all accounts of one house, each apart from the others. What names no account is the home account's. */
export interface Accounts extends Identity {
  /** Accounts are made and listed by operations of `hotkeep`, for the router. */
  readonly ownHandlers: ServiceHandlers;
  /** Whether there is such an account here. */
  has(account: string): boolean;
  /** The home account first, the others by their numbers. */
  list(): readonly AccountView[];
  /**
   * Makes an account with a root key, the only one it has.
   *
   * @throws AwsError `AccountAlreadyExistsException`, `LimitExceededException`
   */
  createAccount(account: string, name: string): Promise<NewAccessKey>;
}
