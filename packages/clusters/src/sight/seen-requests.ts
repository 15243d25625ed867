import type { NodeNotices, SeenRequest } from "@hotkeep/control-feed";

/** Requests kept of a cluster that is followed; who asks too seldom misses the oldest. */
const requestsMax = 1_000;

/** A request, and on which node it was. */
export interface SeenOnNode {
  readonly nodeId: string;
  readonly request: SeenRequest;
}

interface Kept {
  readonly requests: SeenOnNode[];
  /** Place of the first of them among all that were ever told. */
  from: number;
  /** Requests that nodes saw and could not tell, ever. */
  missed: number;
}

/** What nodes have told of requests, by cluster: the last ones, in the order of their arrival. */
export class SeenRequests {
  readonly #kept = new Map<string, Kept>();

  /** A node of the cluster with this ARN has told. */
  add(clusterArn: string, nodeId: string, { requests, missed }: NodeNotices["seen"]): void {
    const kept = this.#of(clusterArn);
    kept.missed += missed;
    kept.requests.push(...requests.map((request) => ({ nodeId, request })));
    const tooMany = kept.requests.length - requestsMax;
    if (tooMany <= 0) return;
    kept.requests.splice(0, tooMany);
    kept.from += tooMany;
  }

  /** Where the next request will be. */
  end(clusterArn: string): { readonly at: number; readonly missed: number } {
    const { requests, from, missed } = this.#of(clusterArn);
    return { at: from + requests.length, missed };
  }

  /** What has been told since `at`; `lost` of it is not here any more. */
  since(clusterArn: string, at: number): { readonly requests: readonly SeenOnNode[]; readonly lost: number } {
    const { requests, from } = this.#of(clusterArn);
    return { requests: requests.slice(Math.max(0, at - from)), lost: Math.max(0, from - at) };
  }

  /** The cluster is gone. */
  forget(clusterArn: string): void {
    this.#kept.delete(clusterArn);
  }

  #of(clusterArn: string): Kept {
    let kept = this.#kept.get(clusterArn);
    if (kept === undefined) {
      kept = { requests: [], from: 0, missed: 0 };
      this.#kept.set(clusterArn, kept);
    }
    return kept;
  }
}
