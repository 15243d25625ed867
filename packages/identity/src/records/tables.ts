import type * as records from "./types.js";

/** A kind of record in the store: where it is and under which key. */
export interface Table<T> {
  readonly name: string;
  /** Names are unique ignoring case; ids are kept as they are. */
  key(nameOrId: string): string;
  /** Only for types: what is in it. */
  readonly example?: T;
}

function named<T>(name: string): Table<T> {
  return { name, key: (text) => text.toLowerCase() };
}

function identified<T>(name: string): Table<T> {
  return { name, key: (text) => text };
}

/** What is stored once. */
export const accounts = identified<records.AccountRecord>("account");
/** Users. */
export const users = named<records.UserRecord>("user");
/** Groups. */
export const groups = named<records.GroupRecord>("group");
/** Roles. */
export const roles = named<records.RoleRecord>("role");
/** Customer managed policies, by name without path: that is what is unique. */
export const policies = named<records.PolicyRecord>("policy");
/** Instance profiles. */
export const instanceProfiles = named<records.InstanceProfileRecord>("instance-profile");
/** Long-term keys. */
export const accessKeys = identified<records.AccessKeyRecord>("access-key");
/** Temporary credentials. */
export const sessions = identified<records.SessionRecord>("session");
/** By key id or role id. */
export const lastUses = identified<records.LastUsedRecord>("last-used");
/** By `ENTITY-ID/SERVICE`. */
export const accesses = identified<records.AccessRecord>("access");
/** Deletions of service-linked roles. */
export const deletionTasks = identified<records.DeletionTaskRecord>("role-deletion");
/** By user id. */
export const loginProfiles = identified<records.LoginProfileRecord>("login-profile");
/** By serial number: path and name together are unique. */
export const mfaDevices = named<records.MfaDeviceRecord>("mfa-device");
/** By ARN. */
export const oidcProviders = identified<records.OidcProviderRecord>("oidc-provider");
/** By name. */
export const samlProviders = named<records.SamlProviderRecord>("saml-provider");

/** The one record of {@link accounts}. */
export const accountKey = "settings";
