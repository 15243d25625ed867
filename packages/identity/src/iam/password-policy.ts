import { noSuchEntity } from "../errors.js";
import { silentPolicy } from "../passwords/policy.js";
import { accountKey, accounts } from "../records/tables.js";
import type { PasswordPolicyRecord } from "../records/types.js";
import { onNothing } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";

function policyShape(policy: PasswordPolicyRecord) {
  return {
    MinimumPasswordLength: policy.minimumLength,
    RequireSymbols: policy.symbols,
    RequireNumbers: policy.numbers,
    RequireUppercaseCharacters: policy.uppercase,
    RequireLowercaseCharacters: policy.lowercase,
    AllowUsersToChangePassword: policy.usersMayChange,
    ExpirePasswords: policy.maxAgeDays !== undefined,
    ...(policy.maxAgeDays === undefined ? {} : { MaxPasswordAge: policy.maxAgeDays }),
    ...(policy.reusePrevention === undefined ? {} : { PasswordReusePrevention: policy.reusePrevention }),
    HardExpiry: policy.hardExpiry,
  };
}

/** What the account asks of its users' passwords. */
export const passwordPolicyOperations: OperationFamily = ({ account, directory, records }) => {
  const missing = () => noSuchEntity(`The Password Policy with domain name ${account} cannot be found.`);
  return [
    operation("GetAccountPasswordPolicy", {
      needs: () => [onNothing("GetAccountPasswordPolicy")],
      handle: () => {
        const policy = directory.settings()?.passwordPolicy;
        if (policy === undefined) throw missing();
        return { PasswordPolicy: policyShape(policy) };
      },
    }),

    operation("UpdateAccountPasswordPolicy", {
      needs: () => [onNothing("UpdateAccountPasswordPolicy")],
      handle: async (input) => {
        const passwordPolicy: PasswordPolicyRecord = {
          minimumLength: input.MinimumPasswordLength ?? silentPolicy.minimumLength,
          symbols: input.RequireSymbols ?? silentPolicy.symbols,
          numbers: input.RequireNumbers ?? silentPolicy.numbers,
          uppercase: input.RequireUppercaseCharacters ?? silentPolicy.uppercase,
          lowercase: input.RequireLowercaseCharacters ?? silentPolicy.lowercase,
          usersMayChange: input.AllowUsersToChangePassword ?? silentPolicy.usersMayChange,
          hardExpiry: input.HardExpiry ?? silentPolicy.hardExpiry,
          ...(input.MaxPasswordAge === undefined ? {} : { maxAgeDays: input.MaxPasswordAge }),
          ...(input.PasswordReusePrevention === undefined ? {} : { reusePrevention: input.PasswordReusePrevention }),
        };
        await records.edit(async (tx) => {
          const settings = (await tx.get(accounts, accountKey))!;
          tx.put(accounts, accountKey, { ...settings, passwordPolicy });
        });
        return {};
      },
    }),

    operation("DeleteAccountPasswordPolicy", {
      needs: () => [onNothing("DeleteAccountPasswordPolicy")],
      handle: async () => {
        await records.edit(async (tx) => {
          const { passwordPolicy, ...settings } = (await tx.get(accounts, accountKey))!;
          if (passwordPolicy === undefined) throw missing();
          tx.put(accounts, accountKey, settings);
        });
        return {};
      },
    }),
  ];
};
