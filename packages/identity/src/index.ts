export { openAccounts } from "./accounts/open-accounts.js";
export { type SignInEvent, type SignInFacts, signInEvent } from "./audit/sign-in-event.js";
export {
  type ClusterUse,
  clusterUseEvent,
  isDataEvent,
  isTraceable,
  type TrailEvent,
  type TrailFacts,
  trailEvent,
} from "./audit/trail-event.js";
export type { SessionOrigin, UserIdentity } from "./audit/user-identity.js";
export { DecisionLog, type RememberedDecision } from "./decisions/decision-log.js";
export type * from "./face.js";
export { openIdentity } from "./open.js";
export { openSealer } from "./sealing/key-file.js";
export { memorySealer } from "./sealing/memory.js";
export type { Sealer } from "./sealing/sealer.js";
