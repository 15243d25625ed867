import type { Clock, Logger, Random } from "@hotkeep/core";
import type { ServiceHandlers } from "@hotkeep/protocols";
import { Catalog } from "./catalog/catalog.js";
import { Reaper } from "./catalog/reaper.js";
import { Engine } from "./engine.js";
import { ExpirySweeper } from "./items/expiry-sweeper.js";
import { IndexBuilder } from "./items/index-builder.js";
import { defaultTablesLimits, type TablesLimits } from "./limits.js";
import { dynamoDbOperations } from "./operations/index.js";
import { Storage } from "./storage/storage.js";

/** What {@link openTables} needs from outside. */
export interface TablesOptions {
  /** The directory of the data; made when absent. One process at a time. */
  readonly path: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits?: Partial<TablesLimits>;
  /** `host:port` under which clients reach this API, for DescribeEndpoints; without it that operation is not there. */
  readonly endpointAddress?: () => string;
}

/** The embedded table engine with the DynamoDB API over it. Tables belong to an account and a Region. */
export interface Tables {
  readonly handlers: ServiceHandlers;
  /** Waits for writes under way, then closes the files. Calls after it fail. */
  close(): Promise<void>;
}

/**
 * Opens the tables in a directory. Every write that was acknowledged before is there, whatever ended the last process.
 *
 * @throws HotkeepError `TablesUnusable` when the directory holds data this version cannot read.
 */
export async function openTables(options: TablesOptions): Promise<Tables> {
  const limits = { ...defaultTablesLimits, ...options.limits };
  const { path, logger, random } = options;
  const storage = await Storage.open({ path, logger, random, limits });
  try {
    const catalog = await Catalog.load(storage, { clock: options.clock, random: options.random, limits });
    const reaper = new Reaper(storage, { logger: options.logger, limits });
    const builder = new IndexBuilder({ storage, catalog, logger: options.logger, limits });
    const engine = new Engine({ storage, catalog, reaper, builder, clock: options.clock, limits });
    const sweeper = new ExpirySweeper({ storage, catalog, clock: options.clock, logger: options.logger, limits });
    reaper.wake();
    builder.wake();
    sweeper.start();
    return {
      handlers: { service: "dynamodb", operations: dynamoDbOperations(engine, options.endpointAddress) },
      async close() {
        await sweeper.stop();
        await builder.stop();
        await reaper.stop();
        await storage.close();
      },
    };
  } catch (error) {
    await storage.close();
    throw error;
  }
}
