import type { Change, Json, StateReader } from "@hotkeep/state";
import { prefixRange } from "@hotkeep/state";
import type { Table } from "../records/tables.js";
import * as tables from "../records/tables.js";
import type * as records from "../records/types.js";
import { Arns } from "./arns.js";
import { Collection } from "./collection.js";

/** One record as it was and is; undefined when it did not or does not exist. */
export interface RecordChange {
  readonly table: string;
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** How many records are read from the store at a time when it is opened. */
const loadPageMax = 1000;

/** The accounts of the house, for principals that are named in another one's policies. */
export interface Neighbourhood {
  /** The directory of the account in which the named user or role is; undefined when it is not in this house. */
  directoryOf(arn: string): Directory | undefined;
  /** ARN of the user or role with a unique id, in whatever account. */
  arnOf(uniqueId: string): string | undefined;
}

/**
 * The account's records in memory, for synchronous decisions: filled from the store at start, kept current by its
 * change feed. A committed change is in here before the writer hears of it.
 */
export class Directory {
  readonly arns: Arns;
  readonly accounts = new Collection<records.AccountRecord>({});
  readonly users = new Collection<records.UserRecord, "id" | "attached" | "boundary" | "group">({
    id: ({ id }) => [id],
    attached: ({ attached }) => attached,
    boundary: ({ boundary }) => (boundary === undefined ? [] : [boundary]),
    group: ({ groups }) => groups,
  });
  readonly groups = new Collection<records.GroupRecord, "id" | "attached">({
    id: ({ id }) => [id],
    attached: ({ attached }) => attached,
  });
  readonly roles = new Collection<records.RoleRecord, "id" | "attached" | "boundary" | "linkedService">({
    id: ({ id }) => [id],
    attached: ({ attached }) => attached,
    boundary: ({ boundary }) => (boundary === undefined ? [] : [boundary]),
    linkedService: ({ linkedService }) => (linkedService === undefined ? [] : [linkedService]),
  });
  readonly policies = new Collection<records.PolicyRecord, "arn">({ arn: ({ arn }) => [arn] });
  readonly instanceProfiles = new Collection<records.InstanceProfileRecord>({});
  readonly accessKeys = new Collection<records.AccessKeyRecord, "owner">({ owner: ({ ownerId }) => [ownerId] });
  readonly sessions = new Collection<records.SessionRecord, "owner">({ owner: ({ ownerId }) => [ownerId] });
  readonly lastUses = new Collection<records.LastUsedRecord>({});
  readonly accesses = new Collection<records.AccessRecord, "entity">({ entity: ({ entityId }) => [entityId] });
  readonly deletionTasks = new Collection<records.DeletionTaskRecord>({});
  readonly loginProfiles = new Collection<records.LoginProfileRecord>({});
  readonly mfaDevices = new Collection<records.MfaDeviceRecord>({});
  readonly oidcProviders = new Collection<records.OidcProviderRecord>({});
  readonly samlProviders = new Collection<records.SamlProviderRecord>({});

  readonly neighbours: Neighbourhood;
  readonly #prefix: string;
  readonly #collections: ReadonlyMap<string, { set(key: string, record: never): unknown }>;

  /** @param neighbours the accounts of the house, this one to be among them */
  constructor(account: string, prefix: string, neighbours: Neighbourhood) {
    this.neighbours = neighbours;
    this.arns = new Arns(account);
    this.#prefix = prefix;
    const pairs: readonly (readonly [Table<unknown>, { set(key: string, record: never): unknown }])[] = [
      [tables.accounts, this.accounts],
      [tables.users, this.users],
      [tables.groups, this.groups],
      [tables.roles, this.roles],
      [tables.policies, this.policies],
      [tables.instanceProfiles, this.instanceProfiles],
      [tables.accessKeys, this.accessKeys],
      [tables.sessions, this.sessions],
      [tables.lastUses, this.lastUses],
      [tables.accesses, this.accesses],
      [tables.deletionTasks, this.deletionTasks],
      [tables.loginProfiles, this.loginProfiles],
      [tables.mfaDevices, this.mfaDevices],
      [tables.oidcProviders, this.oidcProviders],
      [tables.samlProviders, this.samlProviders],
    ];
    this.#collections = new Map(pairs.map(([table, collection]) => [table.name, collection]));
  }

  /** Reads everything there is. */
  async load(store: StateReader): Promise<void> {
    const range = prefixRange(this.#prefix, loadPageMax);
    for (let start = range.start; ; ) {
      const page = await store.range({ ...range, start });
      for (const { key, value } of page) this.#set(key, value);
      if (page.length < loadPageMax) return;
      // The next key after one is the same with a zero character.
      start = `${page.at(-1)!.key}\0`;
    }
  }

  /** Takes in a committed transaction; returns what it changed here. */
  apply(change: Change): readonly RecordChange[] {
    const changes: RecordChange[] = [];
    for (const { key, value } of change.entries) {
      const applied = this.#set(key, value);
      if (applied !== undefined) changes.push(applied);
    }
    return changes;
  }

  user(name: string): records.UserRecord | undefined {
    return this.users.get(name.toLowerCase());
  }

  group(name: string): records.GroupRecord | undefined {
    return this.groups.get(name.toLowerCase());
  }

  role(name: string): records.RoleRecord | undefined {
    return this.roles.get(name.toLowerCase());
  }

  instanceProfile(name: string): records.InstanceProfileRecord | undefined {
    return this.instanceProfiles.get(name.toLowerCase());
  }

  mfaDevice(serial: string): records.MfaDeviceRecord | undefined {
    return this.mfaDevices.get(serial.toLowerCase());
  }

  settings(): records.AccountRecord | undefined {
    return this.accounts.get(tables.accountKey);
  }

  userArn({ path, name }: { readonly path: string; readonly name: string }): string {
    return this.arns.user(path, name);
  }

  roleArn({ path, name }: { readonly path: string; readonly name: string }): string {
    return this.arns.role(path, name);
  }

  groupArn({ path, name }: { readonly path: string; readonly name: string }): string {
    return this.arns.group(path, name);
  }

  carrierArn(carrier: records.UserRecord | records.GroupRecord | records.RoleRecord): string {
    return this.arns[carrier.kind](carrier.path, carrier.name);
  }

  /** The role with exactly this ARN, path and letter case included. */
  roleByArn(arn: string): records.RoleRecord | undefined {
    const role = this.role(arn.slice(arn.lastIndexOf("/") + 1));
    return role !== undefined && this.roleArn(role) === arn ? role : undefined;
  }

  /** The user with exactly this ARN. */
  userByArn(arn: string): records.UserRecord | undefined {
    const user = this.user(arn.slice(arn.lastIndexOf("/") + 1));
    return user !== undefined && this.userArn(user) === arn ? user : undefined;
  }

  /** The group with exactly this ARN. */
  groupByArn(arn: string): records.GroupRecord | undefined {
    const group = this.group(arn.slice(arn.lastIndexOf("/") + 1));
    return group !== undefined && this.groupArn(group) === arn ? group : undefined;
  }

  /** A user's groups, in the order of joining. */
  groupsOf(user: records.UserRecord): readonly records.GroupRecord[] {
    return user.groups.flatMap((id) => this.groups.one("id", id) ?? []);
  }

  #set(key: string, value: Json | undefined): RecordChange | undefined {
    if (!key.startsWith(this.#prefix)) return undefined;
    const slash = key.indexOf("/", this.#prefix.length);
    const table = key.slice(this.#prefix.length, slash);
    // A copy: every call looks records up, and a slice of a longer text is slow to compare.
    const record = Buffer.from(key.slice(slash + 1)).toString();
    const before = this.#collections.get(table)?.set(record, value as never);
    return { table, key: record, before, after: value };
  }
}
