import type { Clock, Logger, Random } from "@hotkeep/core";
import type { Decider } from "./decisions/decider.js";
import type { Callers } from "./directory/callers.js";
import type { Directory } from "./directory/directory.js";
import type { Neighbours } from "./directory/neighbours.js";
import type { PolicyBook } from "./directory/policy-book.js";
import type { SecondFactor } from "./mfa/second-factor.js";
import type { Records } from "./records/transaction.js";
import type { Sealer } from "./sealing/sealer.js";
import type { LinkedRoleDeletions } from "./service-linked/deletions.js";
import type { LinkedRoles } from "./service-linked/linked-roles.js";
import type { Sessions } from "./sessions/sessions.js";

/** Everything an operation of IAM or STS may use. */
export interface Realm {
  readonly account: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly sealer: Sealer;
  readonly records: Records;
  readonly directory: Directory;
  /** The accounts of the house. */
  readonly neighbours: Neighbours<Realm>;
  readonly book: PolicyBook;
  readonly callers: Callers;
  readonly decider: Decider;
  readonly secondFactor: SecondFactor;
  readonly sessions: Sessions;
  readonly linkedRoles: LinkedRoles;
  readonly deletions: LinkedRoleDeletions;
}
