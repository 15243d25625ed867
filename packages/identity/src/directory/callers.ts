import type { ContextValues, Logger, Principal } from "@hotkeep/core";
import type { CallFacts, PolicySets } from "@hotkeep/policy";
import {
  type Credential,
  type CredentialSource,
  type SessionFacts as RequestSessionFacts,
  signingKey,
} from "@hotkeep/protocols";
import type { CallerFacts, KeyOwner } from "../face.js";
import type { AccessKeyRecord, RoleRecord, SessionRecord, TagRecord, UserRecord } from "../records/types.js";
import type { Sealer } from "../sealing/sealer.js";
import type { Directory } from "./directory.js";
import type { PolicyBook } from "./policy-book.js";

/** The secret parts of temporary credentials. */
export interface SessionSecrets {
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** What a secret is sealed for: the key id, so that no secret can be moved to another key. */
export function sealingPurpose(accessKeyId: string): string {
  return `access-key/${accessKeyId}`;
}

/** What the router and the audit trail are told of a session. */
function requestFacts({ issuedAt, mfaAt, sourceIdentity }: SessionRecord): RequestSessionFacts {
  return {
    issuedAt,
    ...(mfaAt === undefined ? {} : { multiFactorAuth: true }),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  };
}

/** Whether service control policies limit somebody: everybody of the account but its service-linked roles (documented). */
function isUnderControl(principal: Principal, carrier: UserRecord | RoleRecord | undefined): boolean {
  if (principal.kind === "service" || principal.kind === "anonymous") return false;
  return carrier?.kind !== "role" || carrier.linkedService === undefined;
}

/** Turns access key ids into principals with everything that hangs on them, synchronously and as of now. */
export class Callers implements CredentialSource {
  readonly #directory: Directory;
  readonly #book: PolicyBook;
  readonly #sealer: Sealer;
  readonly #logger: Logger;
  // Opening a seal is paid once a record; records are replaced when they change.
  readonly #opened = new WeakMap<object, string>();
  /** Of users' long-term keys, with the records that they were made of. */
  readonly #credentials = new WeakMap<
    AccessKeyRecord,
    { readonly user: UserRecord; readonly credential: Credential }
  >();

  constructor(parts: {
    readonly directory: Directory;
    readonly book: PolicyBook;
    readonly sealer: Sealer;
    readonly logger: Logger;
  }) {
    this.#directory = parts.directory;
    this.#book = parts.book;
    this.#sealer = parts.sealer;
    this.#logger = parts.logger;
  }

  find(accessKeyId: string): Credential | undefined {
    const key = this.#directory.accessKeys.get(accessKeyId);
    if (key !== undefined) return this.#longTerm(key);
    const session = this.#directory.sessions.get(accessKeyId);
    return session === undefined ? undefined : this.#temporary(session);
  }

  /** The principal of temporary credentials; undefined when its user or role is gone. */
  sessionPrincipal(session: SessionRecord): Principal | undefined {
    const { arns } = this.#directory;
    const { account } = arns;
    const name = session.name ?? "";
    switch (session.kind) {
      case "root":
        return { kind: "root", account };
      case "user":
        return this.#userPrincipal(session.ownerId);
      case "federated-user": {
        const gone = session.ownerId !== account && this.#directory.users.one("id", session.ownerId) === undefined;
        return gone ? undefined : { kind: "federated-user", account, arn: arns.federatedUser(name), name };
      }
      case "role": {
        const role = this.#directory.roles.one("id", session.ownerId);
        if (role === undefined) return undefined;
        const facts = { account, roleArn: this.#directory.roleArn(role), roleId: role.id, roleName: role.name };
        return { kind: "role-session", ...facts, arn: arns.roleSession(role.name, name), sessionName: name };
      }
    }
  }

  /** Whose a key is, active or not; undefined when it is unknown or its owner gone. */
  principalOf(accessKeyId: string): Principal | undefined {
    const key = this.#directory.accessKeys.get(accessKeyId);
    if (key !== undefined) {
      const { account } = this.#directory.arns;
      return key.ownerId === account ? { kind: "root", account } : this.#userPrincipal(key.ownerId);
    }
    const session = this.#directory.sessions.get(accessKeyId);
    return session === undefined ? undefined : this.sessionPrincipal(session);
  }

  /** See {@link import("../face.js").Identity.ownerOf}. */
  ownerOf(accessKeyId: string): KeyOwner | undefined {
    const principal = this.principalOf(accessKeyId);
    const session = this.#directory.sessions.get(accessKeyId);
    if (principal === undefined || session === undefined) return principal === undefined ? undefined : { principal };
    const { heldBy, federatedProvider } = session;
    const origin = { ...heldBy, ...(federatedProvider === undefined ? {} : { federatedProvider }) };
    return { principal, session: requestFacts(session), origin };
  }

  /** Changes when the policies of anybody may have changed. */
  get policiesGeneration(): number {
    return this.#book.generation;
  }

  /** The policies that apply to a principal; `accessKeyId` brings in those of its session. */
  policySets(principal: Principal, accessKeyId?: string): PolicySets {
    const session = accessKeyId === undefined ? undefined : this.#directory.sessions.get(accessKeyId);
    const sessionPolicies = session === undefined ? undefined : this.#book.session(session);
    const carrier = this.#carrier(principal, session);
    const boundary = carrier === undefined ? undefined : this.#book.boundary(carrier);
    const serviceControl = isUnderControl(principal, carrier) ? this.#book.serviceControl() : [];
    return {
      identity: carrier === undefined ? [] : this.#book.identity(carrier),
      ...(boundary === undefined ? {} : { boundary }),
      ...(sessionPolicies === undefined ? {} : { session: sessionPolicies }),
      ...(serviceControl.length === 0 ? {} : { serviceControl }),
    };
  }

  /** Tags of the user, or of the role overridden by the session's. */
  principalTags(principal: Principal, accessKeyId?: string): Readonly<Record<string, string>> {
    const session = accessKeyId === undefined ? undefined : this.#directory.sessions.get(accessKeyId);
    const own = principal.kind === "federated-user" ? [] : (this.#carrier(principal, session)?.tags ?? []);
    const merged = new Map<string, TagRecord>();
    for (const tag of [...own, ...(session?.tags ?? [])]) merged.set(tag.Key.toLowerCase(), tag);
    return Object.fromEntries([...merged.values()].map(({ Key, Value }) => [Key, Value]));
  }

  /** The session part of a call's facts. */
  sessionFacts(accessKeyId: string): Pick<CallFacts, "session"> {
    const session = this.#directory.sessions.get(accessKeyId);
    if (session === undefined) return {};
    const { issuedAt: issuedAtMs, mfaAt: mfaAtMs, sourceIdentity, federatedProvider } = session;
    return {
      session: {
        issuedAtMs,
        ...(mfaAtMs === undefined ? {} : { mfaAtMs }),
        ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
        ...(federatedProvider === undefined ? {} : { federatedProvider }),
      },
    };
  }

  /** Everything a cache node may know of a caller; undefined when the key is unknown, inactive or its owner gone. */
  facts(accessKeyId: string, signing: { readonly date: string; readonly region: string }): CallerFacts | undefined {
    const credential = this.find(accessKeyId);
    if (credential === undefined) return undefined;
    const { principal } = credential;
    const session = this.#directory.sessions.get(accessKeyId);
    const carrier = this.#carrier(principal, session);
    const texts = [
      ...(carrier === undefined ? [] : this.#book.identityTexts(carrier)),
      ...(carrier === undefined ? [] : (this.#book.boundaryTexts(carrier) ?? [])),
      ...(session === undefined ? [] : (this.#book.sessionTexts(session) ?? [])),
      ...(isUnderControl(principal, carrier) ? this.#book.serviceControlTexts().flat() : []),
    ];
    return {
      accessKeyId,
      principal,
      ...(session === undefined
        ? {}
        : { sessionTokenSha256: session.sessionTokenSha256, expiresAt: session.expiresAt }),
      ...(session?.mfaAt === undefined ? {} : { mfaAt: session.mfaAt }),
      signingKey: signingKey(credential.secretAccessKey, signing.date, signing.region, "dax").toString("hex"),
      signingDate: signing.date,
      signingRegion: signing.region,
      policies: texts,
      context: this.#context(principal, accessKeyId),
    };
  }

  #context(principal: Principal, accessKeyId: string): ContextValues {
    const context: Record<string, string> = {};
    for (const [key, value] of Object.entries(this.principalTags(principal, accessKeyId))) {
      context[`aws:PrincipalTag/${key}`] = value;
    }
    const { session } = this.sessionFacts(accessKeyId);
    if (session === undefined) return context;
    context["aws:TokenIssueTime"] = `${new Date(session.issuedAtMs).toISOString().slice(0, 19)}Z`;
    context["aws:MultiFactorAuthPresent"] = String(session.mfaAtMs !== undefined);
    if (session.sourceIdentity !== undefined) context["aws:SourceIdentity"] = session.sourceIdentity;
    if (session.federatedProvider !== undefined) context["aws:FederatedProvider"] = session.federatedProvider;
    return context;
  }

  /** The user or role whose policies a principal has. */
  #carrier(principal: Principal, session: SessionRecord | undefined): UserRecord | RoleRecord | undefined {
    switch (principal.kind) {
      case "user":
        return this.#directory.users.one("id", principal.id);
      case "role-session":
        return this.#directory.roles.one("id", principal.roleId);
      case "federated-user":
        // The session ends in the permissions of the user who asked for it.
        return session === undefined ? undefined : this.#directory.users.one("id", session.ownerId);
      default:
        return undefined;
    }
  }

  #userPrincipal(id: string): Principal | undefined {
    const user = this.#directory.users.one("id", id);
    if (user === undefined) return undefined;
    const { account } = this.#directory.arns;
    return { kind: "user", account, arn: this.#directory.userArn(user), id, name: user.name };
  }

  #longTerm(key: AccessKeyRecord): Credential | undefined {
    if (key.status !== "Active") return undefined;
    const user = this.#directory.users.one("id", key.ownerId);
    const known = this.#credentials.get(key);
    if (known !== undefined && known.user === user) return known.credential;
    const principal = this.principalOf(key.id);
    const secretAccessKey = principal === undefined ? undefined : this.#open(key, key.id, key.sealedSecret);
    if (principal === undefined || secretAccessKey === undefined) return undefined;
    const credential = { accessKeyId: key.id, secretAccessKey, principal };
    if (user !== undefined) this.#credentials.set(key, { user, credential });
    return credential;
  }

  #temporary(session: SessionRecord): Credential | undefined {
    const principal = this.sessionPrincipal(session);
    const text = principal === undefined ? undefined : this.#open(session, session.id, session.sealed);
    if (principal === undefined || text === undefined) return undefined;
    const { expiresAt } = session;
    const facts = requestFacts(session);
    return { accessKeyId: session.id, ...(JSON.parse(text) as SessionSecrets), principal, expiresAt, session: facts };
  }

  #open(record: object, id: string, sealed: string): string | undefined {
    const known = this.#opened.get(record);
    if (known !== undefined) return known;
    try {
      const text = this.#sealer.open(sealed, sealingPurpose(id));
      this.#opened.set(record, text);
      return text;
    } catch (error) {
      this.#logger.error("a stored secret cannot be opened: its key is refused", {
        accessKeyId: id,
        error: String(error),
      });
      return undefined;
    }
  }
}
