import type { StateStore, StateTransaction } from "@hotkeep/state";
import type { EventLog } from "../events/event-log.js";
import { clusterArn } from "./arns.js";
import { defaultParameterGroup } from "./parameters.js";
import type { ClusterRecord, EventRecord, NodeRecord, ParameterGroupRecord, Place } from "./records.js";
import { ClusterState } from "./state.js";

/** Names a cluster; with the suffix, this one and not a later cluster of the same name. */
export interface ClusterRef {
  readonly name: string;
  readonly suffix?: string;
}

/** What a change makes of a cluster: `null` deletes it. */
export interface ClusterChange {
  readonly record: ClusterRecord | null;
  readonly events?: readonly string[];
}

/** An event for the subscribers of its cluster's topic. */
export interface ClusterNotification {
  readonly topicArn: string;
  readonly clusterArn: string;
  readonly event: EventRecord;
}

/** One place's clusters, read and changed one at a time, events along with what they tell of. */
export class ClusterStore {
  readonly store: StateStore;
  readonly events: EventLog;
  readonly #notify: (notification: ClusterNotification) => void;

  constructor(store: StateStore, events: EventLog, notify: (notification: ClusterNotification) => void = () => {}) {
    this.store = store;
    this.events = events;
    this.#notify = notify;
  }

  read(place: Place): ClusterState {
    return new ClusterState(this.store, place);
  }

  write<T>(place: Place, work: (state: ClusterState, transaction: StateTransaction) => Promise<T>): Promise<T> {
    return this.store.transact((transaction) => work(new ClusterState(transaction, place), transaction));
  }

  async find(place: Place, ref: ClusterRef): Promise<ClusterRecord | undefined> {
    return matching(ref, await this.read(place).clusters.find(ref.name));
  }

  /** Changes a cluster that is there; the answer is what it is now. Its topic is told of the events once they are stored. */
  async update(
    place: Place,
    ref: ClusterRef,
    change: (record: ClusterRecord) => ClusterChange | undefined,
  ): Promise<ClusterRecord | undefined> {
    let notifications: readonly ClusterNotification[] = [];
    const updated = await this.write(place, async (state, transaction) => {
      const { name } = ref;
      const record = matching(ref, await state.clusters.find(name));
      const changed = record === undefined ? undefined : change(record);
      if (changed === undefined) return record;
      if (changed.record === null) state.clusters.delete(transaction, name);
      else state.clusters.put(transaction, changed.record);
      const events: EventRecord[] = [];
      for (const message of changed.events ?? []) {
        events.push(await this.events.add(transaction, place, "CLUSTER", name, message));
      }
      const topic = (changed.record ?? record)?.topic;
      const told = topic?.status === "active" ? events : [];
      notifications = told.map((event) => ({ topicArn: topic!.arn, clusterArn: clusterArn(place, name), event }));
      return changed.record ?? undefined;
    });
    for (const notification of notifications) this.#notify(notification);
    return updated;
  }

  /** The parameter group with this name; the default group needs no record. */
  async parameterGroup(place: Place, name: string): Promise<ParameterGroupRecord | undefined> {
    if (name === defaultParameterGroup.name) return defaultParameterGroup;
    return this.read(place).parameterGroups.find(name);
  }
}

function matching(ref: ClusterRef, record: ClusterRecord | undefined): ClusterRecord | undefined {
  return ref.suffix === undefined || record?.suffix === ref.suffix ? record : undefined;
}

/** A cluster with one of its nodes changed; `undefined` takes the node out. */
export function withNode(
  record: ClusterRecord,
  nodeId: string,
  change: (node: NodeRecord) => NodeRecord | undefined,
): ClusterRecord {
  const nodes = record.nodes.flatMap((node) => {
    if (node.id !== nodeId) return [node];
    const changed = change(node);
    return changed === undefined ? [] : [changed];
  });
  return { ...record, nodes };
}
