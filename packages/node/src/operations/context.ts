import type { Clock, Logger, Random } from "@hotkeep/core";
import type { ItemCache } from "../cache/item-cache.js";
import type { PageCache } from "../cache/page-cache.js";
import type { WriteNotices } from "../cluster/write-notices.js";
import type { NodeLimits } from "../limits.js";
import type { NodeMetrics } from "../metrics.js";
import type { LoopDelay } from "../session/loop-delay.js";
import type { Sighting } from "../sight/sighting.js";
import type { Watch } from "../sight/watch.js";
import type { AttributeLists } from "../table/attribute-lists.js";
import type { TableEndpoint } from "../table/table-calls.js";
import type { TableSchemas } from "../table/table-schemas.js";

/** What is done when the tables are slow or do not answer. */
export interface Fallback {
  /** How long expired entries stay to be served then, in milliseconds; 0: they are not, the read fails. */
  readonly staleMs: number;
  /** How long a read may take before an expired entry is served; absent: until it fails. */
  readonly staleAfterMs?: number;
}

/** What the operations work with. */
export interface OperationContext {
  readonly limits: NodeLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly items: ItemCache;
  readonly pages: PageCache;
  readonly tables: TableEndpoint;
  readonly schemas: TableSchemas;
  readonly lists: AttributeLists;
  readonly notices: WriteNotices;
  readonly metrics: NodeMetrics;
  readonly watch: Watch;
  readonly loopDelay: Pick<LoopDelay, "tooLong">;
  /** As it is set now. */
  readonly fallback: () => Fallback;
  /** Where what becomes of this request is noted; absent when nobody looks. */
  readonly sighting?: Sighting;
}
