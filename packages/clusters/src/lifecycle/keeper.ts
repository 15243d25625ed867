import type { NodeCertificate, NodeConfiguration } from "@hotkeep/control-feed";
import { HotkeepError, type Timer } from "@hotkeep/core";
import { reasonOf } from "../errors.js";
import { certificateNames, portOf } from "../model/addresses.js";
import { clusterArn } from "../model/arns.js";
import { type ClusterRef, withNode } from "../model/cluster-store.js";
import type { ClusterRecord, Place } from "../model/records.js";
import { ClusterSeats } from "../supervision/cluster-seats.js";
import { JoinedMember } from "../supervision/joined-member.js";
import { LaunchedMember } from "../supervision/launched-member.js";
import type { Member, MemberOptions } from "../supervision/member.js";
import type { Leadership, RosterMember } from "../supervision/roster.js";
import { configurationOf, type OutsideNode } from "./configuration.js";
import type { KeeperDesk } from "./keeper-desk.js";
import { isStale, NetworkSteps } from "./reconcile.js";
import { Turns } from "./turns.js";

/**
 * Looks after one cluster: compares what is stored with what runs, and does what is missing. Whatever happens only
 * wakes it; it looks at everything anew, so that a stop at any moment is made up for by the next start.
 */
export class ClusterKeeper {
  readonly place: Place;
  readonly name: string;
  /** The seats of the nodes, their roles and what they tell each other. */
  readonly seats: ClusterSeats;
  readonly #desk: KeeperDesk;
  readonly #ref: Required<ClusterRef>;
  readonly #network: NetworkSteps;
  readonly #members = new Map<string, Member>();
  readonly #turns: Turns;
  readonly #rosterTurns: Turns;
  readonly #configurationTurns: Turns;
  readonly #sentConfigurations = new Map<string, string>();
  #audited: boolean;
  #retry: Timer | undefined;
  #failures = 0;
  #ended = false;

  /** @param isNew false for a cluster that was stored before this process: its interfaces are looked over once */
  constructor(desk: KeeperDesk, place: Place, ref: Required<ClusterRef>, isNew: boolean) {
    this.#desk = desk;
    this.place = place;
    this.name = ref.name;
    this.#ref = ref;
    this.#audited = isNew;
    this.#network = new NetworkSteps(desk, place, ref);
    this.#turns = new Turns(() => this.#look());
    const { clock, logger, limits } = desk;
    this.seats = new ClusterSeats({
      clock,
      logger,
      limits,
      isNew,
      book: { decide: (choose) => this.#decideLeadership(choose) },
      mayRun: (nodeId) => {
        const member = this.#members.get(nodeId);
        return member instanceof LaunchedMember ? member.running : true;
      },
      startedAnew: (nodeId) => {
        const member = this.#members.get(nodeId);
        return member instanceof LaunchedMember && member.startedAnew;
      },
      due: () => this.#renewRosterSoon(),
    });
    this.#rosterTurns = new Turns(() => this.seats.renew());
    this.#configurationTurns = new Turns(() => this.#renewConfigurations());
  }

  /** Nodes as they run. */
  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** True when the cluster is gone and all its nodes have ended. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Have the cluster looked at soon. */
  wake(): void {
    if (!this.#ended) void this.#turns.request();
  }

  memberOf(joinId: string): Member | undefined {
    return this.members.find((member) => member.joinId === joinId);
  }

  /** Settles when nodes have been told what has changed in their configuration. */
  async renewConfigurations(): Promise<void> {
    await this.#configurationTurns.request();
  }

  /**
   * Gives a vacant place to a node that somebody else has started; undefined when there is none.
   *
   * @param nodeId this place, whoever has it now
   * @param zone a place in this Availability Zone
   */
  async takeIn(
    nodeId: string | undefined,
    zone: string | undefined,
  ): Promise<{ readonly joinId: string; readonly secret: string } | undefined> {
    const record = await this.#desk.clusters.find(this.place, this.#ref);
    // Chosen and taken in one go: two that come at once must not get the same place.
    for (const node of record?.nodes ?? []) {
      const member = this.#members.get(node.id);
      if (!(member instanceof JoinedMember) || node.status === "deleting") continue;
      if (zone !== undefined && node.zone !== zone) continue;
      const fits = nodeId === undefined ? member.vacant : node.id === nodeId;
      if (fits) return { joinId: member.joinId, secret: member.takeIn() };
    }
    return undefined;
  }

  /** Where nodes listen that have an address of their own. */
  async port(): Promise<number> {
    return portOf((await this.#desk.clusters.find(this.place, this.#ref)) ?? {});
  }

  /**
   * @param outside what a node says that somebody else has started
   * @throws HotkeepError `NodeNotExpected`
   */
  async configurationFor(member: Member, outside?: OutsideNode): Promise<NodeConfiguration> {
    if (member instanceof JoinedMember) {
      if (outside === undefined) {
        throw new HotkeepError("NodeNotExpected", `Node \`${member.nodeId}\` must say where it listens.`);
      }
      member.outside = outside;
      const { advertiseAddress: address, advertisePort: port } = outside.place;
      await this.#desk.clusters.update(this.place, this.#ref, (now) => ({
        record: withNode(now, member.nodeId, (node) => ({ ...node, outside: { address, port } })),
      }));
    }
    const record = await this.#desk.clusters.find(this.place, this.#ref);
    const node = record?.nodes.find((one) => one.id === member.nodeId);
    if (record === undefined || node === undefined || node.status === "deleting") {
      throw new HotkeepError("NodeNotExpected", `The cluster has no node \`${member.nodeId}\` any more.`);
    }
    const configuration = await configurationOf(this.#desk, this.place, record, node, outside);
    this.#sentConfigurations.set(member.nodeId, JSON.stringify(configuration));
    return configuration;
  }

  /**
   * Certifies a node's public key for its cluster's names, whatever the node would like.
   *
   * @throws HotkeepError `NodeNotExpected`, `NoTls`, or the authority's
   */
  async certificateFor(member: Member, publicKey: Buffer): Promise<NodeCertificate> {
    const { authority, advertise, tlsNames } = this.#desk;
    const record = await this.#desk.clusters.find(this.place, this.#ref);
    if (record === undefined || authority === undefined || record.tls !== true) {
      throw new HotkeepError("NoTls", `Cluster \`${this.name}\` has no encrypted endpoint.`);
    }
    const names = certificateNames(advertise, record, tlsNames);
    return authority.issue({ subject: member.nodeId, publicKey, names });
  }

  /** A node serves: puts it on the roster and tells everybody. */
  async listening(member: Member, port: number): Promise<void> {
    member.listening(port);
    if (this.#desk.advertise === "loopback" && member instanceof LaunchedMember) {
      await this.#desk.clusters.update(this.place, this.#ref, (now) => ({
        record: withNode(now, member.nodeId, (node) => ({ ...node, port })),
      }));
    }
    await this.#rosterTurns.request();
    this.wake();
  }

  /** Ends all nodes; what is stored stays. */
  async stop(): Promise<void> {
    this.#ended = true;
    this.#retry?.cancel();
    await this.#turns.idle();
    await Promise.all(this.members.map((member) => member.release(this.#desk.limits.finishMs)));
    await this.#rosterTurns.idle();
    await this.seats.vacate();
    this.#members.clear();
  }

  async #look(): Promise<void> {
    if (this.#ended) return;
    this.#retry?.cancel();
    this.#retry = undefined;
    try {
      const record = await this.#desk.clusters.find(this.place, this.#ref);
      if (record === undefined || record.status === "deleting") await this.#takeDown(record);
      else await this.#bringUp(record);
      this.#failures = 0;
    } catch (error) {
      this.#lookAgainLater(error);
    }
    this.#desk.changed();
  }

  async #bringUp(stored: ClusterRecord): Promise<void> {
    const { linkedRole } = this.#desk;
    // What can run runs before anything is asked of EC2.
    this.#launch(stored);
    await this.#stopLeaving(stored);
    const record = await linkedRole.run(this.place, this.name, async (ec2) => {
      let now: ClusterRecord | undefined = stored;
      if (!this.#audited && stored.serviceGroupId !== null) now = await this.#network.audit(ec2, stored);
      this.#audited = true;
      now = now && (await this.#network.provision(ec2, now));
      if (now?.status === "deleting") return now;
      now = now && (await this.#network.applyGroups(ec2, now));
      for (const node of now?.nodes ?? []) {
        // One that was told to go only now has its turn when it has ended.
        const ended = this.#members.get(node.id)?.running !== true;
        if (node.status === "deleting" && ended) now = await this.#network.remove(ec2, node);
      }
      return now;
    });
    if (record === undefined || record.status === "deleting") {
      this.wake();
      return;
    }
    for (const member of this.members) {
      if (!record.nodes.some((node) => node.id === member.nodeId)) this.#members.delete(member.nodeId);
    }
    this.#launch(record);
    await this.#reboot(record);
    await this.#configurationTurns.request();
    await this.#settle();
    if (record.nodes.some((node) => node.status === "deleting")) this.wake();
  }

  async #takeDown(record: ClusterRecord | undefined): Promise<void> {
    await this.#stopAll();
    if (record !== undefined) {
      await this.#desk.linkedRole.run(this.place, this.name, (ec2) => this.#network.dismantle(ec2, record));
    }
    this.#ended = true;
  }

  async #stopAll(): Promise<void> {
    // Nobody is left to send clients to, so there is no use in waiting for them to go.
    await Promise.all(this.members.map((member) => member.stop(this.#desk.limits.finishMs)));
    this.#members.clear();
  }

  #launch(record: ClusterRecord): void {
    if (this.#ended) return;
    for (const node of record.nodes) {
      if (node.interfaceId === null || node.status === "deleting") continue;
      const member = this.#members.get(node.id) ?? this.#newMember(node.id, record);
      if (member.generation < 0) member.start(node.generation);
    }
  }

  #newMember(nodeId: string, record: ClusterRecord): Member {
    const { clock, logger, launcher, limits, feedAddress, attachments } = this.#desk;
    const common: MemberOptions = {
      nodeId,
      joinId: joinIdOf(this.place, nodeId),
      clock,
      logger,
      limits,
      attachments,
      changed: () => {
        this.seats.look(nodeId);
        this.#renewRosterSoon();
        this.#desk.changed();
      },
    };
    const member =
      record.launch === "external"
        ? new JoinedMember(common)
        : new LaunchedMember({
            ...common,
            clusterArn: clusterArn(this.place, this.name),
            launcher,
            feedAddress,
            launchFailed: (reason, inARow) => {
              void this.#launchFailed(nodeId, reason, inARow).catch((error: unknown) => {
                logger.error("a failed launch could not be noted", { nodeId, error });
              });
            },
          });
    this.#members.set(nodeId, member);
    return member;
  }

  async #launchFailed(nodeId: string, reason: string, inARow: number): Promise<void> {
    const { clusters, limits } = this.#desk;
    // A port of its own that somebody else has taken meanwhile is given up.
    await clusters.update(this.place, this.#ref, (now) => {
      const had = now.nodes.find((node) => node.id === nodeId)?.port ?? null;
      return had === null ? undefined : { record: withNode(now, nodeId, (node) => ({ ...node, port: null })) };
    });
    if (inARow < limits.launchAttemptsMax) return;
    await this.#network.giveUpNode(nodeId, reason);
    this.wake();
  }

  /** Drains nodes that are to go, and ends them. */
  async #stopLeaving(record: ClusterRecord): Promise<void> {
    const leaving = record.nodes.flatMap((node) => {
      const member = this.#members.get(node.id);
      return node.status === "deleting" && member !== undefined ? [member] : [];
    });
    for (const member of leaving) member.leave();
    if (leaving.length > 0) await this.#rosterTurns.request();
    await Promise.all(leaving.map((member) => member.stop(this.#desk.limits.drainMs)));
  }

  async #reboot(record: ClusterRecord): Promise<void> {
    for (const node of record.nodes) {
      const member = this.#members.get(node.id);
      if (member === undefined || node.status !== "rebooting" || member.generation >= node.generation) continue;
      member.leave();
      await this.#rosterTurns.request();
      const { drainMs } = this.#desk.limits;
      if (await member.reboot(node.generation, drainMs)) continue;
      if (!this.#ended) await member.restart(node.generation, drainMs);
    }
  }

  /** Notes what has been reached: nodes that serve, then the cluster as a whole. */
  async #settle(): Promise<void> {
    const serves = (nodeId: string, generation: number): boolean => {
      const member = this.#members.get(nodeId);
      return member?.listeningPort !== undefined && member.generation >= generation;
    };
    await this.#desk.clusters.update(this.place, this.#ref, (now) => {
      const events: string[] = [];
      const nodes = now.nodes.map((node) => {
        const arriving = node.status === "creating" || node.status === "rebooting";
        if (!arriving || !serves(node.id, node.generation)) return node;
        if (node.status === "rebooting") events.push(`Rebooted node ${node.id}.`);
        else if (now.status !== "creating") events.push(`Added node ${node.id}.`);
        return { ...node, status: "available" as const };
      });
      const settled = nodes.every((node) => node.status === "available" && !isStale(node, now));
      if (now.status === "creating") {
        // Nodes of a new cluster are shown all at once.
        if (!settled) return undefined;
        return { record: { ...now, nodes, status: "available" }, events: ["Cluster created."] };
      }
      const done = now.status === "modifying" && settled;
      if (done && now.parameterStatus === "applying") {
        events.push(`Parameter group changed to ${now.parameterGroup}.`);
      }
      if (!done && events.length === 0) return undefined;
      const record: ClusterRecord = done
        ? { ...now, nodes, status: "available", parameterStatus: "in-sync", totalNodes: nodes.length }
        : { ...now, nodes };
      return { record, events };
    });
  }

  async #decideLeadership(
    choose: (now: Leadership, members: readonly RosterMember[], nodesWanted: readonly string[]) => Leadership,
  ): Promise<void> {
    await this.#desk.clusters.update(this.place, this.#ref, (now) => {
      const { leader, leaderRun = null, epoch } = now;
      const wanted = now.nodes.map(({ id }) => id);
      const next = choose({ leader, leaderRun, epoch }, this.#rosterMembers(now), wanted);
      if (next.epoch === epoch && next.leader === leader) return undefined;
      const failedOver = leader !== null && next.leader !== null && next.leader !== leader;
      return {
        record: { ...now, ...next },
        ...(failedOver && { events: [`Failed over from node ${leader} to node ${next.leader}.`] }),
      };
    });
  }

  #renewRosterSoon(): void {
    void this.#rosterTurns.request().catch((error: unknown) => {
      const { clock, limits, logger } = this.#desk;
      logger.error("the roster could not be renewed", { cluster: this.name, error: reasonOf(error) });
      clock.after(limits.relaunchMinMs, () => this.#renewRosterSoon());
    });
  }

  #rosterMembers(record: ClusterRecord): readonly RosterMember[] {
    return record.nodes.flatMap((node) => {
      const member = this.#members.get(node.id);
      if (member?.onRoster !== true) return [];
      const { id: nodeId, ordinal, zone, outside } = node;
      if (outside !== undefined) return [{ nodeId, ordinal, zone, ...outside }];
      const address = this.#desk.advertise === "loopback" ? "127.0.0.1" : node.address;
      if (address === null) return [];
      const port = this.#desk.advertise === "loopback" ? member.listeningPort! : portOf(record);
      return [{ nodeId, ordinal, zone, address, port }];
    });
  }

  async #renewConfigurations(): Promise<void> {
    const record = await this.#desk.clusters.find(this.place, this.#ref);
    for (const node of record?.nodes ?? []) {
      const member = this.#members.get(node.id);
      const sent = this.#sentConfigurations.get(node.id);
      if (member?.connection === undefined || sent === undefined || node.interfaceId === null) continue;
      const outside = member instanceof JoinedMember ? member.outside : undefined;
      const configuration = await configurationOf(this.#desk, this.place, record!, node, outside);
      const text = JSON.stringify(configuration);
      if (text === sent) continue;
      this.#sentConfigurations.set(node.id, text);
      try {
        await member.connection.deliver("configuration", configuration);
      } catch (error) {
        // A node that does not know what it is to be must not serve as if it did: it asks again when it is back.
        this.#desk.logger.warn("node did not take its configuration", {
          nodeId: member.joinId,
          error: reasonOf(error),
        });
        member.connection?.close("the node did not take its configuration");
      }
    }
  }

  #lookAgainLater(error: unknown): void {
    const { clock, logger, limits } = this.#desk;
    if (this.#ended) return;
    this.#failures += 1;
    const delayMs = Math.min(limits.relaunchMaxMs, limits.relaunchMinMs * 2 ** Math.min(this.#failures - 1, 20));
    logger.error("work on a cluster failed", { cluster: this.name, error: reasonOf(error), againInMs: delayMs });
    this.#retry = clock.after(delayMs, () => this.wake());
  }
}

/** The name under which a node joins the feed: no other node of any cluster has it. */
export function joinIdOf({ account, region }: Place, nodeId: string): string {
  return `${account}/${region}/${nodeId}`;
}
