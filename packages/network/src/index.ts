export { cidrContains } from "./addresses/cidr.js";
export { ingressAllows, ingressCidrs, type MembersOf } from "./gate/ingress.js";
export { networkLimits } from "./limits.js";
export type { Place, Rule, RulePeer, SecurityGroup } from "./model/records.js";
export { type Network, type NetworkOptions, openNetwork } from "./open-network.js";
