import { resolve } from "node:path";
import { HotkeepError } from "@hotkeep/core";
import { readCredentialsFile, writeCredentialsFile } from "../gateway/credentials-file.js";
import { dataDirectoryAt } from "../gateway/data-directory.js";
import { callOwnService, type OwnServiceFlags } from "./own-service.js";

/**
 * Makes an account, keeps its root key as a profile in the data directory's credentials file, and prints which.
 *
 * @throws HotkeepError `BadArgument`
 */
export async function createAccount(
  flags: OwnServiceFlags & { readonly account?: string; readonly name?: string },
): Promise<void> {
  if (flags.account !== undefined && !/^[1-9]\d{11}$/.test(flags.account)) {
    throw new HotkeepError("BadArgument", `\`${flags.account}\` cannot be the id of an account`, {
      help: "give twelve digits of which the first is not 0, or leave --account out and get any that are free",
    });
  }
  if (flags.name !== undefined && !/^[\w .@+-]{1,64}$/.test(flags.name)) {
    throw new HotkeepError("BadArgument", `\`${flags.name}\` cannot be the name of an account`, {
      help: "give 1 to 64 letters, digits, spaces and _ . @ + -, or leave --name out and it is called by its number",
    });
  }
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
