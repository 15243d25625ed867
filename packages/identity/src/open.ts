import { HotkeepError } from "@hotkeep/core";
import type { Change } from "@hotkeep/state";
import { AccessTrail } from "./decisions/access-trail.js";
import { Decider } from "./decisions/decider.js";
import { DecisionLog } from "./decisions/decision-log.js";
import { refuseEarly } from "./decisions/early-refusal.js";
import { LastUse } from "./decisions/last-use.js";
import { Callers } from "./directory/callers.js";
import { ChangeReach } from "./directory/change-watch.js";
import { Directory } from "./directory/directory.js";
import { Neighbours } from "./directory/neighbours.js";
import { PolicyBook } from "./directory/policy-book.js";
import { policyPrincipals } from "./directory/policy-principals.js";
import type { Identity, IdentityOptions } from "./face.js";
import { makeAccessKey } from "./iam/access-keys.js";
import { iamHandlers } from "./iam/handlers.js";
import { SecondFactor } from "./mfa/second-factor.js";
import type { Realm } from "./realm.js";
import { accesses, accountKey, accounts, lastUses, sessions as sessionTable } from "./records/tables.js";
import { Records } from "./records/transaction.js";
import type { Sealer } from "./sealing/sealer.js";
import { readServiceControl } from "./service-control.js";
import { LinkedRoleDeletions } from "./service-linked/deletions.js";
import { LinkedRoles } from "./service-linked/linked-roles.js";
import { Sessions } from "./sessions/sessions.js";
import { SignIn } from "./sign-in/sign-in.js";
import { Spreading } from "./spreading.js";
import { stsHandlers } from "./sts/handlers.js";
import { ServiceSessions } from "./sts/service-sessions.js";

const sealCheckText = "hotkeep";
const sealCheckPurpose = "seal-check";

/** Makes the account's settings, or checks that the sealing key is the one the secrets were sealed with. */
async function openAccount(records: Records, sealer: Sealer, nowMs: number): Promise<void> {
  const sealCheck = sealer.seal(sealCheckText, sealCheckPurpose);
  const settings = await records.edit(async (tx) => {
    const known = await tx.get(accounts, accountKey);
    if (known !== undefined) return known;
    const made = { createdAt: nowMs, aliases: [], rootKeys: [], sealCheck };
    tx.put(accounts, accountKey, made);
    return made;
  });
  // Throws when the key does not fit: better now than as a refused key later.
  sealer.open(settings.sealCheck, sealCheckPurpose);
}

/**
 * Opens the identities of one account. Everything is read into memory; afterwards the store's change feed keeps it
 * current.
 *
 * @param neighbours the accounts of the house, of which this one becomes one
 * @throws HotkeepError `SealBroken` when the sealer's key is not the one in use, `IdentityAccount` for a bad account.
 */
export async function openIdentity(
  options: IdentityOptions,
  neighbours: Neighbours<Realm> = new Neighbours(),
): Promise<Identity> {
  const { store, clock, random, logger, sealer, account } = options;
  if (!/^\d{12}$/.test(account)) {
    throw new HotkeepError("IdentityAccount", `\`${account}\` is not an account number of twelve digits.`);
  }
  const records = new Records(store, account);
  await openAccount(records, sealer, clock.now());

  const directory = new Directory(account, records.prefix, neighbours);
  const book = new PolicyBook(directory, readServiceControl(options.serviceControl ?? []));
  const spreading = new Spreading();
  // What is committed while the records are read waits, so that nothing older is put over it.
  let early: Change[] | undefined = [];
  const take = (change: Change): void => {
    if (early !== undefined) return void early.push(change);
    const changes = directory.apply(change);
    if (changes.length === 0) return;
    const quiet = changes.every(({ table, before }) => {
      return (
        table === lastUses.name || table === accesses.name || (table === sessionTable.name && before === undefined)
      );
    });
    // Uses and new sessions change nothing that was compiled.
    if (quiet) return;
    book.forget();
    const reach = ChangeReach.of(directory, changes);
    if (reach !== undefined) spreading.tell(reach);
  };
  const unwatch = store.watch(take);
  await directory.load(store);
  const waiting = early;
  early = undefined;
  waiting.forEach(take);

  const callers = new Callers({ directory, book, sealer, logger });
  const lastUse = new LastUse({ directory, records, logger });
  const accessTrail = new AccessTrail({ directory, records, logger });
  const log = new DecisionLog();
  const { onDecision } = options;
  const decider = new Decider({ clock, random, directory, callers, lastUse, accessTrail, sealer, log, onDecision });
  const sessions = new Sessions({ clock, random, logger, sealer, records, directory });
  const linkedParts = { clock, random, logger, directory, records, decider };
  const linkedRoles = new LinkedRoles(linkedParts);
  const deletions = new LinkedRoleDeletions(linkedParts, linkedRoles, sessions);
  const realm: Realm = {
    account,
    clock,
    random,
    logger,
    sealer,
    records,
    directory,
    neighbours,
    book,
    callers,
    decider,
    secondFactor: new SecondFactor({ clock, sealer, directory, records }),
    sessions,
    linkedRoles,
    deletions,
  };
  neighbours.add(realm);
  const serviceSessions = new ServiceSessions(realm, options.audit);
  const isCalled = (name: string) => name === account || directory.settings()?.aliases.includes(name) === true;
  const signIn = new SignIn(realm, isCalled);
  sessions.start(() => deletions.sweep());

  const createRootKey = async () => {
    const { accessKeyId, secretAccessKey } = await makeAccessKey(realm, { kind: "root" });
    return { accessKeyId, secretAccessKey };
  };
  return {
    account,
    handlers: [iamHandlers(realm), stsHandlers(realm)].map((handlers) => spreading.afterSpreading(handlers)),
    credentials: callers,
    authorizer: decider,
    decisions: log,
    decideFor: (principal, request) => decider.decideFor(principal, request),
    refuseEarly: (call, requests, unknownKeys) => refuseEarly(decider, call, requests, unknownKeys),
    useResourcePolicies: (find) => decider.useResourcePolicies(find),
    policyPrincipals: policyPrincipals(directory, decider),
    assumeRoleForService: (request) => serviceSessions.assume(request),
    endSession: (accessKeyId) => sessions.end(accessKeyId),
    serviceMayAssume: (roleArn, service, sourceArn) => serviceSessions.mayAssume(roleArn, service, sourceArn),
    findRole: (roleArn) => {
      const role = directory.roleByArn(roleArn);
      return role === undefined ? undefined : linkedRoles.factsOf(role);
    },
    findServiceLinkedRole: (service) => linkedRoles.find(service),
    ensureServiceLinkedRole: (service, { caller }) => linkedRoles.withRole(service, caller, async (role) => role),
    withServiceLinkedRole: (service, { caller }, work) => linkedRoles.withRole(service, caller, work),
    onServiceLinkedRoleDeletion: (service, usage) => deletions.register(service, usage),
    callerFacts: (accessKeyId, signing) => callers.facts(accessKeyId, signing),
    onChange: (listener) => spreading.listen(listener),
    signIn: (request) => signIn.signIn(request),
    isCalled,
    ownerOf: (accessKeyId) => callers.ownerOf(accessKeyId),
    noteUses: (uses) => {
      for (const { accessKeyId, action, at, region } of uses) {
        const principal = callers.principalOf(accessKeyId);
        if (principal === undefined) continue;
        const [service = ""] = action.split(":", 1);
        const use = { principal, accessKeyId, now: Math.min(at, clock.now()), region, service };
        lastUse.note(use);
        accessTrail.note(use, [{ action }]);
      }
    },
    createRootKey,
    ensureRoot: async () => (directory.accessKeys.size > 0 ? undefined : createRootKey()),
    close: async () => {
      await sessions.stop();
      await deletions.settle();
      await lastUse.settle();
      await accessTrail.settle();
      unwatch();
    },
  };
}
