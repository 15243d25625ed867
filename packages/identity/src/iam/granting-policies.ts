import type { Realm } from "../realm.js";
import type { Carrier } from "./carriers.js";
import { type OperationFamily, operation } from "./operation.js";
import { paginateInOrder } from "./page.js";
import { servicesReached } from "./service-reach.js";
import { findSource, onSource } from "./simulate.js";

/** The policies of a user, group or role that reach a service; boundaries grant nothing and are left out. */
function granting(realm: Realm, source: Carrier, namespace: string) {
  const carriers: readonly Carrier[] =
    source.kind === "user" ? [source, ...realm.directory.groupsOf(source)] : [source];
  return carriers.flatMap((carrier) =>
    realm.book
      .carriedTexts(carrier)
      .filter(({ document }) => servicesReached(document).has(namespace.toLowerCase()))
      .map(({ name }) =>
        name.startsWith("arn:")
          ? { PolicyName: name.slice(name.lastIndexOf("/") + 1), PolicyType: "MANAGED" as const, PolicyArn: name }
          : {
              PolicyName: name,
              PolicyType: "INLINE" as const,
              EntityType: carrier.kind.toUpperCase() as "USER" | "GROUP" | "ROLE",
              EntityName: carrier.name,
            },
      ),
  );
}

/** Which policies reach which services. */
export const grantingPolicyOperations: OperationFamily = (realm) => [
  operation("ListPoliciesGrantingServiceAccess", {
    needs: ({ Arn }) => [onSource(realm, "ListPoliciesGrantingServiceAccess", Arn)],
    handle: ({ Arn, ServiceNamespaces, ...input }) => {
      const source = findSource(realm, Arn);
      const { items, rest } = paginateInOrder(ServiceNamespaces, input);
      return {
        PoliciesGrantingServiceAccess: items.map((namespace) => ({
          ServiceNamespace: namespace,
          Policies: granting(realm, source, namespace),
        })),
        ...rest,
      };
    },
  }),
];
