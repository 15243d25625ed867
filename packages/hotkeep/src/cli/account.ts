import { resolve } from "node:path";
import { readCredentialsFile, writeCredentialsFile } from "../gateway/credentials-file.js";
import { dataDirectoryAt } from "../gateway/data-directory.js";
import { callOwnService, type OwnServiceFlags } from "./own-service.js";

/** Makes an account, keeps its root key as a profile in the data directory's credentials file, and prints which. */
export async function createAccount(
  flags: OwnServiceFlags & { readonly account?: string; readonly name?: string },
): Promise<void> {
  const made = await callOwnService(flags, "CreateAccount", {
    ...(flags.account !== undefined && { AccountId: flags.account }),
    ...(flags.name !== undefined && { AccountName: flags.name }),
  });
  const { credentials } = dataDirectoryAt(resolve(flags.data ?? process.env.HOTKEEP_DATA ?? ".hotkeep"));
  const profile = `root-${made.AccountId}`;
  const key = { accessKeyId: made.AccessKeyId!, secretAccessKey: made.SecretAccessKey! };
  writeCredentialsFile(credentials, { ...readCredentialsFile(credentials), [profile]: key });
  process.stdout.write(`${made.AccountId}  profile ${profile} in ${credentials}\n`);
}

/** Prints every account, the home account first. */
export async function listAccounts(flags: OwnServiceFlags): Promise<void> {
  const { Accounts = [] } = await callOwnService(flags, "ListAccounts", {});
  for (const { AccountId, AccountName } of Accounts) process.stdout.write(`${AccountId}  ${AccountName}\n`);
}
