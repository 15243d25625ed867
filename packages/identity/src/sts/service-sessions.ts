import { AwsError, type Principal, parseArn, permission, uuid } from "@hotkeep/core";
import { type Decision, decideAssumeRole, principalContext } from "@hotkeep/policy";
import type { AuditRecord } from "@hotkeep/protocols";
import type { ServiceAssumeRoleRequest, ServiceSession } from "../face.js";
import type { Realm } from "../realm.js";
import type { RoleRecord } from "../records/types.js";

const durationSecondsMin = 900;
const durationSecondsMax = 43_200;

/** Roles that services assume, as themselves. */
export class ServiceSessions {
  readonly #realm: Realm;
  readonly #audit: ((record: AuditRecord) => void) | undefined;

  constructor(realm: Realm, audit: ((record: AuditRecord) => void) | undefined) {
    this.#realm = realm;
    this.#audit = audit;
  }

  /** Whether the role exists and trusts the service. */
  mayAssume(roleArn: string, service: string, sourceArn: string | undefined): boolean {
    const role = this.#realm.directory.roleByArn(roleArn);
    return role !== undefined && this.#decide(role, service, sourceArn).outcome === "allowed";
  }

  /** See {@link import("../face.js").Identity.assumeRoleForService}; tells the audit trail. */
  async assume(request: ServiceAssumeRoleRequest): Promise<ServiceSession> {
    const time = this.#realm.clock.now();
    try {
      const session = await this.#assume(request);
      this.#tell(request, time, session);
      return session;
    } catch (error) {
      if (error instanceof AwsError) this.#tell(request, time, error);
      throw error;
    }
  }

  #tell(request: ServiceAssumeRoleRequest, time: number, outcome: ServiceSession | AwsError): void {
    const { random, account, logger } = this.#realm;
    const { service, roleArn, sessionName: roleSessionName, sourceArn, durationSeconds } = request;
    const failed = outcome instanceof AwsError;
    try {
      this.#audit?.({
        requestId: uuid(random),
        time,
        durationMs: this.#realm.clock.now() - time,
        service: "sts",
        operation: "AssumeRole",
        principal: { kind: "service", service },
        accessKeyId: undefined,
        account,
        region: (sourceArn === undefined ? undefined : parseArn(sourceArn)?.region) || "us-east-1",
        sourceIp: undefined,
        userAgent: undefined,
        permissions: [permission("sts:AssumeRole", roleArn)],
        status: failed ? outcome.status : 200,
        errorCode: failed ? outcome.code : undefined,
        errorMessage: failed ? outcome.message : undefined,
        tellInput: () => ({ roleArn, roleSessionName, durationSeconds }),
        tellOutput: failed
          ? undefined
          : () => ({
              credentials: { accessKeyId: outcome.accessKeyId, expiration: new Date(outcome.expiresAt).toISOString() },
              assumedRoleUser: { arn: outcome.arn },
            }),
      });
    } catch (error) {
      logger.error("an audit record was lost", { service, roleArn, error });
    }
  }

  async #assume(request: ServiceAssumeRoleRequest): Promise<ServiceSession> {
    const { service, roleArn, sessionName, sourceArn, durationSeconds } = request;
    const { directory, decider, sessions } = this.#realm;
    if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
      throw new AwsError("ValidationError", `The role session name ${sessionName} is not valid.`);
    }
    if (durationSeconds < durationSecondsMin || durationSeconds > durationSecondsMax) {
      throw new AwsError("ValidationError", `A role session cannot last ${durationSeconds} seconds.`);
    }
    const role = directory.roleByArn(roleArn);
    if (role === undefined) {
      const principal: Principal = { kind: "service", service };
      const message = `User: ${service} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
      return decider.refuseWith({ principal, action: "sts:AssumeRole", resource: roleArn, message });
    }
    const decision = this.#decide(role, service, sourceArn);
    if (decision.outcome !== "allowed") decider.refuse(decision);
    const heldBy = sourceArn === undefined ? { service } : { service, sourceArn };
    const session = {
      kind: "role" as const,
      ownerId: role.id,
      name: sessionName,
      tags: [],
      transitiveTagKeys: [],
      heldBy,
    };
    const issued = await sessions.issue(session, durationSeconds);
    return { ...issued, arn: directory.arns.roleSession(role.name, sessionName) };
  }

  #decide(role: RoleRecord, service: string, sourceArn: string | undefined): Decision {
    const { directory, book, clock } = this.#realm;
    const principal: Principal = { kind: "service", service };
    const source = sourceArn === undefined ? undefined : parseArn(sourceArn);
    const { action, resource } = permission("sts:AssumeRole", directory.roleArn(role));
    const context = {
      ...principalContext(principal, {
        nowMs: clock.now(),
        region: source?.region || "us-east-1",
        secureTransport: true,
        ...(sourceArn === undefined ? {} : { sourceArn }),
        ...(source === undefined ? {} : { sourceAccount: source.account }),
      }),
      "aws:ResourceAccount": directory.arns.account,
      ...Object.fromEntries(role.tags.map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, Value])),
    };
    return decideAssumeRole({ principal, action, resource, context }, { identity: [], resource: book.trust(role) });
  }
}
