import { AwsError, parseArn } from "@hotkeep/core";
import { prefixRange } from "@hotkeep/state";
import { Neighbours } from "../directory/neighbours.js";
import type { Accounts, AccountView, Identity, IdentityOptions, NewAccessKey } from "../face.js";
import { quotas } from "../limits.js";
import { openIdentity } from "../open.js";
import type { Realm } from "../realm.js";
import { dispatching } from "./dispatch.js";
import { accountOperations } from "./operations.js";

const prefix = "accounts/";

/** An alias: the store takes JSON. */
type StoredAccount = { readonly name: string; readonly createdAt: number };

/**
 * Opens the identities of every account of the house: `options.account`, its home account, and those that were made
 * later. Each has records, keys, roles and decisions of its own; only a role's trust policy lets anybody cross over.
 *
 * @throws HotkeepError as {@link openIdentity} does
 */
export async function openAccounts(options: IdentityOptions): Promise<Accounts> {
  const { store, clock, account: home } = options;
  const neighbours = new Neighbours<Realm>();
  const open = (account: string) => openIdentity({ ...options, account }, neighbours);
  const views = new Map<string, AccountView>([[home, { account: home, name: "home", createdAt: clock.now() }]]);
  for (const { key, value } of await store.range(prefixRange(prefix))) {
    const account = key.slice(prefix.length);
    views.set(account, { account, ...(value as StoredAccount) });
  }
  const identities = new Map<string, Identity>();
  for (const account of views.keys()) identities.set(account, await open(account));
  return new House(options, identities, views, open);
}

class House implements Accounts {
  readonly account: string;
  readonly handlers: Accounts["handlers"];
  readonly ownHandlers: Accounts["ownHandlers"];
  readonly credentials: Accounts["credentials"];
  readonly authorizer: Accounts["authorizer"];
  readonly policyPrincipals: Accounts["policyPrincipals"];
  readonly #options: IdentityOptions;
  readonly #identities: Map<string, Identity>;
  readonly #views: Map<string, AccountView>;
  readonly #open: (account: string) => Promise<Identity>;
  /** What every account is told when it comes: who listens, who knows what is in use. */
  readonly #arrivals = new Set<(identity: Identity) => void>();
  readonly #making = new Set<string>();

  constructor(
    options: IdentityOptions,
    identities: Map<string, Identity>,
    views: Map<string, AccountView>,
    open: (account: string) => Promise<Identity>,
  ) {
    this.#options = options;
    this.#identities = identities;
    this.#views = views;
    this.#open = open;
    this.account = options.account;
    this.handlers = dispatching(this.#home, (account) => this.#of(account));
    this.ownHandlers = { service: "hotkeep", operations: accountOperations(this, options.random) };
    this.credentials = { find: (accessKeyId) => this.#first((one) => one.credentials.find(accessKeyId)) };
    this.authorizer = {
      authorize: (call, requests) => this.#of(call.account).authorizer.authorize(call, requests),
    };
    const { bind, show } = this.#home.policyPrincipals;
    this.policyPrincipals = {
      bind,
      show,
      wouldAllow: (call, request, policies) =>
        this.#of(call.account).policyPrincipals.wouldAllow(call, request, policies),
    };
  }

  get decisions(): Identity["decisions"] {
    return this.#home.decisions;
  }

  has(account: string): boolean {
    return this.#identities.has(account);
  }

  list(): readonly AccountView[] {
    const [home, ...others] = this.#views.values();
    return [home!, ...others.sort((a, b) => (a.account < b.account ? -1 : 1))];
  }

  async createAccount(account: string, name: string): Promise<NewAccessKey> {
    if (this.has(account) || this.#making.has(account)) {
      throw new AwsError("AccountAlreadyExistsException", `There is an account ${account} already.`, { status: 400 });
    }
    if (this.#identities.size + this.#making.size >= quotas.accounts) {
      const message = `There are ${this.#identities.size} accounts, and no more may be made.`;
      throw new AwsError("LimitExceededException", message, { status: 400 });
    }
    this.#making.add(account);
    try {
      const { store, clock } = this.#options;
      const stored: StoredAccount = { name, createdAt: clock.now() };
      const identity = await this.#open(account);
      const key = await identity.createRootKey();
      await store.transact(async (transaction) => transaction.put(prefix + account, stored));
      this.#identities.set(account, identity);
      this.#views.set(account, { account, ...stored });
      for (const arrive of this.#arrivals) arrive(identity);
      return key;
    } finally {
      this.#making.delete(account);
    }
  }

  decideFor(...request: Parameters<Identity["decideFor"]>): ReturnType<Identity["decideFor"]> {
    const [principal] = request;
    return this.#of("account" in principal ? principal.account : this.account).decideFor(...request);
  }

  refuseEarly(...request: Parameters<Identity["refuseEarly"]>): void {
    this.#of(request[0].account).refuseEarly(...request);
  }

  useResourcePolicies(find: Parameters<Identity["useResourcePolicies"]>[0]): void {
    this.#tellAll((identity) => identity.useResourcePolicies(find));
  }

  assumeRoleForService(...request: Parameters<Identity["assumeRoleForService"]>) {
    return this.#ofArn(request[0].roleArn).assumeRoleForService(...request);
  }

  async endSession(accessKeyId: string): Promise<void> {
    const owner = this.#all.find((one) => one.ownerOf(accessKeyId) !== undefined);
    await owner?.endSession(accessKeyId);
  }

  serviceMayAssume(roleArn: string, service: string, sourceArn?: string): boolean {
    return this.#ofArn(roleArn).serviceMayAssume(roleArn, service, sourceArn);
  }

  findRole(roleArn: string) {
    return this.#ofArn(roleArn).findRole(roleArn);
  }

  findServiceLinkedRole(service: string, account = this.account) {
    return this.#of(account).findServiceLinkedRole(service);
  }

  ensureServiceLinkedRole(...request: Parameters<Identity["ensureServiceLinkedRole"]>) {
    const [, { caller, account }] = request;
    return this.#of(caller?.account ?? account ?? this.account).ensureServiceLinkedRole(...request);
  }

  withServiceLinkedRole: Identity["withServiceLinkedRole"] = (service, options, work) =>
    this.#of(options.caller?.account ?? this.account).withServiceLinkedRole(service, options, work);

  onServiceLinkedRoleDeletion(...request: Parameters<Identity["onServiceLinkedRoleDeletion"]>): void {
    this.#tellAll((identity) => identity.onServiceLinkedRoleDeletion(...request));
  }

  callerFacts(...request: Parameters<Identity["callerFacts"]>) {
    return this.#first((one) => one.callerFacts(...request));
  }

  onChange(listener: Parameters<Identity["onChange"]>[0]): () => void {
    const undo: (() => void)[] = [];
    const arrive = this.#tellAll((identity) => void undo.push(identity.onChange(listener)));
    return () => {
      this.#arrivals.delete(arrive);
      for (const stop of undo) stop();
    };
  }

  createRootKey(): Promise<NewAccessKey> {
    return this.#home.createRootKey();
  }

  ensureRoot(): Promise<NewAccessKey | undefined> {
    return this.#home.ensureRoot();
  }

  noteUses(uses: Parameters<Identity["noteUses"]>[0]): void {
    // Each account passes over keys that are not its own.
    for (const identity of this.#all) identity.noteUses(uses);
  }

  isCalled(name: string): boolean {
    return this.#home.isCalled(name);
  }

  signIn(request: Parameters<Identity["signIn"]>[0]): ReturnType<Identity["signIn"]> {
    const { account } = request;
    const named = account === undefined ? undefined : this.#all.find((identity) => identity.isCalled(account));
    // Home refuses what nobody is called, after as long a time as a wrong password takes.
    return (named ?? this.#home).signIn(request);
  }

  ownerOf(accessKeyId: string) {
    return this.#first((one) => one.ownerOf(accessKeyId));
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((identity) => identity.close()));
  }

  get #home(): Identity {
    return this.#identities.get(this.#options.account)!;
  }

  get #all(): readonly Identity[] {
    return [...this.#identities.values()];
  }

  /** Whoever calls has been found by a key, so the account is there; an unknown one is nobody's but home's to refuse. */
  #of(account: string): Identity {
    return this.#identities.get(account) ?? this.#home;
  }

  #ofArn(arn: string): Identity {
    return this.#of(parseArn(arn)?.account ?? this.account);
  }

  #first<T>(look: (identity: Identity) => T | undefined): T | undefined {
    for (const identity of this.#identities.values()) {
      const found = look(identity);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Also those accounts that come later. */
  #tellAll(tell: (identity: Identity) => void): (identity: Identity) => void {
    for (const identity of this.#all) tell(identity);
    this.#arrivals.add(tell);
    return tell;
  }
}
