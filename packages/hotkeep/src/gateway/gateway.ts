import { fileURLToPath } from "node:url";
import { childProcessLauncher, openClusters } from "@hotkeep/clusters";
import { formatFeedAddress } from "@hotkeep/control-feed";
import { HotkeepError, type Logger, systemClock, systemRandom } from "@hotkeep/core";
import { openAccounts, openSealer } from "@hotkeep/identity";
import { openMonitoring } from "@hotkeep/monitoring";
import { openNetwork } from "@hotkeep/network";
import { createRouter, type HttpRequest, type HttpResponse, type Router } from "@hotkeep/protocols";
import { openLmdbStore } from "@hotkeep/state";
import { openRemoteTables, openTables, type RemoteTables, type Tables } from "@hotkeep/tables";
import { readTraceSettings } from "@hotkeep/traces";
import { gatewayAuthority, gatewayCertificate } from "../certificates/gateway-certificates.js";
import type { Configuration } from "../configuration.js";
import { leadsBack } from "../table-endpoint.js";
import { prepareFirstStart } from "../world/first-start.js";
import { checkStoredRange, defaultFeedAddress, takeAddressRange } from "./address-range.js";
import { AuditTrail } from "./audit-trail.js";
import { readCredentialsFile, replaceFile, writeConfigFile } from "./credentials-file.js";
import { takeDataDirectory } from "./data-directory.js";
import { denialLogLimits } from "./denial-log.js";
import { denialOfDecision, denialOfNode } from "./denials.js";
import { GatewayTraces } from "./gateway-traces.js";
import { listenGateway } from "./http/listen-gateway.js";
import type { HttpListener } from "./http-server.js";
import { LineLog } from "./line-log.js";
import { createHeldLogger } from "./logger.js";
import { answerMetrics } from "./metrics-page.js";
import { answerPage } from "./pages.js";
import { clustersToTell, type Running, RunningNote } from "./running-file.js";
import { readServiceControlFiles } from "./service-control-files.js";
import { answerSignIn } from "./sign-in.js";
import { openWebhookSecrets, type WebhookSecrets } from "./webhook-secrets.js";
import { Webhooks } from "./webhooks.js";

/** How long the clusters of an earlier run may take to come back before the gateway says it is ready. */
const clustersReadyMs = 15_000;

/** A gateway that serves. */
export interface Gateway {
  /** The data directory has the documents' world. */
  readonly world: boolean;
  running(): Running;
  readonly webhookSecrets: Pick<WebhookSecrets, "untold" | "told">;
  /** Drains, stops every node, and closes the data; takes `withinMs` at the most, plus the nodes' own bound. */
  close(withinMs: number): Promise<void>;
}

/** What a node's process may see of this one's environment: how to log, its transport, and nothing else. */
function nodeEnvironment(): NodeJS.ProcessEnv {
  const names = ["PATH", "HOTKEEP_LOG", "HOTKEEP_LOG_FORMAT", "HOTKEEP_TRANSPORT", "NO_COLOR", "TZ"];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/**
 * Opens the rooms over the data directory, listens, brings up the clusters and, on an empty directory, makes the
 * documents' world. Resolves when everything answers.
 *
 * @param stop given up on the way, the start closes what it has opened and throws `StartStopped`
 * @throws HotkeepError when the directory is in use, the address is taken, or a cluster does not come up.
 */
export async function startGateway(configuration: Configuration, stop?: AbortSignal): Promise<Gateway> {
  const { logger, lines } = createHeldLogger("gateway");
  const closers: (() => unknown)[] = [];
  const start: Start = { logger, closers, undo: true, orStopped: stoppable(stop) };
  const closeAll = async (): Promise<void> => {
    for (const close of closers.reverse()) await close();
  };
  try {
    const gateway = await open(configuration, start, closeAll);
    lines.release();
    return gateway;
  } catch (error) {
    await closeAll();
    if (saysAll(error, configuration)) lines.drop();
    else lines.release();
    throw error;
  }
}

/** Whether the log of a start that has failed has nothing to add to its error. */
function saysAll(error: unknown, { tableEndpoint }: Configuration): boolean {
  if (!(error instanceof HotkeepError)) return false;
  // Calls that were cut off when somebody stopped the start; and what the error says of a table endpoint in one line.
  return error.code === "StartStopped" || (error.code === "WorldNotMade" && tableEndpoint !== undefined);
}

/** A start under way. */
interface Start {
  readonly logger: Logger;
  /** What must be closed again, in the order of opening. */
  readonly closers: (() => unknown)[];
  /** Waits for `wait`. @throws HotkeepError `StartStopped` as soon as nobody wants the gateway any more */
  readonly orStopped: <Value>(wait: Promise<Value>) => Promise<Value>;
  /** A failure takes away again what the start has made: so far it is of no use to anybody. */
  undo: boolean;
}

function stoppable(stop: AbortSignal | undefined): Start["orStopped"] {
  if (stop === undefined) return (wait) => wait;
  const stopped = new Promise<never>((_, reject) => {
    const give = (): void => reject(new HotkeepError("StartStopped", "the start was stopped"));
    if (stop.aborted) give();
    else stop.addEventListener("abort", give, { once: true });
  });
  // Who waits for something is told; a start that waits for nothing any more need not be.
  stopped.catch(() => undefined);
  return (wait) => Promise.race([wait, stopped]);
}

async function open(configuration: Configuration, start: Start, closeAll: () => Promise<void>): Promise<Gateway> {
  const { logger, closers } = start;
  const { account, region, host, vpcCidr } = configuration;
  const clock = systemClock;
  const random = systemRandom;
  const places = takeDataDirectory(configuration.dataDirectory);
  closers.push(() => (start.undo ? places.releaseUndone() : places.release()));
  checkStoredRange(places.range, configuration);
  closers.push(await takeAddressRange(configuration));
  const denials = new LineLog(
    places.denials,
    (error) => logger.warn("denials could not be written", { error }),
    denialLogLimits,
  );
  closers.push(() => denials.settle());
  const { auditData: dataEvents } = configuration;
  const trail = new AuditTrail({ directory: places.audit, dataEvents, account, random, logger });
  closers.push(() => trail.settle());

  const store = await openLmdbStore({ path: places.state, logger });
  closers.push(() => store.close());
  const sealer = await openSealer({ keyPath: places.sealingKey });
  const authority = gatewayAuthority({ store, sealer, clock, random }, configuration);
  // Said now, and not by a node that cannot start.
  await authority.check(configuration.tlsNames);
  const { serviceControlPolicies: control } = configuration;
  const monitoring = openMonitoring({ clock });
  const traceSettings = readTraceSettings(configuration.traceEnvironment);
  const traces = traceSettings && new GatewayTraces({ settings: traceSettings, clock, random, logger });
  closers.push(() => traces?.close());
  const identity = await openAccounts({
    ...{ store, clock, random, logger, sealer, account },
    onDecision: (decision) => {
      monitoring.denied("gateway");
      denials.append(denialOfDecision(decision));
    },
    audit: trail.record,
    ...(control === undefined ? {} : { serviceControl: readServiceControlFiles(control) }),
  });
  trail.identity = identity;
  closers.push(() => identity.close());
  // The control plane calls EC2 through the router that serves the control plane, and the port may be any free one.
  const late: { router?: Router; endpointAddress?: string } = {};
  // Where every address is listened on, none of them is surely the one by which a client comes.
  const endpoints = /^(0\.0\.0\.0|::)$/.test(host) ? {} : { endpointAddress: () => late.endpointAddress! };
  const { tableEndpoint } = configuration;
  const remote: RemoteTables | undefined =
    tableEndpoint &&
    openRemoteTables({
      ...{ account, region, clock, logger, ...endpoints },
      endpoint: tableEndpoint.url,
      endpointRegion: tableEndpoint.region,
      credentials: tableEndpoint.credentials,
      refuseEarly: (call, requests, unknownKeys) => identity.refuseEarly(call, requests, unknownKeys),
    });
  const { policyPrincipals } = identity;
  const tables: Tables =
    remote ?? (await openTables({ path: places.tables, clock, random, logger, policyPrincipals, ...endpoints }));
  identity.useResourcePolicies((request) => tables.policiesFor(request));
  closers.push(() => tables.close());
  const network = openNetwork({ store, clock, random, logger, vpcCidr });

  const feed = configuration.feed ?? defaultFeedAddress(configuration);
  const { webhooks: urls, webhookSecrets: given } = configuration;
  const secrets = await openWebhookSecrets({ store, sealer, random, urls, given });
  const webhooks = new Webhooks({ urls, secrets: secrets.all, clock, random, logger });
  closers.push(() => webhooks.close());
  const clusters = await openClusters({
    ...{ store, clock, random, logger, sealer, identity, network },
    invoke: (call) => late.router!.invoke(call),
    launcher: childProcessLauncher({
      entry: fileURLToPath(new URL("../../bin/hotkeep.js", import.meta.url)),
      clock,
      logger,
      environment: { ...nodeEnvironment(), ...configuration.traceEnvironment },
    }),
    authority,
    tlsNames: configuration.tlsNames,
    advertise: configuration.advertiseLoopback ? "loopback" : "interface",
    launch: configuration.launch,
    feedHost: feed.host,
    feedPort: feed.port,
    limits: { withoutGatewayMs: configuration.withoutGatewayMs },
    onDenial: (denial) => {
      monitoring.denied(denial.hop === "caller" ? "cluster" : "table");
      denials.append(denialOfNode(denial));
      trail.denied(denial);
    },
    onUses: trail.uses,
    onNotification: webhooks.publish,
    onMetrics: ({ account, region, cluster, nodeId, report }) =>
      monitoring.reported({ account, region, cluster, node: nodeId }, report),
  });
  const router = createRouter({
    services: [
      ...identity.handlers,
      identity.ownHandlers,
      network.handlers,
      clusters.handlers,
      clusters.ownHandlers,
      tables.handlers,
      tables.streams,
      monitoring.handlers,
    ],
    credentials: identity.credentials,
    authorizer: identity.authorizer,
    audit: (record) => {
      monitoring.called(record);
      traces?.called(record);
      trail.record(record);
    },
    ...{ clock, random, logger, account },
  });
  late.router = router;

  const metricsPage = {
    monitoring,
    token: configuration.metricsToken,
    openConnections: () => http.connections(),
  };
  const answerCall = (request: HttpRequest): Promise<HttpResponse> | HttpResponse => {
    // What somebody was told is done stays done, also when the start fails later.
    start.undo = false;
    return router.handle(request);
  };
  const https = configuration.https
    ? await gatewayCertificate(authority, configuration, { clock, logger, show: (next) => http.show(next) })
    : undefined;
  closers.push(() => https?.renewing.stop());
  const http: HttpListener = await listenGateway({
    ...{ host, port: configuration.port, logger, clock, wanted: process.env.HOTKEEP_TRANSPORT },
    ...(https !== undefined && { credentials: https.credentials }),
    handle: (request) =>
      answerMetrics(request, metricsPage) ??
      answerSignIn(request, { identity, clock, region, audit: trail.signIn }) ??
      answerPage(request, remote?.state()) ??
      answerCall(request),
  }).catch((cause: NodeJS.ErrnoException) => {
    throw new HotkeepError("CannotListen", `cannot listen on ${host}:${configuration.port}: ${cause.message}`, {
      help:
        cause.code === "EADDRNOTAVAIL"
          ? "this machine has no such address: give one that it has with --host"
          : "stop what listens there, or choose another port with --port",
      cause,
    });
  });
  late.endpointAddress = new URL(http.url).host;
  let httpOpen = true;
  const closeHttp = async (withinMs: number): Promise<void> => {
    if (httpOpen) await http.close(withinMs);
    httpOpen = false;
  };
  closers.push(() => closeHttp(0));
  if (tableEndpoint !== undefined && leadsBack(tableEndpoint.url, http.url)) {
    throw new HotkeepError("BadConfiguration", `the table endpoint ${tableEndpoint.url} is this gateway itself`, {
      help: "give the address of the DynamoDB-compatible service that holds the tables",
    });
  }
  const trust = https && { tableEndpointAuthority: await authority.certificate() };
  await clusters.start({ tableEndpoint: http.url, ...trust });
  closers.push(() => clusters.stop());

  const world = await start.orStopped(prepareFirstStart(configuration, places, identity, router));
  start.undo = false;
  // Nodes are on their way: the first start has time to make the authority.
  replaceFile(places.authority, await authority.certificate());
  for (const cluster of await clusters.list()) {
    // Nodes that somebody else starts join a gateway that is there already, whenever they come.
    if (cluster.status === "deleting" || cluster.launch === "external") continue;
    await start.orStopped(clusters.whenAvailable(cluster.name, cluster.region, clustersReadyMs));
  }
  // No certificate speaks for "everywhere".
  const endpoint = https === undefined ? http.url : http.url.replace(/\/\/(0\.0\.0\.0|\[::\]):/, "//127.0.0.1:");
  const describe = async (): Promise<Running> => ({
    pid: process.pid,
    endpoint,
    account,
    region,
    ...(tableEndpoint === undefined ? {} : { tableEndpoint: tableEndpoint.url }),
    ...clustersToTell(await clusters.list()),
    feed: formatFeedAddress(clusters.feedAddress()),
  });
  const profiles = Object.keys(readCredentialsFile(places.credentials));
  writeConfigFile(places.config, {
    region,
    endpoint,
    account,
    profiles,
    ...(https && { authority: places.authority }),
  });
  const note = await RunningNote.leave(places.running, describe, logger);
  closers.push(() => note.remove());
  closers.push(clusters.watch(() => note.renew()));

  return {
    world,
    running: () => note.current,
    webhookSecrets: secrets,
    async close(withinMs) {
      // Nodes first: their last writes still need the table endpoint.
      await clusters.stop();
      await closeHttp(withinMs);
      await closeAll();
    },
  };
}
