/** Quotas of IAM (documented): what one account may hold. */
export const quotas = {
  /** Of one house (ours). */
  accounts: 100,
  users: 5000,
  groups: 300,
  roles: 1000,
  policies: 1500,
  instanceProfiles: 1000,
  accessKeysPerUser: 2,
  groupsPerUser: 10,
  attachedPolicies: 10,
  versionsPerPolicy: 5,
  tagsPerEntity: 50,
  accountAliases: 1,
  rolesPerInstanceProfile: 1,
  managedPolicyCharacters: 6144,
  trustPolicyCharacters: 2048,
  userInlineCharacters: 2048,
  groupInlineCharacters: 5120,
  roleInlineCharacters: 10240,
  sessionPolicyCharacters: 2048,
  sessionPolicyArns: 10,
  mfaDevicesPerUser: 8,
  /** Of which each user can have its quota; ours, AWS names no number. */
  mfaDevices: 5000 * 8,
  oidcProviders: 100,
  clientIdsPerProvider: 100,
  thumbprintsPerProvider: 5,
  samlProviders: 100,
} as const;

/** Most temporary credentials alive at a time. */
export const sessionsMax = 50_000;
/** How long an expired session is remembered, so that its holder hears that it expired. */
export const expiredSessionMs = 60 * 60 * 1000;
/** How often expired sessions and old deletion tasks are swept out of the store. */
export const sweepIntervalMs = 60_000;
/** Most records that one sweep deletes in one transaction. */
export const sweepRecordsMax = 1000;
/** How long a finished role deletion task can be asked about; tools poll it. */
export const deletionTaskMs = 7 * 24 * 60 * 60 * 1000;
/** Most deletion tasks kept at a time. */
export const deletionTasksMax = 1000;
/** Denials kept for `hotkeep explain`; the oldest go first. */
export const rememberedDecisionsMax = 5000;
/** A key's or role's "last used" and each action's last access are written at most so often. */
export const lastUsedIntervalMs = 60_000;
/** Most actions remembered for one user or role and service. */
export const accessedActionsMax = 500;
/** Access reports kept for asking; the oldest go first. */
export const accessReportsMax = 100;
/** Above so many affected keys a change says "all". */
export const changedKeysMax = 1000;
/** Most action and resource pairs that one simulation answers. */
export const simulatedPairsMax = 10_000;
/** Hashes of earlier passwords kept; more can never be asked for. */
export const earlierPasswordsMax = 24;
/** How long a credential report is good for (documented). */
export const credentialReportMs = 4 * 60 * 60 * 1000;
/** Wrong codes of one MFA device in {@link mfaAttemptsMs} after which right ones do not count either. */
export const mfaWrongCodesMax = 10;
/** How long wrong codes are remembered. */
export const mfaAttemptsMs = 5 * 60 * 1000;
/** Devices whose wrong codes are remembered; the oldest go first. */
export const mfaWatchedDevicesMax = 10_000;
/** Levels of service control policies: an organization's root, five units in each other, the account (documented). */
export const serviceControlLevelsMax = 7;
/** Service control policies on one level (documented: 5 by default). */
export const serviceControlPoliciesMax = 10;
/** Characters of a service control policy, white space not counted. */
export const serviceControlCharactersMax = 10_240;
/** Accesses that are known to be written down lately; with more of them all are looked up anew. */
export const freshAccessesMax = 20_000;
/** Permissions kept as settled; with more of them all are decided anew. */
export const settledPermissionsMax = 20_000;
/** Wrong passwords for one user from one address in {@link signInAttemptsMs} after which right ones do not count either. */
export const signInWrongMax = 10;
/** How long wrong passwords are remembered. */
export const signInAttemptsMs = 5 * 60 * 1000;
/** Users and addresses whose wrong passwords are remembered; the oldest go first. */
export const signInWatchedMax = 10_000;
/** Passwords compared at once: each takes 32 MiB and tens of milliseconds, and strangers can ask for it. */
export const signInsAtOnceMax = 4;
/** How long somebody stays signed in (documented: up to twelve hours). */
export const signInSeconds = 12 * 60 * 60;
