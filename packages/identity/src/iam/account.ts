import { alreadyExists, noSuchEntity } from "../errors.js";
import { quotas } from "../limits.js";
import { accountKey, accounts } from "../records/tables.js";
import { onNothing } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { paginateInOrder } from "./page.js";

/** The alias and the summary of the account. */
export const accountOperations: OperationFamily = (realm) => {
  const { directory, records } = realm;
  return [
    operation("CreateAccountAlias", {
      needs: () => [onNothing("CreateAccountAlias")],
      handle: async ({ AccountAlias }) => {
        await records.edit(async (tx) => {
          const settings = (await tx.get(accounts, accountKey))!;
          if (settings.aliases.includes(AccountAlias)) {
            throw alreadyExists(`The account alias ${AccountAlias} already exists.`);
          }
          // A new alias takes the place of the old one (documented).
          tx.put(accounts, accountKey, { ...settings, aliases: [AccountAlias] });
        });
        return {};
      },
    }),

    operation("DeleteAccountAlias", {
      needs: () => [onNothing("DeleteAccountAlias")],
      handle: async ({ AccountAlias }) => {
        await records.edit(async (tx) => {
          const settings = (await tx.get(accounts, accountKey))!;
          if (!settings.aliases.includes(AccountAlias)) {
            throw noSuchEntity(`The account alias ${AccountAlias} cannot be found.`);
          }
          const aliases = settings.aliases.filter((alias) => alias !== AccountAlias);
          tx.put(accounts, accountKey, { ...settings, aliases });
        });
        return {};
      },
    }),

    operation("ListAccountAliases", {
      needs: () => [onNothing("ListAccountAliases")],
      handle: (input) => {
        const { items, rest } = paginateInOrder(directory.settings()?.aliases ?? [], input);
        return { AccountAliases: items, ...rest };
      },
    }),

    operation("GetAccountSummary", {
      needs: () => [onNothing("GetAccountSummary")],
      handle: () => {
        const { users, groups, roles, policies, instanceProfiles, mfaDevices, oidcProviders, samlProviders } =
          directory;
        const versions = [...policies.values()].reduce((sum, policy) => sum + policy.versions.length, 0);
        return {
          SummaryMap: {
            Users: users.size,
            UsersQuota: quotas.users,
            Groups: groups.size,
            GroupsQuota: quotas.groups,
            Roles: roles.size,
            RolesQuota: quotas.roles,
            Policies: policies.size,
            PoliciesQuota: quotas.policies,
            PolicyVersionsInUse: versions,
            PolicyVersionsInUseQuota: quotas.policies * quotas.versionsPerPolicy,
            PolicySizeQuota: quotas.managedPolicyCharacters,
            VersionsPerPolicyQuota: quotas.versionsPerPolicy,
            AttachedPoliciesPerUserQuota: quotas.attachedPolicies,
            AttachedPoliciesPerRoleQuota: quotas.attachedPolicies,
            AttachedPoliciesPerGroupQuota: quotas.attachedPolicies,
            UserPolicySizeQuota: quotas.userInlineCharacters,
            GroupPolicySizeQuota: quotas.groupInlineCharacters,
            RolePolicySizeQuota: quotas.roleInlineCharacters,
            AssumeRolePolicySizeQuota: quotas.trustPolicyCharacters,
            AccessKeysPerUserQuota: quotas.accessKeysPerUser,
            GroupsPerUserQuota: quotas.groupsPerUser,
            InstanceProfiles: instanceProfiles.size,
            InstanceProfilesQuota: quotas.instanceProfiles,
            AccountAccessKeysPresent: directory.settings()?.rootKeys.length ?? 0,
            MFADevices: mfaDevices.size,
            MFADevicesInUse: [...mfaDevices.values()].filter(({ userId }) => userId !== undefined).length,
            Providers: oidcProviders.size + samlProviders.size,
            // Root signs in with keys only, and none of the rest exist here.
            AccountMFAEnabled: 0,
            AccountPasswordPresent: 0,
            ServerCertificates: 0,
            ServerCertificatesQuota: 0,
            SigningCertificatesPerUserQuota: 0,
          },
        };
      },
    }),
  ];
};
