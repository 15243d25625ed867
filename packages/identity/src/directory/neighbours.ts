import { parseArn } from "@hotkeep/core";
import type { Directory, Neighbourhood } from "./directory.js";

/** An account of the house, as far as the others go to it. */
interface Neighbour {
  readonly account: string;
  readonly directory: Directory;
}

/** The accounts of one house, for what goes from one to another: roles assumed across, principals named in policies. */
export class Neighbours<Account extends Neighbour = Neighbour> implements Neighbourhood {
  readonly #accounts = new Map<string, Account>();

  add(account: Account): void {
    this.#accounts.set(account.account, account);
  }

  /** The account in which the named user, role or other thing is; undefined when it is not in this house. */
  ofArn(arn: string): Account | undefined {
    const account = parseArn(arn)?.account;
    return account === undefined ? undefined : this.#accounts.get(account);
  }

  directoryOf(arn: string): Directory | undefined {
    return this.ofArn(arn)?.directory;
  }

  arnOf(uniqueId: string): string | undefined {
    for (const { directory } of this.#accounts.values()) {
      const arn = arnIn(directory, uniqueId);
      if (arn !== undefined) return arn;
    }
    return undefined;
  }
}

function arnIn(directory: Directory, id: string): string | undefined {
  const user = directory.users.one("id", id);
  if (user !== undefined) return directory.userArn(user);
  const role = directory.roles.one("id", id);
  return role === undefined ? undefined : directory.roleArn(role);
}
