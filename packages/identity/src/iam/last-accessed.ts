import { type Random, uuid } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import type { Directory } from "../directory/directory.js";
import { invalidInput, noSuchEntity } from "../errors.js";
import { accessReportsMax } from "../limits.js";
import type { Realm } from "../realm.js";
import type { AccessRecord, RoleRecord, UserRecord } from "../records/types.js";
import { onGroup, onNothing, onPolicy, onRole, onUser } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { paginate } from "./page.js";
import { findManagedPolicy } from "./policies.js";
import { serviceNames, servicesReached } from "./service-reach.js";
import { findSource, policiesOf } from "./simulate.js";

/** A report as it was when it was asked for. In memory: it can be made again at any time. */
interface Report {
  readonly jobId: string;
  /** Only who asked for a report may read it (documented). */
  readonly askedBy: string;
  readonly actionLevel: boolean;
  readonly at: Date;
  readonly services: readonly {
    readonly namespace: string;
    readonly accesses: readonly { readonly entity: UserRecord | RoleRecord; readonly access: AccessRecord }[];
  }[];
}

function isPolicyArn(arn: string): boolean {
  return /^arn:[^:]+:iam::[^:]+:policy\//.test(arn);
}

/** What a policy, group, user or role reaches, and the users and roles that act with it. */
function subject(realm: Realm, arn: string) {
  const { directory, book } = realm;
  if (isPolicyArn(arn)) {
    findManagedPolicy(directory, arn);
    const groups = directory.groups.where("attached", arn);
    const members = groups.flatMap(({ id }) => directory.users.where("group", id));
    const users = new Set([...directory.users.where("attached", arn), ...members]);
    return {
      texts: [book.managedText(arn) ?? ""],
      entities: [...users, ...directory.roles.where("attached", arn)],
    };
  }
  const source = findSource(realm, arn);
  const texts = policiesOf(realm, source).map(({ document }) => document);
  return { texts, entities: source.kind === "group" ? directory.users.where("group", source.id) : [source] };
}

function makeReport(realm: Realm, arn: string, actionLevel: boolean, call: CallContext, random: Random): Report {
  const { directory } = realm;
  const { texts, entities } = subject(realm, arn);
  const namespaces = [...new Set(texts.flatMap((text) => [...servicesReached(text)]))].sort();
  const services = namespaces.map((namespace) => ({
    namespace,
    accesses: entities
      .flatMap((entity) => {
        const access = directory.accesses.get(`${entity.id}/${namespace}`);
        return access === undefined ? [] : [{ entity, access }];
      })
      .sort((a, b) => b.access.at - a.access.at),
  }));
  return { jobId: uuid(random), askedBy: call.accessKeyId, actionLevel, at: new Date(call.now), services };
}

function serviceShape(directory: Directory, { namespace, accesses }: Report["services"][number], actionLevel: boolean) {
  const newest = accesses[0];
  const shape = {
    // A policy may name any service, `constructor` too.
    ServiceName: Object.hasOwn(serviceNames, namespace) ? serviceNames[namespace] : namespace,
    ServiceNamespace: namespace,
    TotalAuthenticatedEntities: accesses.length,
  };
  if (newest === undefined) return shape;
  const LastAuthenticatedEntity = directory.carrierArn(newest.entity);
  const used = {
    ...shape,
    LastAuthenticated: new Date(newest.access.at),
    LastAuthenticatedEntity,
    LastAuthenticatedRegion: newest.access.region,
  };
  if (!actionLevel) return used;
  const actions = new Map<string, { readonly at: number; readonly region: string; readonly entity: string }>();
  for (const { entity, access } of accesses) {
    for (const [name, use] of Object.entries(access.actions)) {
      const known = actions.get(name);
      if (known === undefined || known.at < use.at) {
        actions.set(name, { ...use, entity: directory.carrierArn(entity) });
      }
    }
  }
  const TrackedActionsLastAccessed = [...actions].sort().map(([name, { at, region, entity }]) => ({
    ActionName: name,
    LastAccessedEntity: entity,
    LastAccessedTime: new Date(at),
    LastAccessedRegion: region,
  }));
  return { ...used, TrackedActionsLastAccessed };
}

function onSubject(realm: Realm, action: string, arn: string) {
  const name = arn.slice(arn.lastIndexOf("/") + 1);
  if (isPolicyArn(arn)) return onPolicy(realm, action, arn);
  if (arn.includes(":role/")) return { ...onRole(realm, action, name), resource: arn };
  if (arn.includes(":group/")) return { ...onGroup(realm, action, name), resource: arn };
  return { ...onUser(realm, action, name), resource: arn };
}

/** The access advisor: what was last done with what is allowed. */
export const lastAccessedOperations: OperationFamily = (realm) => {
  const { directory, random } = realm;
  const reports = new Map<string, Report>();
  const find = (jobId: string, call: CallContext): Report => {
    const report = reports.get(jobId);
    if (report?.askedBy !== call.accessKeyId) throw noSuchEntity(`The job with id ${jobId} cannot be found.`);
    return report;
  };
  return [
    operation("GenerateServiceLastAccessedDetails", {
      needs: ({ Arn }) => [onSubject(realm, "GenerateServiceLastAccessedDetails", Arn)],
      handle: ({ Arn, Granularity }, call) => {
        const report = makeReport(realm, Arn, Granularity === "ACTION_LEVEL", call, random);
        reports.set(report.jobId, report);
        for (const oldest of reports.keys()) {
          if (reports.size <= accessReportsMax) break;
          reports.delete(oldest);
        }
        return { JobId: report.jobId };
      },
    }),

    operation("GetServiceLastAccessedDetails", {
      needs: () => [onNothing("GetServiceLastAccessedDetails")],
      handle: ({ JobId, ...input }, call) => {
        const report = find(JobId, call);
        const { items, rest } = paginate(report.services, ({ namespace }) => namespace, input);
        return {
          JobStatus: "COMPLETED",
          JobType: report.actionLevel ? "ACTION_LEVEL" : "SERVICE_LEVEL",
          JobCreationDate: report.at,
          JobCompletionDate: report.at,
          ServicesLastAccessed: items.map((service) => serviceShape(directory, service, report.actionLevel)),
          ...rest,
        };
      },
    }),

    operation("GetServiceLastAccessedDetailsWithEntities", {
      needs: () => [onNothing("GetServiceLastAccessedDetailsWithEntities")],
      handle: ({ JobId, ServiceNamespace, ...input }, call) => {
        const report = find(JobId, call);
        const service = report.services.find(({ namespace }) => namespace === ServiceNamespace);
        if (service === undefined) throw invalidInput(`The report does not speak of the service ${ServiceNamespace}.`);
        const { items, rest } = paginate(service.accesses, ({ entity }) => entity.id, input);
        return {
          JobStatus: "COMPLETED",
          JobCreationDate: report.at,
          JobCompletionDate: report.at,
          EntityDetailsList: items.map(({ entity, access }) => ({
            EntityInfo: {
              Arn: directory.carrierArn(entity),
              Name: entity.name,
              Type: entity.kind === "user" ? ("USER" as const) : ("ROLE" as const),
              Id: entity.id,
              Path: entity.path,
            },
            LastAuthenticated: new Date(access.at),
          })),
          ...rest,
        };
      },
    }),
  ];
};
