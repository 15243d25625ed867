import { type FeedAddress, type FeedServer, tokenIdOfJoinName } from "@hotkeep/control-feed";
import { HotkeepError } from "@hotkeep/core";
import { Attachments } from "./attach/attachments.js";
import { JoinTokens } from "./attach/join-tokens.js";
import { openFeed, reachableUrl } from "./attach/open-feed.js";
import { cacheOperations } from "./cache-settings/operations.js";
import { DenialLog } from "./denials/denial-log.js";
import { LinkedRole } from "./ec2/linked-role.js";
import { reasonOf } from "./errors.js";
import { EventLog } from "./events/event-log.js";
import type { Clusters, ClustersOptions, ClustersStart, ClusterView } from "./face.js";
import { AttributeLists, Dictionaries } from "./feed/attribute-lists.js";
import { JoinDoor } from "./feed/join-door.js";
import { NodeDoor } from "./feed/node-door.js";
import { ClusterKeeper, joinIdOf } from "./lifecycle/keeper.js";
import type { KeeperDesk } from "./lifecycle/keeper-desk.js";
import { defaultClusterLimits } from "./limits.js";
import { discoveryEndpoint, schemeOf } from "./model/addresses.js";
import { clusterArn, daxService } from "./model/arns.js";
import { ClusterStore } from "./model/cluster-store.js";
import { defaultCacheBytes } from "./model/node-types.js";
import type { ClusterRecord, Place } from "./model/records.js";
import { allClusters, type PlacedCluster } from "./model/state.js";
import { clusterOperations } from "./operations/clusters.js";
import { createClusterOperation } from "./operations/create-cluster.js";
import type { ControlDesk } from "./operations/desk.js";
import { eventOperations } from "./operations/events.js";
import { joinTokenOperations } from "./operations/join-tokens.js";
import { parameterGroupOperations } from "./operations/parameter-groups.js";
import { replicationFactorOperations } from "./operations/replication-factor.js";
import { subnetGroupOperations } from "./operations/subnet-groups.js";
import { tagOperations } from "./operations/tags.js";
import type { SightDesk } from "./sight/desk.js";
import { SeenRequests } from "./sight/seen-requests.js";
import { sightOperations } from "./sight/sight-operations.js";

/** Opens the control plane. Nothing runs until {@link Clusters.start}. */
export function openClusters(options: ClustersOptions): Clusters {
  return new ControlPlane(options);
}

class ControlPlane implements Clusters {
  readonly handlers: Clusters["handlers"];
  readonly ownHandlers: Clusters["ownHandlers"];
  readonly denials: DenialLog;
  readonly #options: ClustersOptions;
  readonly #clusters: ClusterStore;
  readonly #desk: KeeperDesk;
  readonly #door: NodeDoor;
  readonly #joinDoor: JoinDoor;
  readonly #attachments: Attachments;
  readonly #tokens: JoinTokens;
  readonly #seen = new SeenRequests();
  readonly #keepers = new Map<string, ClusterKeeper>();
  readonly #watchers = new Set<() => void>();
  readonly #undo: (() => void)[] = [];
  #feed: FeedServer | undefined;
  #tableEndpoint: string | undefined;
  #tableEndpointAuthority: string | undefined;
  #stopping = false;

  constructor(options: ClustersOptions) {
    const { store, clock, random, logger, identity, network, invoke, launcher, sealer } = options;
    const limits = { ...defaultClusterLimits, ...options.limits };
    const advertise = options.advertise ?? "interface";
    this.#options = options;
    this.#clusters = new ClusterStore(store, new EventLog(clock), options.onNotification);
    const linkedRole = new LinkedRole({
      clock,
      logger,
      identity,
      network,
      invoke,
      sessionSeconds: limits.serviceSessionSeconds,
    });
    this.#attachments = new Attachments({ store, random, logger, sealer });
    this.#tokens = new JoinTokens({ store, clock, random, sealer });
    this.#desk = {
      clusters: this.#clusters,
      clock,
      random,
      logger,
      linkedRole,
      network,
      launcher,
      attachments: this.#attachments,
      limits,
      advertise,
      enforceSecurityGroups: options.enforceSecurityGroups ?? true,
      cacheBytesOf: options.cacheBytesOf ?? defaultCacheBytes,
      feedAddress: () => this.#feedAddress(),
      tableEndpoint: (gatewayAddress) => reachableUrl(this.#tableEndpoint ?? "", gatewayAddress),
      tableEndpointAuthority: () => this.#tableEndpointAuthority,
      authority: options.authority,
      tlsNames: options.tlsNames ?? [],
      changed: () => this.#changed(),
    };
    this.denials = new DenialLog(limits.denialsMax);
    const dictionaries = new Dictionaries(
      (owner) => new AttributeLists(store, logger, owner, limits, () => this.#door.connections(owner)),
    );
    this.#door = new NodeDoor({
      clock,
      logger,
      identity,
      clusters: this.#clusters,
      dictionaries,
      denials: this.denials,
      onDenial: options.onDenial ?? (() => {}),
      onUses: options.onUses ?? (() => {}),
      onMetrics: options.onMetrics ?? (() => {}),
      onSeen: (arn, nodeId, told) => this.#seen.add(arn, nodeId, told),
      limits,
    });
    this.#joinDoor = new JoinDoor({
      tokens: this.#tokens,
      attachments: this.#attachments,
      logger,
      keeperOf: ({ account: owner, region, cluster: name, suffix }) =>
        this.#keepers.get(keyOf({ account: owner, region }, { name, suffix })),
    });
    const control: ControlDesk = {
      clusters: this.#clusters,
      clock,
      random,
      identity,
      linkedRole,
      advertise,
      offersTls: options.authority !== undefined,
      launch: options.launch ?? "local",
      look: (place, record) => this.#look(place, record, true),
    };
    const sight: SightDesk = {
      clock,
      clusters: this.#clusters,
      seen: this.#seen,
      nodesOf: (place, name) =>
        this.#keepersOf(place, name).flatMap((one) =>
          one.members.map(({ nodeId, connection }) => ({ nodeId, connection })),
        ),
    };
    this.ownHandlers = {
      service: "hotkeep",
      operations: [
        ...joinTokenOperations({ clusters: this.#clusters, tokens: this.#tokens, limits }),
        ...sightOperations(sight),
        ...cacheOperations({
          ...sight,
          tellNodes: async (place, name) => {
            await Promise.all(this.#keepersOf(place, name).map((one) => one.renewConfigurations()));
          },
        }),
      ],
    };
    this.handlers = {
      service: "dax",
      operations: [
        createClusterOperation(control),
        ...clusterOperations(control),
        ...replicationFactorOperations(control),
        ...parameterGroupOperations(control),
        ...subnetGroupOperations(control),
        ...tagOperations(control),
        ...eventOperations(control),
      ],
    };
  }

  async start(start: ClustersStart): Promise<void> {
    const { identity, network, clock, logger, store, feedHost, feedPort, feedLimits } = this.#options;
    this.#tableEndpoint = start.tableEndpoint;
    this.#tableEndpointAuthority = start.tableEndpointAuthority;
    await this.#attachments.load();
    await this.#tokens.load();
    const stored = await allClusters(store);
    this.#endUnwanted(stored);
    this.#feed = await openFeed(store, {
      host: feedHost ?? "127.0.0.1",
      port: feedPort ?? 0,
      clock,
      logger,
      ...(feedLimits !== undefined && { limits: feedLimits }),
      secretOf: (name) => {
        const tokenId = tokenIdOfJoinName(name);
        return tokenId === undefined ? this.#attachments.secretOf(name) : this.#tokens.secretOf(tokenId);
      },
      onNode: (connection) => {
        const tokenId = tokenIdOfJoinName(connection.nodeId);
        if (tokenId !== undefined) {
          this.#joinDoor.enter(tokenId, connection);
          return;
        }
        const found = this.#memberOf(connection.nodeId);
        // One that outlived an earlier gateway may come before this one has looked at its cluster: it tries again.
        if (found === undefined) connection.close("the node is not expected yet");
        else this.#door.enter(found.keeper, found.member, connection);
      },
    });
    this.#undo.push(
      identity.onChange((change) => this.#door.tell(change)),
      network.onChange((place) => this.#renewConfigurations(place)),
    );
    identity.onServiceLinkedRoleDeletion(daxService, async (account) => {
      const regions = new Map<string, string[]>();
      for (const { place, record } of await allClusters(store, account)) {
        const arns = regions.get(place.region) ?? [];
        regions.set(place.region, [...arns, clusterArn(place, record.name)]);
      }
      return [...regions].map(([region, resources]) => ({ region, resources }));
    });
    // Clusters of a house that is older than its service-linked role get the role without having asked.
    for (const account of new Set(stored.map(({ place }) => place.account))) {
      if (identity.findServiceLinkedRole(daxService, account) !== undefined) continue;
      await identity.ensureServiceLinkedRole(daxService, { account });
    }
    for (const { place, record } of stored) this.#look(place, record, false);
  }

  watch(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  async list(): Promise<readonly ClusterView[]> {
    const found = await allClusters(this.#options.store);
    return found.map(({ place, record }) => this.#view(place, record));
  }

  async whenAvailable(name: string, region: string, timeoutMs: number): Promise<ClusterView> {
    const { clock } = this.#options;
    const deadline = clock.monotonic() + timeoutMs;
    for (;;) {
      // Watched from before the look, so that nothing that happens meanwhile is missed.
      const change = this.#watchOnce(deadline);
      try {
        const view = await this.#find(name, region);
        if (this.#serves(view)) return view;
        if (clock.monotonic() >= deadline) {
          const message = `Cluster \`${name}\` is still ${view.status} after ${timeoutMs} ms.`;
          throw new HotkeepError("ClusterNotReady", message);
        }
        await change.happened;
      } finally {
        change.cancel();
      }
    }
  }

  async #find(name: string, region: string): Promise<ClusterView> {
    const view = (await this.list()).find((one) => one.name === name.toLowerCase() && one.region === region);
    if (view !== undefined) return view;
    throw new HotkeepError("ClusterGone", `There is no cluster \`${name}\` in ${region}.`, {
      help: "aws dax describe-events tells what became of it.",
    });
  }

  #serves(view: ClusterView): boolean {
    const keeper = [...this.#keepers.values()].find((one) => clusterArn(one.place, one.name) === view.arn);
    const serving = (keeper?.members ?? []).filter((member) => member.listeningPort !== undefined).length;
    return view.status === "available" && serving === view.nodes.length;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const undo of this.#undo.splice(0)) undo();
    await Promise.all([...this.#keepers.values()].map((keeper) => keeper.stop()));
    this.#keepers.clear();
    await this.#feed?.close();
    await this.#attachments.settle();
  }

  #look(place: Place, record: ClusterRecord, isNew: boolean): void {
    // Before the start nothing runs; the start looks at everything that is stored.
    if (this.#stopping || this.#feed === undefined) return;
    const key = keyOf(place, record);
    const { name, suffix } = record;
    const keeper = this.#keepers.get(key) ?? new ClusterKeeper(this.#desk, place, { name, suffix }, isNew);
    this.#keepers.set(key, keeper);
    keeper.wake();
  }

  #memberOf(joinId: string) {
    for (const keeper of this.#keepers.values()) {
      const member = keeper.memberOf(joinId);
      if (member !== undefined) return { keeper, member };
    }
    return undefined;
  }

  /** Ends processes of an earlier gateway's that no stored cluster has a place for, and turns them away. */
  #endUnwanted(stored: readonly PlacedCluster[]): void {
    const wanted = new Set(
      stored.flatMap(({ place, record }) =>
        record.nodes
          .filter((node) => record.status !== "deleting" && node.status !== "deleting")
          .map((node) => joinIdOf(place, node.id)),
      ),
    );
    for (const [joinId, { mark }] of this.#attachments.all()) {
      if (wanted.has(joinId)) continue;
      const running = mark === null ? undefined : this.#options.launcher.adopt(mark);
      if (running !== undefined) {
        this.#options.logger.warn("a node without a cluster is ended", { nodeId: joinId, pid: running.pid });
        running.stop("SIGKILL");
      }
      this.#attachments.end(joinId);
    }
  }

  #keepersOf(place: Place, name: string): readonly ClusterKeeper[] {
    const arn = clusterArn(place, name);
    return [...this.#keepers.values()].filter((one) => clusterArn(one.place, one.name) === arn);
  }

  #renewConfigurations(place: Place): void {
    for (const keeper of this.#keepers.values()) {
      if (keeper.place.account !== place.account || keeper.place.region !== place.region) continue;
      void keeper.renewConfigurations().catch((error: unknown) => {
        this.#options.logger.error("nodes could not be told their configuration", { error: reasonOf(error) });
      });
    }
  }

  feedAddress(): FeedAddress {
    return this.#feedAddress();
  }

  #feedAddress(): FeedAddress {
    if (this.#feed === undefined) throw new HotkeepError("FeedNotStarted", "The control feed is not open.");
    // Nodes on this machine reach a feed that listens everywhere at its loopback address.
    const host = { "0.0.0.0": "127.0.0.1", "::": "::1" }[this.#feed.host] ?? this.#feed.host;
    return { host, port: this.#feed.port };
  }

  #changed(): void {
    for (const [key, keeper] of this.#keepers) {
      if (!keeper.ended) continue;
      this.#keepers.delete(key);
      this.#seen.forget(clusterArn(keeper.place, keeper.name));
    }
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** The next change, or the deadline, whichever comes first. */
  #watchOnce(deadline: number): { readonly happened: Promise<void>; cancel(): void } {
    const { clock } = this.#options;
    let happen: () => void = () => {};
    const happened = new Promise<void>((resolve) => {
      happen = resolve;
    });
    const timer = clock.after(Math.max(0, deadline - clock.monotonic()), happen);
    this.#watchers.add(happen);
    return {
      happened,
      cancel: () => {
        timer.cancel();
        this.#watchers.delete(happen);
      },
    };
  }

  #view(place: Place, record: ClusterRecord): ClusterView {
    // Where nodes that somebody else starts will serve, nobody knows before the first has come.
    const isWaiting = record.launch === "external" && record.nodes.every(({ outside }) => outside === undefined);
    const endpoint = isWaiting ? undefined : discoveryEndpoint(this.#desk.advertise, record);
    const keeper = this.#keepers.get(keyOf(place, record));
    return {
      name: record.name,
      arn: clusterArn(place, record.name),
      region: place.region,
      status: record.status,
      serviceRoleArn: record.roleArn,
      launch: record.launch ?? "local",
      ...(endpoint !== undefined && { endpoint: `${schemeOf(record)}://${endpoint.Address}:${endpoint.Port}` }),
      nodes: record.nodes.map((node) => {
        const pid = keeper?.members.find((member) => member.nodeId === node.id)?.pid;
        return { nodeId: node.id, status: node.status, ...(pid !== undefined && { pid }) };
      }),
    };
  }
}

function keyOf(place: Place, record: Pick<ClusterRecord, "name" | "suffix">): string {
  return `${place.account}/${place.region}/${record.name}/${record.suffix}`;
}
