import type { FeedAddress } from "@hotkeep/control-feed";

/** What a new node must know to join; everything else it is told over the feed. */
export interface NodeLaunch {
  /** The name under which the node proves itself to the feed, unique among all clusters: its `nodeId` there. */
  readonly nodeId: string;
  readonly clusterArn: string;
  readonly feedAddress: FeedAddress;
  /** Secret: never on a command line, never logged. */
  readonly token: string;
}

/** How a node ended. */
export interface NodeExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A node that has been started. */
export interface NodeProcess {
  readonly pid: number | undefined;
  /** By which {@link NodeLauncher.adopt} finds the process after the gateway has been started anew. */
  readonly mark?: string;
  /** Never rejects: a process that could not be started has exited with code null. */
  readonly exited: Promise<NodeExit>;
  stop(signal: "SIGTERM" | "SIGKILL"): void;
}

/** Starts nodes somewhere. */
export interface NodeLauncher {
  launch(launch: NodeLaunch): NodeProcess;
  /** A process that an earlier gateway launched, if it still runs. */
  adopt(mark: string): NodeProcess | undefined;
}
