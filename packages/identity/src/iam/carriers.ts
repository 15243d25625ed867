import type { ContextValues, PermissionRequest } from "@hotkeep/core";
import { noSuch } from "../errors.js";
import { quotas } from "../limits.js";
import type { Realm } from "../realm.js";
import { groups, roles, users } from "../records/tables.js";
import type { RecordTransaction } from "../records/transaction.js";
import type { GroupRecord, RoleRecord, UserRecord } from "../records/types.js";
import { requireGroup } from "./groups.js";
import { onGroup, onRole, onUser } from "./needs.js";
import { requireOwnRole } from "./roles.js";
import { requireUser } from "./users.js";

/** Something that carries policies. */
export type Carrier = UserRecord | GroupRecord | RoleRecord;

/** What is the same for users, groups and roles as carriers of policies, under the names of each. */
export interface CarrierKind {
  readonly kind: Carrier["kind"];
  /** As quota and message texts spell it. */
  readonly label: "User" | "Group" | "Role";
  readonly inlineCharactersMax: number;
  need(realm: Realm, action: string, name: string, context?: ContextValues): PermissionRequest;
  find(realm: Realm, name: string): Carrier | undefined;
  /** For a change: refuses service-linked roles. */
  require(tx: RecordTransaction, name: string): Promise<Carrier>;
  put(tx: RecordTransaction, carrier: Carrier): void;
}

function put(tx: RecordTransaction, carrier: Carrier): void {
  if (carrier.kind === "user") tx.put(users, carrier.name, carrier);
  else if (carrier.kind === "group") tx.put(groups, carrier.name, carrier);
  else tx.put(roles, carrier.name, carrier);
}

/** Users. */
export const userCarrier: CarrierKind = {
  kind: "user",
  label: "User",
  inlineCharactersMax: quotas.userInlineCharacters,
  need: onUser,
  find: ({ directory }, name) => directory.user(name),
  require: requireUser,
  put,
};

/** Groups. */
export const groupCarrier: CarrierKind = {
  kind: "group",
  label: "Group",
  inlineCharactersMax: quotas.groupInlineCharacters,
  need: onGroup,
  find: ({ directory }, name) => directory.group(name),
  require: requireGroup,
  put,
};

/** Roles; changes refuse service-linked ones. */
export const roleCarrier: CarrierKind = {
  kind: "role",
  label: "Role",
  inlineCharactersMax: quotas.roleInlineCharacters,
  need: onRole,
  find: ({ directory }, name) => directory.role(name),
  require: requireOwnRole,
  put,
};

/** @throws AwsError `NoSuchEntityException` */
export function findCarrier(realm: Realm, kind: CarrierKind, name: string): Carrier {
  const carrier = kind.find(realm, name);
  if (carrier === undefined) throw noSuch(kind.kind, name);
  return carrier;
}
