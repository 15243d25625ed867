import type { NodeConfiguration } from "@hotkeep/control-feed";
import { Membership } from "../cluster/membership.js";
import type { NodeLimits } from "../limits.js";
import { type NodeMetrics, newMetrics } from "../metrics.js";
import type { OperationContext } from "../operations/context.js";
import { OperationExecutor } from "../operations/executor.js";
import { refusalReports } from "../refusal-reports.js";
import { Callers } from "../session/callers.js";
import { Gatekeeper } from "../session/gatekeeper.js";
import { InputBudget } from "../session/input.js";
import { LoopDelay } from "../session/loop-delay.js";
import type { SessionShared } from "../session/session.js";
import { Tail } from "../sight/tail.js";
import { Tracer } from "../sight/tracer.js";
import { Watch } from "../sight/watch.js";
import { XRay } from "../sight/x-ray.js";
import { AttributeLists } from "../table/attribute-lists.js";
import { HttpTableEndpoint } from "../table/http-endpoint.js";
import { RoleSessions } from "../table/role-sessions.js";
import { TableSchemas } from "../table/table-schemas.js";
import { NodeMemory } from "./node-memory.js";
import type { NodeOptions } from "./running-node.js";

/** What a node is made of. */
export interface NodeParts {
  readonly seed: number;
  readonly memory: NodeMemory;
  readonly callers: Callers;
  readonly roleSessions: RoleSessions;
  readonly lists: AttributeLists;
  readonly http: HttpTableEndpoint;
  readonly membership: Membership;
  readonly watch: Watch;
  readonly tail: Tail;
  readonly xRay: XRay;
  readonly loopDelay: LoopDelay;
  /** Counted since the start. */
  readonly metrics: NodeMetrics;
  readonly context: OperationContext;
  /** What every session works with. */
  readonly shared: SessionShared;
}

/**
 * Makes the parts and puts them together; nothing runs yet.
 *
 * @param current the configuration as it is now: a few parts are told of the node's name and role when they need them
 */
export function buildParts(
  { feed, clock, random, logger, ...options }: NodeOptions,
  configuration: NodeConfiguration,
  limits: NodeLimits,
  current: () => NodeConfiguration,
): NodeParts {
  const { region, clusterArn, account, tableEndpoint, tableEndpointAuthority } = configuration;
  const outer = { limits, clock, random, logger };
  const seed = Buffer.from(random.bytes(4)).readInt32LE();
  const memory = new NodeMemory(configuration, limits, seed);
  const { items, pages } = memory;
  const callers = new Callers(feed, clock, limits, region);
  const roleSessions = new RoleSessions(feed, clock, limits);
  const lists = new AttributeLists(feed, limits.attributeListsMax);
  const http = new HttpTableEndpoint(tableEndpoint, tableEndpointAuthority, region, roleSessions, clock, limits);
  const tables = options.tables ?? http;
  const watch = new Watch(clock, random);
  const membership = new Membership({ feed, ...outer, items, nodeId: () => current().nodeId });
  const loopDelay = new LoopDelay(clock, limits);
  const metrics = newMetrics();
  const schemas = new TableSchemas(tables, clock, limits, { region, account }, () =>
    items.invalidateAll(clock.monotonic()),
  );
  const context: OperationContext = {
    ...outer,
    items,
    pages,
    tables,
    schemas,
    lists,
    notices: membership.notices,
    metrics,
    watch,
    loopDelay,
    fallback: () => memory.fallback,
  };
  if (options.traces !== undefined) {
    watch.follow(new Tracer({ ...options.traces, clock, random, clusterArn }));
  }
  const executor = new OperationExecutor({
    context,
    gateway: feed,
    roster: membership.roster,
    roleSessions,
    serviceRoleArn: () => current().serviceRoleArn,
  });
  const running = { count: 0 };
  return {
    ...{ seed, memory, callers, roleSessions, lists, http, membership, watch, loopDelay, metrics, context },
    tail: new Tail({ gateway: feed, clock, watch, schemas }),
    xRay: new XRay(context, roleSessions),
    shared: {
      ...outer,
      cluster: { clusterArn, region, account },
      callers,
      items,
      gatekeeper: new Gatekeeper({ ...outer, gateway: feed, executor, metrics, running, watch, loopDelay }),
      metrics,
      watch,
      reportRefusal: refusalReports("connection not authorised", {
        ...{ clock, logger },
        pauseMs: limits.authorizationReportMs,
      }),
      inputBudget: new InputBudget(limits.inputBytesTotalMax),
      running,
    },
  };
}
