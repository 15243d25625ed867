/** Tags as stored: value by key. */
export type Tags = { readonly [key: string]: string };

/** Where things live: every account has its own networks in every Region. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** A VPC as stored. Types here are aliases, not interfaces, because the store takes plain JSON. */
export type Vpc = {
  readonly id: string;
  readonly cidr: string;
  readonly isDefault: boolean;
  readonly tenancy: string;
  readonly dhcpOptionsId: string;
  readonly cidrAssociationId: string;
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
  readonly tags: Tags;
};

export type Subnet = {
  readonly id: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly zone: string;
  readonly defaultForZone: boolean;
  readonly mapPublicIp: boolean;
  readonly tags: Tags;
};

/** The other end of a rule. */
export type RulePeer =
  | { readonly kind: "cidr4"; readonly cidr: string }
  | { readonly kind: "cidr6"; readonly cidr: string }
  | { readonly kind: "group"; readonly groupId: string; readonly account: string };

export type Rule = {
  readonly id: string;
  readonly egress: boolean;
  /** `tcp`, `udp`, `icmp`, `icmpv6`, a protocol number as text, or `-1` for all. */
  readonly protocol: string;
  /** First port (or ICMP type); null: all. */
  readonly from: number | null;
  /** Last port (or ICMP code); null: all. */
  readonly to: number | null;
  readonly peer: RulePeer;
  readonly description: string | null;
  readonly tags: Tags;
};

export type SecurityGroup = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  readonly rules: readonly Rule[];
  readonly tags: Tags;
};

/** The service that made an interface and alone may change it. */
export type Requester = {
  /** `AROA…:session` of the session that made it. */
  readonly id: string;
  /** `dax.amazonaws.com` */
  readonly service: string;
};

export type Interface = {
  readonly id: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly address: string;
  readonly mac: string;
  readonly description: string;
  readonly groupIds: readonly string[];
  readonly sourceDestCheck: boolean;
  readonly requester: Requester | null;
  readonly attachment: { readonly id: string; readonly at: number } | null;
  readonly clientToken: string | null;
  readonly tags: Tags;
};
