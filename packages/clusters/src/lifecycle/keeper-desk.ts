import type { CertificateAuthority } from "@hotkeep/certificates";
import type { FeedAddress } from "@hotkeep/control-feed";
import type { Clock, Logger, Random } from "@hotkeep/core";
import type { Network } from "@hotkeep/network";
import type { Attachments } from "../attach/attachments.js";
import type { LinkedRole } from "../ec2/linked-role.js";
import type { NodeLauncher } from "../launch/launcher.js";
import type { ClusterLimits } from "../limits.js";
import type { Advertise } from "../model/addresses.js";
import type { ClusterStore } from "../model/cluster-store.js";

/** What looking after clusters takes. */
export interface KeeperDesk {
  readonly clusters: ClusterStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly linkedRole: LinkedRole;
  readonly network: Pick<Network, "ingressCidrs">;
  readonly launcher: NodeLauncher;
  readonly attachments: Attachments;
  readonly limits: ClusterLimits;
  readonly advertise: Advertise;
  readonly enforceSecurityGroups: boolean;
  readonly cacheBytesOf: (nodeType: string) => number;
  readonly feedAddress: () => FeedAddress;
  /** @param gatewayAddress an address at which a node reaches the gateway, for one on another host */
  readonly tableEndpoint: (gatewayAddress?: string) => string;
  /** PEM: what alone certifies the table endpoint; undefined: it is plain, or whoever Node.js trusts. */
  readonly tableEndpointAuthority: () => string | undefined;
  /** Certifies nodes of clusters with TLS. */
  readonly authority: Pick<CertificateAuthority, "issue" | "fingerprint"> | undefined;
  /** Names and addresses that every node's certificate has beside the nodes' own. */
  readonly tlsNames: readonly string[];
  /** Told when anything about a cluster or its nodes has changed. */
  readonly changed: () => void;
}
