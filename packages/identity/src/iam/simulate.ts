import { type ContextValues, type Principal, parseArn } from "@hotkeep/core";
import { invalidInput, noSuchEntity } from "../errors.js";
import { simulatedPairsMax } from "../limits.js";
import type { Realm } from "../realm.js";
import type { Carrier } from "./carriers.js";
import { onGroup, onNothing, onRole, onUser } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { type PageInput, paginateInOrder } from "./page.js";
import { type SimulatedPolicy, Simulation } from "./simulation.js";

interface ContextEntry {
  readonly ContextKeyName?: string;
  readonly ContextKeyValues?: readonly string[];
  readonly ContextKeyType?: string;
}

/** Keys of a list type are multivalued even with one value. */
function contextOf(entries: readonly ContextEntry[] | undefined): ContextValues {
  const context: Record<string, string | readonly string[]> = {};
  for (const { ContextKeyName, ContextKeyValues = [], ContextKeyType = "string" } of entries ?? []) {
    if (ContextKeyName === undefined) throw invalidInput("A context entry needs a ContextKeyName.");
    if (ContextKeyType.endsWith("List")) context[ContextKeyName] = ContextKeyValues;
    else if (ContextKeyValues.length === 1) context[ContextKeyName] = ContextKeyValues[0]!;
    else throw invalidInput(`The context key ${ContextKeyName} of type ${ContextKeyType} needs exactly one value.`);
  }
  return context;
}

/** The user, group or role with this ARN. @throws AwsError `NoSuchEntityException`, `InvalidInputException` */
export function findSource({ directory }: Realm, arn: string): Carrier {
  const parts = parseArn(arn);
  if (parts?.service !== "iam" || !/^(?:user|group|role)\//.test(parts.resource)) {
    throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);
  }
  const found = directory.userByArn(arn) ?? directory.groupByArn(arn) ?? directory.roleByArn(arn);
  if (found === undefined) {
    throw noSuchEntity(`The entity ${arn} cannot be found.`);
  }
  return found;
}

/** Authorises by the ARN that is asked about, whether it exists or not. */
export function onSource(realm: Realm, action: string, arn: string) {
  const name = arn.slice(arn.lastIndexOf("/") + 1);
  const resource = parseArn(arn)?.resource ?? "";
  if (resource.startsWith("group/")) return { ...onGroup(realm, action, name), resource: arn };
  if (resource.startsWith("role/")) return { ...onRole(realm, action, name), resource: arn };
  return { ...onUser(realm, action, name), resource: arn };
}

/** What a source's own policies are called in the answer: managed ones by name, inline ones by carrier and name. */
export function policiesOf(realm: Realm, carrier: Carrier): readonly SimulatedPolicy[] {
  const carriers: Carrier[] = [carrier];
  if (carrier.kind === "user") carriers.push(...realm.directory.groupsOf(carrier));
  return carriers.flatMap((each) =>
    realm.book.carriedTexts(each).map(({ name, document }) => ({
      id: name.startsWith("arn:") ? name.slice(name.lastIndexOf("/") + 1) : `${each.kind}_${each.name}_${name}`,
      document,
    })),
  );
}

/** Who calls in a simulation: only the principal's form matters, its keys come from the context entries alone. */
function simulatedPrincipal(realm: Realm, carrier: Carrier | undefined, callerArn: string | undefined): Principal {
  const { directory, account } = realm;
  if (callerArn !== undefined) {
    const user = directory.userByArn(callerArn);
    if (user === undefined) throw invalidInput(`The CallerArn ${callerArn} must be the ARN of an IAM user.`);
    return { kind: "user", account, arn: callerArn, id: user.id, name: user.name };
  }
  if (carrier?.kind === "role") {
    const roleArn = directory.roleArn(carrier);
    const names = { roleName: carrier.name, sessionName: "simulation" };
    const arn = directory.arns.roleSession(carrier.name, names.sessionName);
    return { kind: "role-session", account, arn, roleArn, roleId: carrier.id, ...names };
  }
  const name = carrier?.name ?? "simulation";
  const arn = carrier?.kind === "user" ? directory.userArn(carrier) : directory.arns.user("/", name);
  return { kind: "user", account, arn, id: carrier?.id ?? "AIDASIMULATION", name };
}

function numbered(prefix: string, texts: readonly string[] | undefined): readonly SimulatedPolicy[] {
  return (texts ?? []).map((document, at) => ({ id: `${prefix}.${at + 1}`, document }));
}

/** A principal's simulation takes in the service control policies that live requests meet (documented). */
function ownServiceControl({ book }: Realm, carrier: Carrier | undefined): readonly (readonly SimulatedPolicy[])[] {
  if (carrier === undefined || (carrier.kind === "role" && carrier.linkedService !== undefined)) return [];
  return book.serviceControlTexts().map((level) => level.map(({ name, document }) => ({ id: name, document })));
}

interface CommonInput extends PageInput {
  readonly PolicyInputList?: readonly string[];
  readonly PermissionsBoundaryPolicyInputList?: readonly string[];
  readonly ActionNames: readonly string[];
  readonly ResourceArns?: readonly string[];
  readonly ResourcePolicy?: string;
  readonly CallerArn?: string;
  readonly ContextEntries?: readonly ContextEntry[];
  readonly OrderedOrganizationPolicyInputList?: readonly {
    readonly ServiceControlPolicyInputList?: readonly string[];
  }[];
}

function simulate(realm: Realm, input: CommonInput, carrier: Carrier | undefined) {
  const { ActionNames, ResourceArns, PermissionsBoundaryPolicyInputList, ResourcePolicy } = input;
  const resources = ResourceArns === undefined || ResourceArns.length === 0 ? ["*"] : ResourceArns;
  if (ActionNames.length * resources.length > simulatedPairsMax) {
    throw invalidInput(`A simulation answers at most ${simulatedPairsMax} pairs of actions and resources.`);
  }
  for (const action of ActionNames) {
    if (!/^[a-z0-9-]+:[a-z0-9*]+$/i.test(action)) throw invalidInput(`Invalid action name: ${action}`);
  }
  const own = carrier === undefined || carrier.kind === "group" ? undefined : realm.book.boundaryTexts(carrier);
  const ownBoundary = own?.map(({ name, document }) => ({ id: name.slice(name.lastIndexOf("/") + 1), document }));
  const boundary =
    PermissionsBoundaryPolicyInputList === undefined
      ? ownBoundary
      : numbered("PermissionsBoundaryPolicyInputList", PermissionsBoundaryPolicyInputList);
  const serviceControl =
    input.OrderedOrganizationPolicyInputList === undefined
      ? ownServiceControl(realm, carrier)
      : input.OrderedOrganizationPolicyInputList.map((level, at) =>
          numbered(`OrderedOrganizationPolicyInputList.${at + 1}`, level.ServiceControlPolicyInputList),
        );
  const simulation = new Simulation({
    principal: simulatedPrincipal(realm, carrier, input.CallerArn),
    identity: [
      ...(carrier === undefined ? [] : policiesOf(realm, carrier)),
      ...numbered("PolicyInputList", input.PolicyInputList),
    ],
    ...(boundary === undefined ? {} : { boundary }),
    ...(ResourcePolicy === undefined ? {} : { resource: ResourcePolicy }),
    ...(serviceControl.length === 0 ? {} : { serviceControl }),
    context: contextOf(input.ContextEntries),
  });
  const pairs = ActionNames.flatMap((action) => resources.map((resource) => ({ action, resource })));
  const { items, rest } = paginateInOrder(pairs, input);
  const given = resources === ResourceArns;
  return {
    EvaluationResults: items.map(({ action, resource }) => simulation.evaluate(action, resource, given)),
    ...rest,
  };
}

/** The policy simulator. */
export const simulateOperations: OperationFamily = (realm) => [
  operation("SimulatePrincipalPolicy", {
    needs: ({ PolicySourceArn }) => [onSource(realm, "SimulatePrincipalPolicy", PolicySourceArn)],
    handle: ({ PolicySourceArn, ...input }) => simulate(realm, input, findSource(realm, PolicySourceArn)),
  }),
  operation("SimulateCustomPolicy", {
    needs: () => [onNothing("SimulateCustomPolicy")],
    handle: (input) => simulate(realm, input, undefined),
  }),
];
