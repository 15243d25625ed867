import type { NodeConfiguration } from "@hotkeep/control-feed";
import { PageCoherence } from "../cache/page-coherence.js";
import { StreamFollower } from "../cluster/stream-follower.js";
import type { OperationContext } from "../operations/context.js";
import type { NodeMemory } from "./node-memory.js";

/** What following a cluster's settings takes. */
export interface FollowedSettingsTools {
  readonly memory: NodeMemory;
  readonly context: OperationContext;
  readonly seed: number;
  /** A node that ends takes up no stream any more. */
  readonly isStopping: () => boolean;
}

/** Makes a node do what its cluster's settings say of caching, at first and after each change. */
export class FollowedSettings {
  readonly #tools: FollowedSettingsTools;
  #streams: StreamFollower | undefined;

  constructor(tools: FollowedSettingsTools) {
    this.#tools = tools;
  }

  /** Takes over what is cached how, and forgets what may not be here any more. */
  follow(configuration: NodeConfiguration): void {
    const { memory, context } = this.#tools;
    const {
      staleMs = 0,
      staleAfterMs,
      followStreams,
      coherentQueries,
      tables = [],
    } = configuration.cacheSettings ?? {};
    memory.rule(configuration);
    this.#followStreams(followStreams === true);
    this.#beCoherent(coherentQueries === true);
    context.schemas.patienceMs = staleMs === 0 ? undefined : staleAfterMs;
    for (const { table, neverCache } of tables) {
      if (neverCache === true) memory.items.forgetTable(table, context.clock.monotonic());
    }
  }

  stop(): void {
    this.#streams?.stop();
  }

  /** Answers to queries and scans follow writes, or do not. */
  #beCoherent(wanted: boolean): void {
    const { memory, context, seed } = this.#tools;
    const { items, pages } = memory;
    if (wanted === (pages.coherence !== undefined)) return;
    const schemaOf = (table: string) => context.schemas.known(table)?.schema;
    const coherence = wanted ? new PageCoherence(context.limits, schemaOf, seed) : undefined;
    pages.coherence = coherence;
    items.listenToWrites(coherence, context.clock.monotonic());
  }

  #followStreams(wanted: boolean): void {
    const { context, isStopping } = this.#tools;
    if (wanted === (this.#streams !== undefined) || isStopping()) return;
    this.#streams?.stop();
    this.#streams = wanted ? new StreamFollower(context) : undefined;
  }
}
