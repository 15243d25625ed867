import { parseArn } from "@hotkeep/core";
import type { Realm } from "../realm.js";
import type { Directory } from "./directory.js";

/** The accounts of one house, for what goes from one to another: roles assumed across, principals named in policies. */
export class Neighbours {
  readonly #realms = new Map<string, Realm>();

  add(realm: Realm): void {
    this.#realms.set(realm.account, realm);
  }

  /** The account in which the named user, role or other thing is; undefined when it is not in this house. */
  ofArn(arn: string): Realm | undefined {
    const account = parseArn(arn)?.account;
    return account === undefined ? undefined : this.#realms.get(account);
  }

  /** ARN of the user or role with a unique id, in whatever account. */
  arnOf(uniqueId: string): string | undefined {
    for (const { directory } of this.#realms.values()) {
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
