import { uuid } from "@hotkeep/core";
import { forgetAccesses } from "../decisions/access-trail.js";
import { invalidInput, limitExceeded, noSuch, noSuchEntity } from "../errors.js";
import type { RoleUsage } from "../face.js";
import { deletionTaskMs, deletionTasksMax } from "../limits.js";
import { deletionTasks, lastUses, roles } from "../records/tables.js";
import type { DeletionTaskRecord } from "../records/types.js";
import type { Sessions } from "../sessions/sessions.js";
import type { LinkedRoleParts, LinkedRoles } from "./linked-roles.js";
import { Lock } from "./lock.js";
import { findLinkedService } from "./services.js";

/** Tells what still uses a service's linked role. */
export type UsageCheck = (account: string) => Promise<readonly RoleUsage[]>;

const TASK_ID = /^task\/aws-service-role\/([^/]+)\/([^/]+)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

const STILL_USED =
  "A service-linked role cannot be deleted while the linked service still uses it. Delete the listed DAX clusters first.";
const CHECK_FAILED = "It could not be found out whether the linked service still uses the role. Try again.";

/** Deletes service-linked roles in the background, as tasks that can be asked about. */
export class LinkedRoleDeletions {
  readonly #parts: LinkedRoleParts;
  readonly #linkedRoles: LinkedRoles;
  readonly #sessions: Sessions;
  readonly #checks = new Map<string, UsageCheck>();
  readonly #requests = new Lock();
  readonly #running = new Map<string, Promise<void>>();

  constructor(parts: LinkedRoleParts, linkedRoles: LinkedRoles, sessions: Sessions) {
    this.#parts = parts;
    this.#linkedRoles = linkedRoles;
    this.#sessions = sessions;
  }

  /** Registers a check, and takes up what a stop interrupted: only now it can be judged. */
  register(service: string, check: UsageCheck): void {
    this.#checks.set(service, check);
    for (const task of this.#parts.directory.deletionTasks.values()) {
      if (task.service === service && isUnfinished(task)) this.#start(task);
    }
  }

  /**
   * Begins to delete a role; while a task for it is unfinished the same one is answered (documented).
   *
   * @returns the task's id
   */
  request(roleName: string): Promise<string> {
    return this.#requests.run(async () => {
      const { directory, records, random, clock } = this.#parts;
      const role = directory.role(roleName);
      if (role === undefined) throw noSuch("role", roleName);
      if (role.linkedService === undefined) {
        throw noSuchEntity(`The role with name ${roleName} is not a service-linked role.`);
      }
      for (const task of directory.deletionTasks.values()) {
        if (task.roleName === role.name && isUnfinished(task)) return taskIdOf(task);
      }
      if (directory.deletionTasks.size >= deletionTasksMax) {
        throw limitExceeded(`Cannot exceed quota for ServiceLinkedRoleDeletionTasks: ${deletionTasksMax}`);
      }
      const task: DeletionTaskRecord = {
        id: uuid(random),
        service: role.linkedService,
        roleName: role.name,
        roleArn: directory.roleArn(role),
        status: "NOT_STARTED",
        createdAt: clock.now(),
      };
      await records.edit(async (tx) => tx.put(deletionTasks, task.id, task));
      this.#start(task);
      return taskIdOf(task);
    });
  }

  /** The role's ARN that a task id speaks of, also when the task is gone. */
  roleArnOf(taskId: string): string | undefined {
    const [, service, roleName] = TASK_ID.exec(taskId) ?? [];
    if (service === undefined || findLinkedService(service)?.roleName !== roleName) return undefined;
    return this.#linkedRoles.arn(service);
  }

  /** @throws AwsError `InvalidInputException` for what is no task id, `NoSuchEntityException` for an unknown one. */
  status(taskId: string): DeletionTaskRecord {
    const uuidPart = TASK_ID.exec(taskId)?.[3];
    if (uuidPart === undefined) throw invalidInput(`The deletion task id ${taskId} is not valid.`);
    const task = this.#parts.directory.deletionTasks.get(uuidPart);
    if (task === undefined || taskIdOf(task) !== taskId) {
      throw noSuchEntity(`The deletion task with id ${taskId} cannot be found.`);
    }
    return task;
  }

  /** Lets go of tasks that finished long ago. */
  async sweep(): Promise<void> {
    const { clock, directory, records } = this.#parts;
    const before = clock.now() - deletionTaskMs;
    const old = [...directory.deletionTasks.values()].filter((task) => task.createdAt < before && !isUnfinished(task));
    if (old.length === 0) return;
    await records.edit(async (tx) => {
      for (const { id } of old) tx.delete(deletionTasks, id);
    });
  }

  /** Waits for the tasks that are running. */
  async settle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  #start(task: DeletionTaskRecord): void {
    if (this.#running.has(task.id)) return;
    const done = this.#linkedRoles
      .lock(task.service, () => this.#run(task))
      .catch((error: unknown) => {
        // Still unfinished in the store: it is taken up again at the next start.
        this.#parts.logger.error("deleting a service-linked role was interrupted", {
          role: task.roleName,
          error: String(error),
        });
      })
      .finally(() => this.#running.delete(task.id));
    this.#running.set(task.id, done);
  }

  async #run(task: DeletionTaskRecord): Promise<void> {
    const { directory, records } = this.#parts;
    const finish = (end: Partial<DeletionTaskRecord>) =>
      records.edit(async (tx) => tx.put(deletionTasks, task.id, { ...task, ...end }));
    await finish({ status: "IN_PROGRESS" });
    const role = directory.role(task.roleName);
    // Gone already: an earlier run of this task deleted it and was stopped before it could say so.
    if (role?.linkedService === undefined) return finish({ status: "SUCCEEDED" });
    let usage: readonly RoleUsage[];
    try {
      usage = await this.#usage(task.service, role.id);
    } catch (error) {
      this.#parts.logger.error("the use of a service-linked role cannot be checked", {
        role: role.name,
        error: String(error),
      });
      return finish({ status: "FAILED", reason: CHECK_FAILED });
    }
    if (usage.length > 0) return finish({ status: "FAILED", reason: STILL_USED, usage });
    await records.edit(async (tx) => {
      tx.delete(roles, role.name);
      tx.delete(lastUses, role.id);
      forgetAccesses(tx, directory, role.id);
      tx.put(deletionTasks, task.id, { ...task, status: "SUCCEEDED" });
    });
  }

  /** What the service names, and open sessions of the role; by Region. */
  async #usage(service: string, roleId: string): Promise<readonly RoleUsage[]> {
    const byRegion = new Map<string, Set<string>>();
    const add = (region: string, resources: readonly string[]): void => {
      const known = byRegion.get(region) ?? new Set();
      for (const resource of resources) known.add(resource);
      byRegion.set(region, known);
    };
    const named = (await this.#checks.get(service)?.(this.#parts.directory.arns.account)) ?? [];
    for (const { region, resources } of named) add(region, resources);
    for (const { heldBy } of this.#sessions.alive(roleId)) {
      const sourceArn = heldBy?.sourceArn;
      add(sourceArn?.split(":")[3] || "us-east-1", sourceArn === undefined ? [] : [sourceArn]);
    }
    return [...byRegion].map(([region, resources]) => ({ region, resources: [...resources] }));
  }
}

/** `task/aws-service-role/dax.amazonaws.com/AWSServiceRoleForDAX/UUID` (documented). */
function taskIdOf({ service, roleName, id }: DeletionTaskRecord): string {
  return `task/aws-service-role/${service}/${roleName}/${id}`;
}

function isUnfinished({ status }: DeletionTaskRecord): boolean {
  return status === "NOT_STARTED" || status === "IN_PROGRESS";
}
