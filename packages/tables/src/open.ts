import type { Clock, Logger, Random } from "@hotkeep/core";
import type { AuthorizationRequest, CompiledPolicy } from "@hotkeep/policy";
import type { ServiceHandlers } from "@hotkeep/protocols";
import { BackupCopier } from "./backups/backup-copier.js";
import { Backups } from "./backups/backups.js";
import { Catalog } from "./catalog/catalog.js";
import { Reaper } from "./catalog/reaper.js";
import { Engine } from "./engine.js";
import { ExpirySweeper } from "./items/expiry-sweeper.js";
import { IndexBuilder } from "./items/index-builder.js";
import { defaultTablesLimits, type TablesLimits } from "./limits.js";
import { dynamoDbOperations } from "./operations/index.js";
import { policiesFor } from "./resource-policies/policies-for.js";
import type { PolicyPrincipals } from "./resource-policies/policy-principals.js";
import { Storage } from "./storage/storage.js";
import { streamsOperations } from "./streams/operations/index.js";
import { StreamKeeper } from "./streams/stream-keeper.js";

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
  /** What identities know of resource policies; without it there are no operations on them. */
  readonly policyPrincipals?: PolicyPrincipals;
}

/** The embedded table engine with the DynamoDB API over it. Tables belong to an account and a Region. */
export interface Tables {
  readonly handlers: ServiceHandlers;
  /**
   * The resource policies that have a say about a request, for the authorizer; undefined when there are none. They are
   * those of now.
   */
  policiesFor(
    request: Pick<AuthorizationRequest, "principal" | "action" | "resource">,
  ): readonly CompiledPolicy[] | undefined;
  /** The operations on the tables' streams, which are a service of their own. */
  readonly streams: ServiceHandlers;
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
    const backups = Backups.load({ storage, catalog, clock: options.clock, random: options.random, limits });
    const copier = new BackupCopier({ storage, catalog, backups, logger: options.logger, limits });
    const engine = new Engine({ storage, catalog, reaper, builder, backups, copier, clock: options.clock, limits });
    const sweeper = new ExpirySweeper({ storage, catalog, clock: options.clock, logger: options.logger, limits });
    const { streams } = catalog;
    const keeper = new StreamKeeper({ storage, streams, clock: options.clock, logger: options.logger, limits });
    reaper.wake();
    copier.resume();
    builder.wake();
    sweeper.start();
    keeper.start();
    return {
      handlers: { service: "dynamodb", operations: dynamoDbOperations(engine, options) },
      policiesFor: (request) => policiesFor(catalog.policies, request),
      streams: { service: "dynamodbstreams", operations: streamsOperations(engine) },
      async close() {
        await sweeper.stop();
        await keeper.stop();
        await copier.stop();
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
