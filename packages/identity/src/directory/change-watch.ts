import type { IdentityChange } from "../face.js";
import { changedKeysMax } from "../limits.js";
import * as tables from "../records/tables.js";
import type {
  AccessKeyRecord,
  GroupRecord,
  PolicyRecord,
  RoleRecord,
  SessionRecord,
  UserRecord,
} from "../records/types.js";
import type { Directory, RecordChange } from "./directory.js";

/** Works out whom a committed change concerns: whose keys, and which roles. */
export class ChangeReach {
  readonly #directory: Directory;
  readonly #keys = new Set<string>();
  readonly #roles = new Set<string>();

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  /** Undefined when nobody's permissions or credentials are concerned. */
  static of(directory: Directory, changes: readonly RecordChange[]): IdentityChange | undefined {
    const reach = new ChangeReach(directory);
    for (const change of changes) reach.#add(change);
    if (reach.#keys.size === 0 && reach.#roles.size === 0) return undefined;
    const all = reach.#keys.size > changedKeysMax;
    return { accessKeyIds: all ? "all" : [...reach.#keys], roleArns: [...reach.#roles] };
  }

  #add({ table, before, after }: RecordChange): void {
    for (const record of [before, after]) {
      if (record === undefined) continue;
      if (table === tables.users.name) this.#user(record as UserRecord);
      else if (table === tables.roles.name) this.#role(record as RoleRecord);
      else if (table === tables.groups.name) this.#group(record as GroupRecord);
      else if (table === tables.policies.name) this.#policy(record as PolicyRecord);
      else if (table === tables.accessKeys.name) this.#keys.add((record as AccessKeyRecord).id);
      // A new session concerns nobody who could have asked for it before.
      else if (table === tables.sessions.name && after === undefined) this.#keys.add((record as SessionRecord).id);
    }
  }

  #user(user: UserRecord): void {
    for (const id of user.keys) this.#keys.add(id);
    this.#sessions(user.id);
  }

  #role(role: RoleRecord): void {
    this.#roles.add(this.#directory.roleArn(role));
    this.#sessions(role.id);
  }

  #group(group: GroupRecord): void {
    for (const user of this.#directory.users.where("group", group.id)) this.#user(user);
  }

  #policy({ arn }: PolicyRecord): void {
    const { users, groups, roles } = this.#directory;
    for (const group of groups.where("attached", arn)) this.#group(group);
    for (const index of ["attached", "boundary"] as const) {
      for (const user of users.where(index, arn)) this.#user(user);
      for (const role of roles.where(index, arn)) this.#role(role);
    }
    for (const session of this.#directory.sessions.values()) {
      if (session.policies?.some((policy) => policy.arn === arn) === true) this.#keys.add(session.id);
    }
  }

  #sessions(ownerId: string): void {
    for (const { id } of this.#directory.sessions.where("owner", ownerId)) this.#keys.add(id);
  }
}
