import { type Clock, CommonAwsError, HotkeepError, type Logger, type ServicePrincipal } from "@hotkeep/core";
import type { Identity } from "@hotkeep/identity";
import type { Network } from "@hotkeep/network";
import { AnswerHold, type CallContext, type LocalCall, type Operation } from "@hotkeep/protocols";
import { fault } from "../errors.js";
import { clusterArn, daxService } from "../model/arns.js";
import type { Place } from "../model/records.js";
import type { Ec2 } from "./ec2-calls.js";

/** What calling EC2 takes. */
export interface LinkedRoleOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly identity: Pick<Identity, "assumeRoleForService" | "endSession" | "findServiceLinkedRole">;
  readonly network: Pick<Network, "handlers">;
  readonly invoke: (call: LocalCall) => Promise<unknown>;
  readonly sessionSeconds: number;
}

/** EC2 as DAX may call it: with sessions of the account's service-linked role, and with nothing else. */
export class LinkedRole {
  readonly #options: LinkedRoleOptions;

  constructor(options: LinkedRoleOptions) {
    this.#options = options;
  }

  /** Whether the account has the role now. */
  presentIn(account: string): boolean {
    return this.#options.identity.findServiceLinkedRole(daxService, account) !== undefined;
  }

  /**
   * Runs one step of work for a cluster with a session of its own, which ends with the step. No session is made for a
   * step that makes no call.
   *
   * @throws AwsError `ServiceLinkedRoleNotFoundFault` when the account has no such role
   */
  async run<T>(place: Place, clusterName: string, step: (ec2: Ec2) => Promise<T>): Promise<T> {
    const { identity, invoke, sessionSeconds, logger } = this.#options;
    let opening: ReturnType<typeof identity.assumeRoleForService> | undefined;
    const open = () => {
      const role = identity.findServiceLinkedRole(daxService, place.account);
      if (role === undefined) {
        throw fault(
          "ServiceLinkedRoleNotFoundFault",
          "The service-linked role AWSServiceRoleForDAX does not exist in this account.",
        );
      }
      return identity.assumeRoleForService({
        service: daxService,
        roleArn: role.arn,
        sessionName: `dax-${clusterName}`,
        sourceArn: clusterArn(place, clusterName),
        durationSeconds: sessionSeconds,
      });
    };
    const ec2: Ec2 = async (operation, input) => {
      opening ??= open();
      const credentials = await opening;
      try {
        return (await invoke({ service: "ec2", operation, input, region: place.region, credentials })) as never;
      } catch (error) {
        // The DAX API has no code for what its own role may not do; the message keeps it visible.
        if (error instanceof CommonAwsError && error.kind === "AccessDenied") {
          throw fault("InvalidVPCNetworkStateFault", error.message, error);
        }
        throw error;
      }
    };
    try {
      return await step(ec2);
    } finally {
      if (opening !== undefined) {
        // A session that never came about needs no end; its failure has been told where it was used.
        const session = await opening.catch(() => undefined);
        if (session !== undefined) {
          await identity.endSession(session.accessKeyId).catch((error: unknown) => {
            logger.warn("a session of the service-linked role ends by itself", { error });
          });
        }
      }
    }
  }

  /**
   * EC2's describing calls with the service's own authority, for checks before the role exists: a request that fails
   * validation must not leave a role behind.
   */
  direct(place: Place, requestId: string): Ec2 {
    const { network, clock } = this.#options;
    const principal: ServicePrincipal = { kind: "service", service: daxService };
    return async (operation, input) => {
      const found = network.handlers.operations.find((one) => one.name === operation);
      if (found === undefined || !operation.startsWith("Describe")) {
        throw new HotkeepError("Ec2NotAllowed", `\`${operation}\` needs a session of the service-linked role.`);
      }
      const call: CallContext = {
        service: "ec2",
        operation,
        principal,
        accessKeyId: "",
        account: place.account,
        region: place.region,
        requestId,
        now: clock.now(),
        secureTransport: true,
      };
      const hold = new AnswerHold();
      const output = await (found.operation as Operation<unknown, unknown>).handle(input, call, hold);
      await hold.held;
      return output as never;
    };
  }
}
