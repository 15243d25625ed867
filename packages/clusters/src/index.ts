export { DenialLog } from "./denials/denial-log.js";
export type * from "./face.js";
export {
  type ChildProcessLauncherOptions,
  childProcessLauncher,
  receiveNodeLaunch,
} from "./launch/child-process.js";
export type * from "./launch/launcher.js";
export { type ClusterLimits, daxPort, daxQuotas, daxTlsPort, defaultClusterLimits } from "./limits.js";
export { openClusters } from "./open-clusters.js";
