export { type AccountExport, snapshotOf } from "./account-export.js";
export { type Finding, type FindingCode, findings, type Severity } from "./findings.js";
export { type ItemAction, itemActions, type TableAction, tableActions } from "./item-actions.js";
export {
  type ClusterActionReach,
  type ClusterReach,
  type DirectReach,
  type Gate,
  type PrincipalReach,
  reachOf,
} from "./reach.js";
export type * from "./snapshot.js";
export type { Verdict } from "./verdict.js";
