import { ManualClock, type PermissionRequest, type Principal, SeededRandom, silentLogger } from "@hotkeep/core";
import { type Network, type NetworkOptions, openNetwork } from "@hotkeep/network";
import { AnswerHold, type CallContext, type Ec2Operations, type Operation } from "@hotkeep/protocols";
import { memoryStore, type StateStore } from "@hotkeep/state";

export const account = "123456789012";
export const place = { account, region: "us-west-2" };

export const alice: Principal = {
  kind: "user",
  account,
  arn: `arn:aws:iam::${account}:user/Alice`,
  id: "AIDAALICE",
  name: "Alice",
};

/** A session of DAX's service-linked role. */
export const daxService: Principal = {
  kind: "role-session",
  account,
  arn: `arn:aws:sts::${account}:assumed-role/AWSServiceRoleForDAX/dax-daxcluster01`,
  roleArn: `arn:aws:iam::${account}:role/aws-service-role/dax.amazonaws.com/AWSServiceRoleForDAX`,
  roleId: "AROADAX",
  roleName: "AWSServiceRoleForDAX",
  sessionName: "dax-daxcluster01",
};

export interface Caller {
  readonly principal?: Principal;
  readonly region?: string;
  readonly account?: string;
}

type Input<Name extends keyof Ec2Operations> = Ec2Operations[Name]["input"];
type Output<Name extends keyof Ec2Operations> = Ec2Operations[Name]["output"];

export interface Harness {
  readonly network: Network;
  readonly store: StateStore;
  readonly clock: ManualClock;
  call<Name extends keyof Ec2Operations & string>(
    name: Name,
    input: Input<Name>,
    caller?: Caller,
  ): Promise<Output<Name>>;
  needs<Name extends keyof Ec2Operations & string>(
    name: Name,
    input: Input<Name>,
    caller?: Caller,
  ): Promise<readonly PermissionRequest[]>;
}

export function openHarness(options: Partial<NetworkOptions> = {}, store: StateStore = memoryStore()): Harness {
  const clock = new ManualClock();
  const network = openNetwork({ store, clock, random: new SeededRandom(7), logger: silentLogger, ...options });
  const contextOf = (operation: string, caller: Caller): CallContext => ({
    service: "ec2",
    operation,
    principal: caller.principal ?? alice,
    accessKeyId: "AKIATEST",
    account: caller.account ?? account,
    region: caller.region ?? "us-west-2",
    requestId: "request",
    now: clock.now(),
    secureTransport: false,
  });
  const operationOf = (name: string): Operation<unknown, unknown> => {
    const found = network.handlers.operations.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no operation ${name}`);
    return found.operation as Operation<unknown, unknown>;
  };
  return {
    network,
    store,
    clock,
    async call(name, input, caller = {}) {
      const context = contextOf(name, caller);
      await operationOf(name).needs(input, context);
      return (await operationOf(name).handle(input, context, new AnswerHold())) as Output<typeof name>;
    },
    needs: async (name, input, caller = {}) => operationOf(name).needs(input, contextOf(name, caller)),
  };
}

/** What a rejected call said, as `Code: message`. */
export async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    const { code, message } = error as { readonly code: string; readonly message: string };
    return `${code}: ${message}`;
  }
  throw new Error("the call succeeded");
}
