import { type Clusters, type ClustersOptions, type ClustersStart, daxQuotas, openClusters } from "@hotkeep/clusters";
import { SeededRandom, silentLogger, systemClock } from "@hotkeep/core";
import { type Accounts, memorySealer, openAccounts, type Sealer } from "@hotkeep/identity";
import { type Network, openNetwork } from "@hotkeep/network";
import {
  createRouter,
  type DaxOperations,
  type Ec2Operations,
  type HotkeepOperations,
  type IamOperations,
  type Router,
  type SigningCredentials,
} from "@hotkeep/protocols";
import { memoryStore, type StateStore } from "@hotkeep/state";
import { FakeLauncher } from "./fake-node.js";

export const account = "123456789012";
export const region = "us-west-2";
export const roleArn = `arn:aws:iam::${account}:role/DAXServiceRole`;
export const clusterArnOf = (name: string, where = region) => `arn:aws:dax:${where}:${account}:cache/${name}`;
export const linkedRoleArn = `arn:aws:iam::${account}:role/aws-service-role/dax.amazonaws.com/AWSServiceRoleForDAX`;
export { daxQuotas };

/** The trust document of AWS's page on DAX access control. */
export const daxTrust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "dax.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

/** What everything in a house survives in. */
export interface Ground {
  readonly store: StateStore;
  readonly sealer: Sealer;
}

export function newGround(): Ground {
  return { store: memoryStore(), sealer: memorySealer() };
}

type Services = { dax: DaxOperations; ec2: Ec2Operations; iam: IamOperations; hotkeep: HotkeepOperations };

/** A gateway without HTTP: real identity, network, router and feed; nodes are {@link FakeLauncher}'s. */
export interface House {
  readonly ground: Ground;
  readonly identity: Accounts;
  readonly network: Network;
  readonly clusters: Clusters;
  readonly router: Router;
  readonly launcher: FakeLauncher;
  readonly root: SigningCredentials;
  call<Service extends keyof Services, Name extends keyof Services[Service] & string>(
    service: Service,
    operation: Name,
    input: Services[Service][Name] extends { input: infer Input } ? Input : never,
    by?: { readonly credentials?: SigningCredentials; readonly region?: string },
  ): Promise<Services[Service][Name] extends { output: infer Output } ? Output : never>;
  /** A user with a key and one inline policy. */
  user(name: string, statements: readonly object[]): Promise<SigningCredentials>;
  /** A role for clusters, trusted by DAX unless told otherwise. */
  serviceRole(name?: string, trust?: string, path?: string): Promise<string>;
  create(name: string, nodes?: number, more?: Partial<DaxOperations["CreateCluster"]["input"]>): Promise<void>;
  /** The texts of all events, oldest first. */
  events(source?: string): Promise<readonly string[]>;
  until(ready: () => boolean | Promise<boolean>, what?: string): Promise<void>;
  close(): Promise<void>;
}

export async function openHouse(
  options: Partial<ClustersOptions> = {},
  ground: Ground = newGround(),
  seed = 1,
  start: ClustersStart = { tableEndpoint: "http://127.0.0.1:8000" },
): Promise<House> {
  const { store, sealer } = ground;
  const shared = { store, clock: systemClock, random: new SeededRandom(seed), logger: silentLogger };
  const identity = await openAccounts({ ...shared, sealer, account });
  const network = openNetwork(shared);
  const launcher = new FakeLauncher();
  const late: { router?: Router } = {};
  const clusters = openClusters({
    ...shared,
    sealer,
    identity,
    network,
    launcher,
    invoke: (call) => late.router!.invoke(call),
    ...options,
    limits: {
      relaunchMinMs: 5,
      relaunchMaxMs: 20,
      drainMs: 200,
      finishMs: 200,
      stopMs: 200,
      launchAttemptsMax: 3,
      // Nobody who asks ten times a second loses it, however busy the machine is.
      seatMs: 8_000,
      ...options.limits,
    },
  });
  const router = createRouter({
    services: [...identity.handlers, identity.ownHandlers, network.handlers, clusters.handlers, clusters.ownHandlers],
    credentials: identity.credentials,
    authorizer: identity.authorizer,
    clock: systemClock,
    random: shared.random,
    logger: silentLogger,
    account,
  });
  late.router = router;
  const root = await identity.createRootKey();
  await clusters.start(start);

  const house: House = {
    ground,
    identity,
    network,
    clusters,
    router,
    launcher,
    root,
    async call(service, operation, input, by = {}) {
      const output = await router.invoke({
        service,
        operation,
        input,
        region: by.region ?? region,
        credentials: by.credentials ?? root,
      });
      return output as never;
    },
    async user(name, statements) {
      await house.call("iam", "CreateUser", { UserName: name });
      await house.call("iam", "PutUserPolicy", {
        UserName: name,
        PolicyName: "Policy",
        PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
      });
      const { AccessKey: key } = await house.call("iam", "CreateAccessKey", { UserName: name });
      return { accessKeyId: key!.AccessKeyId!, secretAccessKey: key!.SecretAccessKey! };
    },
    async serviceRole(name = "DAXServiceRole", trust = daxTrust, path = "/") {
      const { Role: role } = await house.call("iam", "CreateRole", {
        RoleName: name,
        Path: path,
        AssumeRolePolicyDocument: trust,
      });
      return role!.Arn!;
    },
    async create(name, nodes = 1, more = {}) {
      await house.call("dax", "CreateCluster", {
        ClusterName: name,
        NodeType: "dax.r5.large",
        ReplicationFactor: nodes,
        IamRoleArn: roleArn,
        ...more,
      });
      await clusters.whenAvailable(name, region, 15_000);
    },
    async events(source) {
      const input = source === undefined ? {} : { SourceName: source };
      const { Events: events } = await house.call("dax", "DescribeEvents", input);
      return events!.map((event) => event.Message!).reverse();
    },
    async until(ready, what = "it") {
      for (const deadline = Date.now() + 15_000; !(await ready()); ) {
        if (Date.now() > deadline) throw new Error(`waited too long for ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
    },
    async close() {
      await clusters.stop();
      await identity.close();
    },
  };
  return house;
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
