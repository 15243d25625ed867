import { AwsError, permission, type Random } from "@hotkeep/core";
import { type HotkeepOperations, type NamedOperation, operationsOf } from "@hotkeep/protocols";
import type { Accounts } from "../face.js";

const operation = operationsOf<HotkeepOperations>();
const digits = 12;

/** Making and listing accounts: operations of Hotkeep's own service, for people of the home account alone. */
export function accountOperations(
  accounts: Pick<Accounts, "account" | "list" | "has" | "createAccount">,
  random: Random,
): readonly NamedOperation[] {
  const requireHome = (account: string): void => {
    if (account === accounts.account) return;
    const message = `Accounts are made and listed from account ${accounts.account} alone.`;
    throw new AwsError("AccessDeniedException", message, { status: 400 });
  };
  return [
    operation("CreateAccount", {
      needs: () => [permission("hotkeep:CreateAccount", "*")],
      async handle(input, call) {
        requireHome(call.account);
        const account = input.AccountId ?? freeAccount(accounts, random);
        const { accessKeyId, secretAccessKey } = await accounts.createAccount(account, input.AccountName ?? account);
        return { AccountId: account, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey };
      },
    }),

    operation("ListAccounts", {
      needs: () => [permission("hotkeep:ListAccounts", "*")],
      handle(_input, call) {
        requireHome(call.account);
        return {
          Accounts: accounts.list().map(({ account, name, createdAt }) => ({
            AccountId: account,
            AccountName: name,
            CreatedAt: new Date(createdAt),
          })),
        };
      },
    }),
  ];
}

function freeAccount(accounts: Pick<Accounts, "has">, random: Random): string {
  for (;;) {
    const text = [...random.bytes(digits)].map((byte) => byte % 10).join("");
    if (!text.startsWith("0") && !accounts.has(text)) return text;
  }
}
