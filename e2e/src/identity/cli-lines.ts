/** One command line of the AWS CLI, and what it must print. */
export interface CliLine {
  /** Parts are parted by spaces; `$name` stands for a value that is known or was saved. */
  readonly run: string;
  /** A part of the printed answer; nothing is printed when absent. */
  readonly prints?: object;
  /** The error's code, instead. */
  readonly fails?: string;
  /** Values of the answer to save, by dotted paths. */
  readonly save?: Readonly<Record<string, string>>;
  /** Whose keys: `root` unless told otherwise. */
  readonly as?: "root" | "cli" | "session";
  /** Run again until the answer fits. */
  readonly poll?: true;
}

/** Lines that belong together, in their order. */
export type CliScript = readonly CliLine[];

const document = (...actions: string[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] });
const trust = (principal: object, action = "sts:AssumeRole"): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: principal, Action: action }] });
const dax = document("dax:*");
const daxTrust = trust({ Service: "dax.amazonaws.com" });
const simulated = { EvaluationResults: [{ EvalActionName: "dax:GetItem", EvalDecision: "allowed" }] };
const linked = "AWSServiceRoleForDAX";

/** Every operation of IAM and STS that the house has, by subject. */
export const cliScripts: Readonly<Record<string, CliScript>> = {
  "users and their keys": [
    {
      run: "iam create-user --user-name u1 --path /cli/ --tags Key=a,Value=b",
      prints: { User: { UserName: "u1", Arn: "arn:aws:iam::$account:user/cli/u1", Tags: [{ Key: "a", Value: "b" }] } },
    },
    { run: "iam create-user --user-name U1", fails: "EntityAlreadyExists" },
    { run: "iam wait user-exists --user-name u1" },
    { run: "iam get-user --user-name u1", prints: { User: { Path: "/cli/" } } },
    { run: "iam list-users --path-prefix /cli/", prints: { Users: [{ UserName: "u1" }] } },
    { run: "iam tag-user --user-name u1 --tags Key=c,Value=d" },
    { run: "iam untag-user --user-name u1 --tag-keys a" },
    { run: "iam list-user-tags --user-name u1", prints: { Tags: [{ Key: "c", Value: "d" }] } },
    {
      run: "iam create-access-key --user-name u1",
      prints: { AccessKey: { Status: "Active" } },
      save: { key: "AccessKey.AccessKeyId" },
    },
    { run: "iam list-access-keys --user-name u1", prints: { AccessKeyMetadata: [{ AccessKeyId: "$key" }] } },
    {
      run: "iam get-access-key-last-used --access-key-id $key",
      prints: { UserName: "u1", AccessKeyLastUsed: { ServiceName: "N/A" } },
    },
    { run: "iam update-access-key --user-name u1 --access-key-id $key --status Inactive" },
    { run: "iam delete-user --user-name u1", fails: "DeleteConflict" },
    { run: "iam delete-access-key --user-name u1 --access-key-id $key" },
    { run: "iam update-user --user-name u1 --new-user-name u2 --new-path /" },
    { run: "iam get-user --user-name u1", fails: "NoSuchEntity" },
    { run: "iam delete-user --user-name u2" },
  ],
  "a user's policies": [
    { run: "iam create-user --user-name p1", prints: { User: {} } },
    { run: `iam put-user-policy --user-name p1 --policy-name i --policy-document ${dax}` },
    {
      run: "iam get-user-policy --user-name p1 --policy-name i",
      prints: { PolicyName: "i", PolicyDocument: JSON.parse(dax) as object },
    },
    { run: "iam list-user-policies --user-name p1", prints: { PolicyNames: ["i"] } },
    { run: "iam attach-user-policy --user-name p1 --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess" },
    {
      run: "iam list-attached-user-policies --user-name p1",
      prints: { AttachedPolicies: [{ PolicyName: "ReadOnlyAccess" }] },
    },
    {
      run: "iam put-user-permissions-boundary --user-name p1 --permissions-boundary arn:aws:iam::aws:policy/AdministratorAccess",
    },
    {
      run: "iam simulate-principal-policy --policy-source-arn arn:aws:iam::$account:user/p1 --action-names dax:GetItem",
      prints: simulated,
    },
    {
      run: "iam get-context-keys-for-principal-policy --policy-source-arn arn:aws:iam::$account:user/p1",
      prints: { ContextKeyNames: [] },
    },
    {
      run: "iam list-policies-granting-service-access --arn arn:aws:iam::$account:user/p1 --service-namespaces dax",
      prints: { PoliciesGrantingServiceAccess: [{ ServiceNamespace: "dax" }] },
    },
    {
      run: "iam generate-service-last-accessed-details --arn arn:aws:iam::$account:user/p1",
      prints: {},
      save: { job: "JobId" },
    },
    { run: "iam get-service-last-accessed-details --job-id $job", prints: { JobStatus: "COMPLETED" }, poll: true },
    {
      run: "iam get-service-last-accessed-details-with-entities --job-id $job --service-namespace dax",
      prints: { JobStatus: "COMPLETED" },
      poll: true,
    },
    { run: "iam delete-user-permissions-boundary --user-name p1" },
    { run: "iam detach-user-policy --user-name p1 --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess" },
    { run: "iam delete-user-policy --user-name p1 --policy-name i" },
    { run: "iam get-user-policy --user-name p1 --policy-name i", fails: "NoSuchEntity" },
    { run: "iam delete-user --user-name p1" },
  ],
  groups: [
    { run: "iam create-user --user-name g1", prints: { User: {} } },
    { run: "iam create-group --group-name readers --path /cli/", prints: { Group: { GroupName: "readers" } } },
    { run: "iam add-user-to-group --group-name readers --user-name g1" },
    { run: "iam get-group --group-name readers", prints: { Users: [{ UserName: "g1" }] } },
    { run: "iam list-groups --path-prefix /cli/", prints: { Groups: [{ GroupName: "readers" }] } },
    { run: "iam list-groups-for-user --user-name g1", prints: { Groups: [{ GroupName: "readers" }] } },
    { run: `iam put-group-policy --group-name readers --policy-name i --policy-document ${dax}` },
    { run: "iam get-group-policy --group-name readers --policy-name i", prints: { GroupName: "readers" } },
    { run: "iam list-group-policies --group-name readers", prints: { PolicyNames: ["i"] } },
    { run: "iam attach-group-policy --group-name readers --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess" },
    {
      run: "iam list-attached-group-policies --group-name readers",
      prints: { AttachedPolicies: [{ PolicyName: "ReadOnlyAccess" }] },
    },
    { run: "iam delete-group --group-name readers", fails: "DeleteConflict" },
    { run: "iam detach-group-policy --group-name readers --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess" },
    { run: "iam delete-group-policy --group-name readers --policy-name i" },
    { run: "iam remove-user-from-group --group-name readers --user-name g1" },
    { run: "iam update-group --group-name readers --new-group-name writers" },
    { run: "iam delete-group --group-name writers" },
    { run: "iam delete-user --user-name g1" },
  ],
  "roles and instance profiles": [
    {
      run: `iam create-role --role-name r1 --assume-role-policy-document ${daxTrust} --tags Key=a,Value=b`,
      prints: { Role: { RoleName: "r1" } },
    },
    { run: "iam wait role-exists --role-name r1" },
    {
      run: "iam get-role --role-name r1",
      prints: { Role: { MaxSessionDuration: 3600, AssumeRolePolicyDocument: JSON.parse(daxTrust) as object } },
    },
    { run: "iam list-roles --path-prefix /nowhere/", prints: { Roles: [] } },
    { run: "iam update-role --role-name r1 --description one --max-session-duration 7200", prints: {} },
    { run: "iam update-role-description --role-name r1 --description two", prints: { Role: { Description: "two" } } },
    {
      run: `iam update-assume-role-policy --role-name r1 --policy-document ${trust({ Service: "ec2.amazonaws.com" })}`,
    },
    { run: "iam tag-role --role-name r1 --tags Key=c,Value=d" },
    { run: "iam untag-role --role-name r1 --tag-keys a" },
    { run: "iam list-role-tags --role-name r1", prints: { Tags: [{ Key: "c" }] } },
    { run: `iam put-role-policy --role-name r1 --policy-name i --policy-document ${dax}` },
    { run: "iam get-role-policy --role-name r1 --policy-name i", prints: { RoleName: "r1" } },
    { run: "iam list-role-policies --role-name r1", prints: { PolicyNames: ["i"] } },
    { run: "iam attach-role-policy --role-name r1 --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess" },
    {
      run: "iam list-attached-role-policies --role-name r1",
      prints: { AttachedPolicies: [{ PolicyName: "ReadOnlyAccess" }] },
    },
    {
      run: "iam put-role-permissions-boundary --role-name r1 --permissions-boundary arn:aws:iam::aws:policy/ReadOnlyAccess",
    },
    { run: "iam delete-role-permissions-boundary --role-name r1" },
    {
      run: "iam create-instance-profile --instance-profile-name ip1 --tags Key=a,Value=b",
      prints: { InstanceProfile: { InstanceProfileName: "ip1" } },
    },
    { run: "iam wait instance-profile-exists --instance-profile-name ip1" },
    { run: "iam add-role-to-instance-profile --instance-profile-name ip1 --role-name r1" },
    {
      run: "iam get-instance-profile --instance-profile-name ip1",
      prints: { InstanceProfile: { Roles: [{ RoleName: "r1" }] } },
    },
    { run: "iam list-instance-profiles", prints: { InstanceProfiles: [{ InstanceProfileName: "ip1" }] } },
    {
      run: "iam list-instance-profiles-for-role --role-name r1",
      prints: { InstanceProfiles: [{ InstanceProfileName: "ip1" }] },
    },
    { run: "iam tag-instance-profile --instance-profile-name ip1 --tags Key=c,Value=d" },
    { run: "iam untag-instance-profile --instance-profile-name ip1 --tag-keys a" },
    { run: "iam list-instance-profile-tags --instance-profile-name ip1", prints: { Tags: [{ Key: "c" }] } },
    { run: "iam delete-role --role-name r1", fails: "DeleteConflict" },
    { run: "iam remove-role-from-instance-profile --instance-profile-name ip1 --role-name r1" },
    { run: "iam delete-instance-profile --instance-profile-name ip1" },
    { run: "iam detach-role-policy --role-name r1 --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess" },
    { run: "iam delete-role-policy --role-name r1 --policy-name i" },
    { run: "iam delete-role --role-name r1" },
    { run: "iam get-role --role-name r1", fails: "NoSuchEntity" },
  ],
  "managed policies": [
    {
      run: `iam create-policy --policy-name m1 --policy-document ${dax} --tags Key=a,Value=b`,
      prints: { Policy: { DefaultVersionId: "v1" } },
      save: { policy: "Policy.Arn" },
    },
    { run: "iam wait policy-exists --policy-arn $policy" },
    { run: "iam get-policy --policy-arn $policy", prints: { Policy: { PolicyName: "m1", AttachmentCount: 0 } } },
    { run: "iam list-policies --scope Local", prints: { Policies: [{ PolicyName: "m1" }] } },
    {
      run: `iam create-policy-version --policy-arn $policy --policy-document ${document("dax:GetItem")}`,
      prints: { PolicyVersion: { VersionId: "v2", IsDefaultVersion: false } },
    },
    { run: "iam set-default-policy-version --policy-arn $policy --version-id v2" },
    {
      run: "iam get-policy-version --policy-arn $policy --version-id v2",
      prints: { PolicyVersion: { IsDefaultVersion: true, Document: JSON.parse(document("dax:GetItem")) as object } },
    },
    {
      run: "iam list-policy-versions --policy-arn $policy",
      prints: { Versions: [{ VersionId: "v2" }, { VersionId: "v1" }] },
    },
    {
      run: "iam list-entities-for-policy --policy-arn $policy",
      prints: { PolicyUsers: [], PolicyRoles: [], PolicyGroups: [] },
    },
    { run: "iam tag-policy --policy-arn $policy --tags Key=c,Value=d" },
    { run: "iam untag-policy --policy-arn $policy --tag-keys a" },
    { run: "iam list-policy-tags --policy-arn $policy", prints: { Tags: [{ Key: "c" }] } },
    { run: "iam delete-policy --policy-arn $policy", fails: "DeleteConflict" },
    { run: "iam delete-policy-version --policy-arn $policy --version-id v1" },
    { run: "iam delete-policy --policy-arn $policy" },
    { run: "iam get-policy --policy-arn $policy", fails: "NoSuchEntity" },
    { run: `iam simulate-custom-policy --policy-input-list ${dax} --action-names dax:GetItem`, prints: simulated },
    { run: `iam get-context-keys-for-custom-policy --policy-input-list ${dax}`, prints: { ContextKeyNames: [] } },
  ],
  "the account": [
    { run: "iam create-account-alias --account-alias cli-alias" },
    { run: "iam list-account-aliases", prints: { AccountAliases: ["cli-alias"] } },
    { run: "iam delete-account-alias --account-alias cli-alias" },
    { run: "iam get-account-summary", prints: { SummaryMap: { UsersQuota: 5000 } } },
    { run: "iam get-account-authorization-details --filter Group", prints: { GroupDetailList: [] } },
    { run: "iam get-account-password-policy", fails: "NoSuchEntity" },
    { run: "iam update-account-password-policy --minimum-password-length 10" },
    { run: "iam get-account-password-policy", prints: { PasswordPolicy: { MinimumPasswordLength: 10 } } },
    { run: "iam delete-account-password-policy" },
    { run: "iam generate-credential-report", prints: {} },
    { run: "iam get-credential-report", prints: { ReportFormat: "text/csv" }, poll: true },
    { run: "iam list-server-certificates", prints: { ServerCertificateMetadataList: [] } },
  ],
  "passwords and second factors": [
    { run: "iam create-user --user-name l1", prints: { User: {} } },
    {
      run: "iam create-login-profile --user-name l1 --password Aa1!aaaaaaaaaaaaa",
      prints: { LoginProfile: { UserName: "l1" } },
    },
    { run: "iam get-login-profile --user-name l1", prints: { LoginProfile: { PasswordResetRequired: false } } },
    { run: "iam update-login-profile --user-name l1 --password Bb1!aaaaaaaaaaaaa" },
    { run: "iam delete-login-profile --user-name l1" },
    { run: "iam get-login-profile --user-name l1", fails: "NoSuchEntity" },
    { run: "iam change-password --old-password a --new-password b", fails: "InvalidUserType" },
    {
      run: "iam create-virtual-mfa-device --virtual-mfa-device-name m1 --outfile $seed --bootstrap-method Base32StringSeed",
      prints: { VirtualMFADevice: { SerialNumber: "arn:aws:iam::$account:mfa/m1" } },
      save: { mfa: "VirtualMFADevice.SerialNumber" },
    },
    {
      run: "iam enable-mfa-device --user-name l1 --serial-number $mfa --authentication-code1 000000 --authentication-code2 000001",
      fails: "InvalidAuthenticationCode",
    },
    {
      run: "iam enable-mfa-device --user-name l1 --serial-number $mfa --authentication-code1 $code1 --authentication-code2 $code2",
    },
    { run: "iam list-mfa-devices --user-name l1", prints: { MFADevices: [{ SerialNumber: "$mfa" }] } },
    { run: "iam get-mfa-device --serial-number $mfa", prints: { SerialNumber: "$mfa" } },
    {
      run: "iam list-virtual-mfa-devices --assignment-status Assigned",
      prints: { VirtualMFADevices: [{ SerialNumber: "$mfa" }] },
    },
    { run: "iam tag-mfa-device --serial-number $mfa --tags Key=a,Value=b" },
    { run: "iam list-mfa-device-tags --serial-number $mfa", prints: { Tags: [{ Key: "a" }] } },
    { run: "iam untag-mfa-device --serial-number $mfa --tag-keys a" },
    {
      run: "iam resync-mfa-device --user-name l1 --serial-number $mfa --authentication-code1 000000 --authentication-code2 000001",
      fails: "InvalidAuthenticationCode",
    },
    { run: "iam deactivate-mfa-device --user-name l1 --serial-number $mfa" },
    { run: "iam delete-virtual-mfa-device --serial-number $mfa" },
    { run: "iam list-ssh-public-keys --user-name l1", prints: { SSHPublicKeys: [] } },
    { run: "iam list-signing-certificates --user-name l1", prints: { Certificates: [] } },
    { run: "iam list-service-specific-credentials --user-name l1", prints: { ServiceSpecificCredentials: [] } },
    { run: "iam delete-user --user-name l1" },
  ],
  "identity providers": [
    {
      run: `iam create-open-id-connect-provider --url https://token.example.com --client-id-list sts --thumbprint-list ${"ab".repeat(20)} --tags Key=hotkeep:jwk:k,Value=$jwk`,
      prints: {},
      save: { oidc: "OpenIDConnectProviderArn" },
    },
    {
      run: "iam get-open-id-connect-provider --open-id-connect-provider-arn $oidc",
      prints: { Url: "token.example.com" },
    },
    { run: "iam list-open-id-connect-providers", prints: { OpenIDConnectProviderList: [{ Arn: "$oidc" }] } },
    { run: "iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn $oidc --client-id web" },
    { run: "iam remove-client-id-from-open-id-connect-provider --open-id-connect-provider-arn $oidc --client-id web" },
    {
      run: `iam update-open-id-connect-provider-thumbprint --open-id-connect-provider-arn $oidc --thumbprint-list ${"cd".repeat(20)}`,
    },
    { run: "iam tag-open-id-connect-provider --open-id-connect-provider-arn $oidc --tags Key=c,Value=d" },
    { run: "iam untag-open-id-connect-provider --open-id-connect-provider-arn $oidc --tag-keys c" },
    {
      run: "iam list-open-id-connect-provider-tags --open-id-connect-provider-arn $oidc",
      prints: { Tags: [{ Key: "hotkeep:jwk:k" }] },
    },
    {
      run: `iam create-role --role-name web --assume-role-policy-document ${trust({ Federated: "arn:aws:iam::$account:oidc-provider/token.example.com" }, "sts:AssumeRoleWithWebIdentity")}`,
      prints: { Role: {} },
    },
    {
      run: "sts assume-role-with-web-identity --role-arn arn:aws:iam::$account:role/web --role-session-name web --web-identity-token $token",
      prints: {
        SubjectFromWebIdentityToken: "somebody",
        AssumedRoleUser: { Arn: "arn:aws:sts::$account:assumed-role/web/web" },
      },
    },
    { run: "iam delete-role --role-name web" },
    { run: "iam delete-open-id-connect-provider --open-id-connect-provider-arn $oidc" },
    {
      run: "iam create-saml-provider --name s1 --saml-metadata-document file://$metadata",
      prints: {},
      save: { saml: "SAMLProviderArn" },
    },
    { run: "iam get-saml-provider --saml-provider-arn $saml", prints: { SAMLMetadataDocument: "$xml" } },
    { run: "iam list-saml-providers", prints: { SAMLProviderList: [{ Arn: "$saml" }] } },
    { run: "iam update-saml-provider --saml-provider-arn $saml --saml-metadata-document file://$metadata", prints: {} },
    { run: "iam tag-saml-provider --saml-provider-arn $saml --tags Key=a,Value=b" },
    { run: "iam list-saml-provider-tags --saml-provider-arn $saml", prints: { Tags: [{ Key: "a" }] } },
    { run: "iam untag-saml-provider --saml-provider-arn $saml --tag-keys a" },
    { run: "iam delete-saml-provider --saml-provider-arn $saml" },
  ],
  "SLR-36, SLR-37, SLR-54, SLR-57: the service-linked role": [
    {
      run: "iam create-service-linked-role --aws-service-name dax.amazonaws.com",
      prints: { Role: { RoleName: linked } },
    },
    { run: "iam create-service-linked-role --aws-service-name dax.amazonaws.com", fails: "InvalidInput" },
    { run: `iam delete-service-linked-role --role-name ${linked}`, prints: {}, save: { task: "DeletionTaskId" } },
    {
      run: "iam get-service-linked-role-deletion-status --deletion-task-id $task",
      prints: { Status: "SUCCEEDED" },
      poll: true,
    },
    { run: `iam get-role --role-name ${linked}`, fails: "NoSuchEntity" },
    { run: `iam create-role --role-name ds --assume-role-policy-document ${daxTrust}`, prints: { Role: {} } },
    {
      run: "dax create-cluster --cluster-name cli --node-type dax.t3.small --replication-factor 1 --iam-role-arn arn:aws:iam::$account:role/ds",
      prints: { Cluster: { Status: "creating" } },
    },
    { run: `iam get-role --role-name ${linked}`, prints: { Role: { Path: "/aws-service-role/dax.amazonaws.com/" } } },
    { run: "dax describe-clusters --cluster-names cli", prints: { Clusters: [{ Status: "available" }] }, poll: true },
    { run: `iam delete-service-linked-role --role-name ${linked}`, prints: {}, save: { task: "DeletionTaskId" } },
    {
      run: "iam get-service-linked-role-deletion-status --deletion-task-id $task",
      prints: { Status: "FAILED", Reason: { RoleUsageList: [{ Region: "$region" }] } },
      poll: true,
    },
    { run: "dax delete-cluster --cluster-name cli", prints: { Cluster: { Status: "deleting" } } },
    { run: "dax describe-clusters", prints: { Clusters: [] }, poll: true },
    { run: `iam delete-service-linked-role --role-name ${linked}`, prints: {}, save: { task: "DeletionTaskId" } },
    {
      run: "iam get-service-linked-role-deletion-status --deletion-task-id $task",
      prints: { Status: "SUCCEEDED" },
      poll: true,
    },
    { run: "iam delete-role --role-name ds" },
  ],
  "callers and sessions": [
    { run: "sts get-caller-identity", prints: { Arn: "arn:aws:iam::$account:root" } },
    { run: "sts get-caller-identity", as: "cli", prints: { Arn: "arn:aws:iam::$account:user/cli" } },
    { run: "sts get-access-key-info --access-key-id $clikey", prints: { Account: "$account" } },
    { run: "sts get-session-token --duration-seconds 900", as: "cli", prints: { Credentials: {} } },
    {
      run: "sts get-federation-token --name guest",
      as: "cli",
      prints: { FederatedUser: { FederatedUserId: "$account:guest" } },
    },
    {
      run: "sts assume-role --role-arn arn:aws:iam::$account:role/clirole --role-session-name second",
      as: "cli",
      prints: { AssumedRoleUser: { Arn: "arn:aws:sts::$account:assumed-role/clirole/second" } },
    },
    {
      run: "sts assume-role --role-arn arn:aws:iam::$account:role/clirole --role-session-name second",
      fails: "AccessDenied",
    },
    {
      run: "sts get-caller-identity",
      as: "session",
      prints: { Arn: "arn:aws:sts::$account:assumed-role/clirole/first" },
    },
    { run: "sts get-session-token", as: "session", fails: "AccessDenied" },
    { run: "sts decode-authorization-message --encoded-message $denial", prints: {} },
    { run: "sts decode-authorization-message --encoded-message abc", fails: "InvalidAuthorizationMessageException" },
  ],
};
