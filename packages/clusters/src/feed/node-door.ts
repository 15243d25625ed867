import type { DenialRecord, FeedConnection, NodeNotices } from "@hotkeep/control-feed";
import { type Clock, HotkeepError, type Logger } from "@hotkeep/core";
import type { Identity, IdentityChange } from "@hotkeep/identity";
import type { DenialLog } from "../denials/denial-log.js";
import { reasonOf } from "../errors.js";
import type { NodeMetricsReport, NodeUses } from "../face.js";
import type { ClusterKeeper } from "../lifecycle/keeper.js";
import type { ClusterLimits } from "../limits.js";
import { clusterArn, daxService } from "../model/arns.js";
import type { ClusterStore } from "../model/cluster-store.js";
import type { Member } from "../supervision/member.js";
import type { Dictionaries } from "./attribute-lists.js";
import { CallerSubscriptions } from "./callers.js";
import { checkOutsidePlace } from "./outside-place.js";

/** What answering nodes takes. */
export interface NodeDoorOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly identity: Pick<Identity, "assumeRoleForService" | "callerFacts" | "noteUses">;
  readonly clusters: ClusterStore;
  readonly dictionaries: Dictionaries;
  readonly denials: DenialLog;
  readonly onDenial: (denial: DenialRecord) => void;
  readonly onUses: (uses: NodeUses) => void;
  readonly onMetrics: (report: NodeMetricsReport) => void;
  readonly onSeen: (clusterArn: string, nodeId: string, told: NodeNotices["seen"]) => void;
  readonly limits: ClusterLimits;
}

/** A P-256 key has 124 of them. */
const publicKeyCharactersMax = 1_024;

/** A node that has come in. */
interface Guest {
  readonly keeper: ClusterKeeper;
  readonly connection: FeedConnection;
  readonly callers: CallerSubscriptions;
  readonly serviceRoleArn: () => string | undefined;
}

/** Answers the nodes' requests and tells them what changes. */
export class NodeDoor {
  readonly #options: NodeDoorOptions;
  readonly #guests = new Set<Guest>();

  constructor(options: NodeDoorOptions) {
    this.#options = options;
  }

  /** Connections of an account's nodes that have come in. */
  connections(account: string): readonly FeedConnection[] {
    return [...this.#guests].filter((guest) => guest.keeper.place.account === account).map((guest) => guest.connection);
  }

  /** Takes in a node that has proved to be `member`. */
  enter(keeper: ClusterKeeper, member: Member, connection: FeedConnection): void {
    const { identity, clock, clusters, dictionaries, denials, onDenial, onUses, onMetrics, onSeen, limits } =
      this.#options;
    const callers = new CallerSubscriptions(connection, identity, clock, limits.callerSubscriptionsMax);
    let serviceRoleArn: string | undefined;
    const guest: Guest = { keeper, connection, callers, serviceRoleArn: () => serviceRoleArn };
    this.#guests.add(guest);
    void connection.closed.then(() => this.#guests.delete(guest));
    member.connected(connection);
    keeper.seats.attach(member.nodeId, connection);
    void connection.closed.then(() => keeper.seats.detach(member.nodeId, connection));

    connection.handle("hello", async ({ pid, outside: place }) => {
      member.greeted(pid);
      const outside = place && {
        place: checkOutsidePlace(place, await keeper.port()),
        gatewayAddress: connection.localAddress,
      };
      const configuration = await keeper.configurationFor(member, outside);
      serviceRoleArn = configuration.serviceRoleArn;
      return configuration;
    });
    connection.handle("listening", async ({ port, run, sequence }) => {
      if (!Number.isInteger(port) || port < 1 || port > 65_535) {
        throw new HotkeepError("PortInvalid", `\`${port}\` is not a port.`);
      }
      keeper.seats.grant(member.nodeId, connection, run, sequence);
      await keeper.listening(member, port);
      return keeper.seats.grant(member.nodeId, connection, run, sequence);
    });
    connection.handle("seat", ({ run, sequence }) => keeper.seats.grant(member.nodeId, connection, run, sequence));
    connection.handle("caller", ({ accessKeyId, date, region }) => callers.ask(accessKeyId, date, region));
    connection.handle("roleSession", async () => {
      const record = await clusters.find(keeper.place, { name: keeper.name });
      if (record === undefined) throw new HotkeepError("ClusterGone", "The cluster is gone.");
      serviceRoleArn = record.roleArn;
      return identity.assumeRoleForService({
        service: daxService,
        roleArn: record.roleArn,
        sessionName: `dax-${record.name}`,
        sourceArn: clusterArn(keeper.place, record.name),
        durationSeconds: limits.roleSessionSeconds,
      });
    });
    connection.handle("certificate", ({ publicKey }) => {
      if (typeof publicKey !== "string" || publicKey.length > publicKeyCharactersMax) {
        throw new HotkeepError("PublicKeyInvalid", "A certificate was asked for something that is not a public key.");
      }
      return keeper.certificateFor(member, Buffer.from(publicKey, "base64"));
    });
    const { account } = keeper.place;
    connection.handle("attributeListId", async ({ names }) => ({
      id: await (await dictionaries.of(account)).idOf(names, connection),
    }));
    connection.handle("attributeList", async ({ id }) => {
      const names = (await dictionaries.of(account)).namesOf(id);
      return names === undefined ? null : { names };
    });
    connection.on("wrote", (notice) => keeper.seats.relay(member.nodeId, notice));
    connection.on("left", ({ sequence }) => keeper.seats.left(member.nodeId, sequence));
    connection.on("used", ({ uses }) => {
      const { region } = keeper.place;
      identity.noteUses(uses.map(({ accessKeyId, action, at }) => ({ accessKeyId, action, at, region })));
      onUses({ clusterArn: clusterArn(keeper.place, keeper.name), region, uses });
    });
    connection.on("metrics", (report) => {
      const { account, region } = keeper.place;
      onMetrics({ account, region, cluster: keeper.name, nodeId: member.nodeId, report });
    });
    connection.on("seen", (told) => onSeen(clusterArn(keeper.place, keeper.name), member.nodeId, told));
    connection.on("denied", (denial) => {
      denials.add(denial);
      onDenial(denial);
    });
  }

  /** Passes on what a change of identities means for each node. Settles when every connected node obeys it. */
  async tell(change: IdentityChange): Promise<void> {
    await Promise.all([...this.#guests].map((guest) => this.#tellOne(guest, change)));
  }

  async #tellOne({ connection, callers, serviceRoleArn }: Guest, change: IdentityChange): Promise<void> {
    const roleArn = serviceRoleArn();
    if (roleArn !== undefined && change.roleArns.includes(roleArn)) connection.notify("roleSessionRevoked", {});
    try {
      await callers.tell(change);
    } catch (error) {
      const reason = "the node did not learn a change of permissions";
      this.#options.logger.warn(reason, { nodeId: connection.nodeId, error: reasonOf(error) });
      connection.close(reason);
    }
  }
}
