import { AwsError, type Clock, type Logger, permission, type Random, uniqueId } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import type { Decider } from "../decisions/decider.js";
import type { Directory } from "../directory/directory.js";
import { invalidInput } from "../errors.js";
import type { RoleFacts } from "../face.js";
import { roles } from "../records/tables.js";
import type { Records } from "../records/transaction.js";
import type { RoleRecord } from "../records/types.js";
import { Lock } from "./lock.js";
import { findLinkedService, type LinkedService, linkedRolePath, linkedRoleTrust } from "./services.js";

/** What {@link LinkedRoles} work with. */
export interface LinkedRoleParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly directory: Directory;
  readonly records: Records;
  readonly decider: Decider;
}

/** Makes service-linked roles, and holds the lock under which they come and go. */
export class LinkedRoles {
  readonly #parts: LinkedRoleParts;
  readonly #locks = new Map<string, Lock>();

  constructor(parts: LinkedRoleParts) {
    this.#parts = parts;
  }

  /** The ARN that a service's linked role has or would have; any name is answered, for the decision comes first. */
  arn(service: string): string {
    const roleName = findLinkedService(service)?.roleName ?? `AWSServiceRoleFor${service.split(".")[0]}`;
    return this.#parts.directory.arns.role(linkedRolePath(service), roleName);
  }

  find(service: string): RoleFacts | undefined {
    const role = this.#parts.directory.roles.one("linkedService", service);
    return role === undefined ? undefined : this.factsOf(role);
  }

  factsOf(role: RoleRecord): RoleFacts {
    const { name, id, linkedService } = role;
    const facts = { arn: this.#parts.directory.roleArn(role), name, id };
    return linkedService === undefined ? facts : { ...facts, linkedService };
  }

  /** Serialises making, using for a new cluster, and deleting a service's role. */
  lock<T>(service: string, work: () => Promise<T>): Promise<T> {
    if (findLinkedService(service) === undefined) return work();
    const lock = this.#locks.get(service) ?? new Lock();
    this.#locks.set(service, lock);
    return lock.run(work);
  }

  /** Finds or makes the role, then works while it cannot go away. */
  async withRole<T>(
    service: string,
    caller: CallContext | undefined,
    work: (role: RoleFacts) => Promise<T>,
  ): Promise<T> {
    return this.lock(service, async () => work(this.find(service) ?? (await this.#makeFor(service, caller))));
  }

  /**
   * Makes the role. The caller's permission has been decided.
   *
   * @throws AwsError `InvalidInputException` when the service has no linked role, or the name is taken.
   */
  async make(
    service: string,
    options: { readonly description?: string; readonly suffix?: string },
  ): Promise<RoleRecord> {
    const known = findLinkedService(service);
    if (known === undefined) {
      throw invalidInput(`AWS service name ${service} is not valid or service-linked roles are not supported for it.`);
    }
    if (options.suffix !== undefined) throw invalidInput(`Custom suffix is not allowed for ${service}`);
    const role = this.#record(known, options.description);
    await this.#parts.records.edit(async (tx) => {
      if ((await tx.get(roles, known.roleName)) !== undefined) throw nameTaken(known.roleName);
      tx.put(roles, known.roleName, role);
    });
    return role;
  }

  async #makeFor(service: string, caller: CallContext | undefined): Promise<RoleFacts> {
    if (caller !== undefined) {
      const needed = permission("iam:CreateServiceLinkedRole", this.arn(service), { "iam:AWSServiceName": service });
      const decision = this.#parts.decider.decideCall(caller, needed);
      if (decision.outcome !== "allowed") this.#parts.decider.refuse(decision, caller);
    }
    const role = await this.make(service, {}).catch((error: unknown) => {
      // Another gateway was faster.
      const made = error instanceof AwsError ? this.#parts.directory.roles.one("linkedService", service) : undefined;
      if (made === undefined) throw error;
      return made;
    });
    this.#parts.logger.info("made a service-linked role", {
      role: role.name,
      invokedBy: service,
      caller: caller?.accessKeyId,
    });
    return this.factsOf(role);
  }

  #record({ service, roleName, policyArns }: LinkedService, description: string | undefined): RoleRecord {
    const { clock, random } = this.#parts;
    return {
      kind: "role",
      name: roleName,
      path: linkedRolePath(service),
      id: uniqueId(random, "AROA", 17),
      createdAt: clock.now(),
      trust: linkedRoleTrust(service),
      ...(description === undefined ? {} : { description }),
      maxSessionSeconds: 3600,
      tags: [],
      attached: policyArns,
      inline: {},
      instanceProfiles: [],
      linkedService: service,
    };
  }
}

/** Observed: not EntityAlreadyExists. */
function nameTaken(roleName: string): AwsError {
  return invalidInput(`Service role name ${roleName} has been taken in this account, please try a different suffix.`);
}
