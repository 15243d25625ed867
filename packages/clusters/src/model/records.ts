import type { StoredCacheSettings } from "../cache-settings/settings.js";
import type { Launch } from "./launch.js";

/** Where clusters live: every account has its own in every Region. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** States of a cluster, as the API shows them. */
export type ClusterStatus = "creating" | "available" | "modifying" | "deleting";
/** States of a node, as the API shows them. */
export type NodeStatus = "creating" | "available" | "rebooting" | "deleting";

/** A node as stored. Types here are aliases, not interfaces, because the store takes plain JSON. */
export type NodeRecord = {
  /** `daxcluster01-a` */
  readonly id: string;
  /** 0 for `-a`. */
  readonly ordinal: number;
  readonly zone: string;
  readonly subnetId: string;
  readonly status: NodeStatus;
  readonly createdAt: number;
  readonly interfaceId: string | null;
  readonly address: string | null;
  /** Security groups its interface has, the cluster's own group aside. */
  readonly groupIds: readonly string[];
  /** The port it had last, where it has no address of its own. */
  readonly port: number | null;
  /** Where its clients find a node that somebody else has started; absent for others, and until it has joined. */
  readonly outside?: { readonly address: string; readonly port: number };
  /** Grows with each reboot. */
  readonly generation: number;
};

export type ClusterRecord = {
  /** Lower case. */
  readonly name: string;
  readonly description: string | null;
  readonly nodeType: string;
  readonly roleArn: string;
  readonly status: ClusterStatus;
  /** Six characters that make the cluster's names unlike those of an earlier cluster. */
  readonly suffix: string;
  readonly vpcId: string;
  readonly subnetGroup: string;
  readonly securityGroupIds: readonly string[];
  /** The group for traffic between the cluster's nodes; null until it is made. */
  readonly serviceGroupId: string | null;
  readonly parameterGroup: string;
  readonly parameterStatus: "in-sync" | "applying";
  /** What it does beyond DAX; absent: nothing. */
  readonly cacheSettings?: StoredCacheSettings;
  readonly maintenanceWindow: string;
  readonly topic: { readonly arn: string; readonly status: string } | null;
  readonly encryptedAtRest: boolean;
  /** Present: clients speak TLS to the nodes. Never changes. */
  readonly tls?: true;
  /** Who starts its nodes: this gateway, when absent, or somebody else. */
  readonly launch?: Launch;
  readonly tags: { readonly [key: string]: string };
  readonly nodes: readonly NodeRecord[];
  /** What TotalNodes shows. */
  readonly totalNodes: number;
  readonly leader: string | null;
  /** Which process of that name leads; absent in records of before there were seats. */
  readonly leaderRun?: string | null;
  readonly epoch: number;
  readonly createdAt: number;
};

export type SubnetGroupRecord = {
  readonly name: string;
  readonly description: string | null;
  readonly vpcId: string;
  readonly subnets: readonly { readonly id: string; readonly zone: string }[];
};

export type ParameterGroupRecord = {
  readonly name: string;
  readonly description: string | null;
  readonly values: { readonly [name: string]: string };
};

export type EventRecord = {
  readonly source: string;
  readonly sourceType: "CLUSTER" | "PARAMETER_GROUP" | "SUBNET_GROUP";
  readonly message: string;
  readonly at: number;
};
