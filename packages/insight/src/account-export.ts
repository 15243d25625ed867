import { HotkeepError } from "@hotkeep/core";
import type {
  AccountSnapshot,
  PolicyText,
  SnapshotCluster,
  SnapshotPrincipal,
  SnapshotRole,
  SnapshotTable,
} from "./snapshot.js";

/** A policy document as an SDK gives it (percent-encoded text) or as the AWS CLI prints it (JSON). */
type Document = string | object;

interface Inline {
  readonly PolicyName?: string | undefined;
  readonly PolicyDocument?: Document | undefined;
}

interface Attached {
  readonly PolicyArn?: string | undefined;
}

interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

interface Principal {
  readonly Arn?: string | undefined;
  readonly AttachedManagedPolicies?: readonly Attached[] | undefined;
  readonly PermissionsBoundary?: { readonly PermissionsBoundaryArn?: string | undefined } | undefined;
  readonly Tags?: readonly Tag[] | undefined;
}

/**
 * An account as the public APIs tell it, in the members that matter here: every page of IAM's
 * GetAccountAuthorizationDetails, of DAX's DescribeClusters, and DynamoDB's tables with their GetResourcePolicy. An
 * SDK's answers fit, and so does what the AWS CLI prints.
 */
export interface AccountExport {
  readonly authorizationDetails: {
    /** True where a page is missing. */
    readonly IsTruncated?: boolean | undefined;
    readonly UserDetailList?:
      | readonly (Principal & {
          readonly UserName?: string | undefined;
          readonly UserId?: string | undefined;
          readonly UserPolicyList?: readonly Inline[] | undefined;
          readonly GroupList?: readonly string[] | undefined;
        })[]
      | undefined;
    readonly GroupDetailList?:
      | readonly {
          readonly Arn?: string | undefined;
          readonly GroupName?: string | undefined;
          readonly GroupPolicyList?: readonly Inline[] | undefined;
          readonly AttachedManagedPolicies?: readonly Attached[] | undefined;
        }[]
      | undefined;
    readonly RoleDetailList?:
      | readonly (Principal & {
          readonly Path?: string | undefined;
          readonly RoleName?: string | undefined;
          readonly RoleId?: string | undefined;
          readonly AssumeRolePolicyDocument?: Document | undefined;
          readonly RolePolicyList?: readonly Inline[] | undefined;
        })[]
      | undefined;
    readonly Policies?:
      | readonly {
          readonly Arn?: string | undefined;
          readonly PolicyVersionList?:
            | readonly { readonly IsDefaultVersion?: boolean | undefined; readonly Document?: Document | undefined }[]
            | undefined;
        }[]
      | undefined;
  };
  readonly clusters: {
    readonly NextToken?: string | undefined;
    readonly Clusters?:
      | readonly {
          readonly ClusterArn?: string | undefined;
          readonly ClusterName?: string | undefined;
          readonly IamRoleArn?: string | undefined;
        }[]
      | undefined;
  };
  readonly tables: readonly { readonly TableArn: string; readonly Policy?: string | undefined }[];
}

function incomplete(what: string): HotkeepError {
  return new HotkeepError("insight-incomplete-export", `The account's export is not complete: ${what}`, {
    help: "Export the account anew: all pages, without a filter.",
  });
}

function given<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw incomplete(`${what} is missing`);
  return value;
}

function textOf(document: Document | undefined, what: string): string {
  const found = given(document, what);
  if (typeof found !== "string") return JSON.stringify(found);
  return found.trimStart().startsWith("{") ? found : decodeURIComponent(found);
}

/** Looks up managed policies, and writes policies down as texts. */
class Policies {
  readonly #managed = new Map<string, string>();

  constructor(policies: AccountExport["authorizationDetails"]["Policies"]) {
    for (const { Arn, PolicyVersionList } of policies ?? []) {
      const version = PolicyVersionList?.find(({ IsDefaultVersion }) => IsDefaultVersion);
      const arn = given(Arn, "a policy's ARN");
      this.#managed.set(arn, textOf(version?.Document, `the default version of ${arn}`));
    }
  }

  managed(arn: string | undefined, carrier: string): PolicyText {
    const name = given(arn, `the ARN of a policy of ${carrier}`);
    return { name, carrier, document: given(this.#managed.get(name), `the policy ${name} of ${carrier}`) };
  }

  carried(
    carrier: string,
    inline: readonly Inline[] | undefined,
    attached: readonly Attached[] | undefined,
  ): readonly PolicyText[] {
    return [
      ...(inline ?? []).map(({ PolicyName, PolicyDocument }) => {
        const name = given(PolicyName, `the name of a policy of ${carrier}`);
        return { name, carrier, document: textOf(PolicyDocument, `the policy ${name} of ${carrier}`) };
      }),
      ...(attached ?? []).map(({ PolicyArn }) => this.managed(PolicyArn, carrier)),
    ];
  }

  /** What users and roles have in common, but for names and policies. */
  standing({ Tags, PermissionsBoundary }: Principal, carrier: string): Pick<SnapshotPrincipal, "boundary" | "tags"> {
    const tags = Object.fromEntries((Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
    if (PermissionsBoundary === undefined) return { tags };
    return { tags, boundary: this.managed(PermissionsBoundary.PermissionsBoundaryArn, carrier) };
  }
}

/**
 * Makes the snapshot that reach and findings are computed from.
 *
 * @throws HotkeepError `insight-incomplete-export` when a policy or another part is missing: what it denies must not be
 * lost in silence.
 */
export function snapshotOf({ authorizationDetails, clusters, tables }: AccountExport): AccountSnapshot {
  // What was read from a file may have any shape.
  given<unknown>(authorizationDetails, "`authorizationDetails`");
  given<unknown>(clusters, "`clusters`");
  given<unknown>(tables, "`tables`");
  if (authorizationDetails.IsTruncated === true) throw incomplete("there are more pages of authorization details");
  if (clusters.NextToken !== undefined) throw incomplete("there are more pages of clusters");
  const { UserDetailList = [], GroupDetailList = [], RoleDetailList = [], Policies: all } = authorizationDetails;
  const policies = new Policies(all);
  const groups = new Map(
    GroupDetailList.map(({ Arn, GroupName, GroupPolicyList, AttachedManagedPolicies }) => {
      const arn = given(Arn, "a group's ARN");
      return [given(GroupName, "a group's name"), policies.carried(arn, GroupPolicyList, AttachedManagedPolicies)];
    }),
  );
  const users = UserDetailList.map((user): SnapshotPrincipal => {
    const arn = given(user.Arn, "a user's ARN");
    return {
      arn,
      name: given(user.UserName, `the name of ${arn}`),
      id: given(user.UserId, `the id of ${arn}`),
      policies: [
        ...policies.carried(arn, user.UserPolicyList, user.AttachedManagedPolicies),
        ...(user.GroupList ?? []).flatMap((name) => given(groups.get(name), `the group ${name} of ${arn}`)),
      ],
      ...policies.standing(user, arn),
    };
  });
  const roles = RoleDetailList.map((role): SnapshotRole => {
    const arn = given(role.Arn, "a role's ARN");
    return {
      arn,
      name: given(role.RoleName, `the name of ${arn}`),
      id: given(role.RoleId, `the id of ${arn}`),
      policies: policies.carried(arn, role.RolePolicyList, role.AttachedManagedPolicies),
      trust: textOf(role.AssumeRolePolicyDocument, `the trust policy of ${arn}`),
      serviceLinked: role.Path?.startsWith("/aws-service-role/") === true,
      ...policies.standing(role, arn),
    };
  });
  const found = clusters.Clusters ?? [];
  return {
    account: accountOf([...users, ...roles].map(({ arn }) => arn).concat(tables.map(({ TableArn }) => TableArn))),
    users,
    roles,
    clusters: found.map(({ ClusterArn, ClusterName, IamRoleArn }): SnapshotCluster => {
      const arn = given(ClusterArn, "a cluster's ARN");
      return {
        arn,
        name: given(ClusterName, `the name of ${arn}`),
        serviceRoleArn: given(IamRoleArn, `the role of ${arn}`),
      };
    }),
    tables: tables.map(({ TableArn: arn, Policy: document }): SnapshotTable => {
      if (document === undefined) return { arn };
      return { arn, resourcePolicy: { name: "resource policy", carrier: arn, document } };
    }),
  };
}

function accountOf(arns: readonly string[]): string {
  return given(arns[0]?.split(":")[4], "every user, role and table");
}
