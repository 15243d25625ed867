// Written by tools/generate-models.mjs.
import type * as sdk from "@aws-sdk/client-iam";
import type { Typed } from "./typed.js";

/** The operations of iam with the types of their inputs and outputs, for `operationsOf`. */
export type IamOperations = {
  AcceptDelegationRequest: Typed<sdk.AcceptDelegationRequestCommandInput, sdk.AcceptDelegationRequestCommandOutput>;
  AcquireRole: Typed<sdk.AcquireRoleCommandInput, sdk.AcquireRoleCommandOutput>;
  AddClientIDToOpenIDConnectProvider: Typed<
    sdk.AddClientIDToOpenIDConnectProviderCommandInput,
    sdk.AddClientIDToOpenIDConnectProviderCommandOutput
  >;
  AddRoleToInstanceProfile: Typed<sdk.AddRoleToInstanceProfileCommandInput, sdk.AddRoleToInstanceProfileCommandOutput>;
  AddUserToGroup: Typed<sdk.AddUserToGroupCommandInput, sdk.AddUserToGroupCommandOutput>;
  AssociateDelegationRequest: Typed<
    sdk.AssociateDelegationRequestCommandInput,
    sdk.AssociateDelegationRequestCommandOutput
  >;
  AttachGroupPolicy: Typed<sdk.AttachGroupPolicyCommandInput, sdk.AttachGroupPolicyCommandOutput>;
  AttachRolePolicy: Typed<sdk.AttachRolePolicyCommandInput, sdk.AttachRolePolicyCommandOutput>;
  AttachUserPolicy: Typed<sdk.AttachUserPolicyCommandInput, sdk.AttachUserPolicyCommandOutput>;
  ChangePassword: Typed<sdk.ChangePasswordCommandInput, sdk.ChangePasswordCommandOutput>;
  CreateAccessKey: Typed<sdk.CreateAccessKeyCommandInput, sdk.CreateAccessKeyCommandOutput>;
  CreateAccountAlias: Typed<sdk.CreateAccountAliasCommandInput, sdk.CreateAccountAliasCommandOutput>;
  CreateDelegationRequest: Typed<sdk.CreateDelegationRequestCommandInput, sdk.CreateDelegationRequestCommandOutput>;
  CreateGroup: Typed<sdk.CreateGroupCommandInput, sdk.CreateGroupCommandOutput>;
  CreateInstanceProfile: Typed<sdk.CreateInstanceProfileCommandInput, sdk.CreateInstanceProfileCommandOutput>;
  CreateLoginProfile: Typed<sdk.CreateLoginProfileCommandInput, sdk.CreateLoginProfileCommandOutput>;
  CreateOpenIDConnectProvider: Typed<
    sdk.CreateOpenIDConnectProviderCommandInput,
    sdk.CreateOpenIDConnectProviderCommandOutput
  >;
  CreatePolicy: Typed<sdk.CreatePolicyCommandInput, sdk.CreatePolicyCommandOutput>;
  CreatePolicyVersion: Typed<sdk.CreatePolicyVersionCommandInput, sdk.CreatePolicyVersionCommandOutput>;
  CreateRole: Typed<sdk.CreateRoleCommandInput, sdk.CreateRoleCommandOutput>;
  CreateSAMLProvider: Typed<sdk.CreateSAMLProviderCommandInput, sdk.CreateSAMLProviderCommandOutput>;
  CreateServiceLinkedRole: Typed<sdk.CreateServiceLinkedRoleCommandInput, sdk.CreateServiceLinkedRoleCommandOutput>;
  CreateServiceSpecificCredential: Typed<
    sdk.CreateServiceSpecificCredentialCommandInput,
    sdk.CreateServiceSpecificCredentialCommandOutput
  >;
  CreateUser: Typed<sdk.CreateUserCommandInput, sdk.CreateUserCommandOutput>;
  CreateVirtualMFADevice: Typed<sdk.CreateVirtualMFADeviceCommandInput, sdk.CreateVirtualMFADeviceCommandOutput>;
  DeactivateMFADevice: Typed<sdk.DeactivateMFADeviceCommandInput, sdk.DeactivateMFADeviceCommandOutput>;
  DeleteAccessKey: Typed<sdk.DeleteAccessKeyCommandInput, sdk.DeleteAccessKeyCommandOutput>;
  DeleteAccountAlias: Typed<sdk.DeleteAccountAliasCommandInput, sdk.DeleteAccountAliasCommandOutput>;
  DeleteAccountPasswordPolicy: Typed<
    sdk.DeleteAccountPasswordPolicyCommandInput,
    sdk.DeleteAccountPasswordPolicyCommandOutput
  >;
  DeleteGroup: Typed<sdk.DeleteGroupCommandInput, sdk.DeleteGroupCommandOutput>;
  DeleteGroupPolicy: Typed<sdk.DeleteGroupPolicyCommandInput, sdk.DeleteGroupPolicyCommandOutput>;
  DeleteInstanceProfile: Typed<sdk.DeleteInstanceProfileCommandInput, sdk.DeleteInstanceProfileCommandOutput>;
  DeleteLoginProfile: Typed<sdk.DeleteLoginProfileCommandInput, sdk.DeleteLoginProfileCommandOutput>;
  DeleteOpenIDConnectProvider: Typed<
    sdk.DeleteOpenIDConnectProviderCommandInput,
    sdk.DeleteOpenIDConnectProviderCommandOutput
  >;
  DeletePolicy: Typed<sdk.DeletePolicyCommandInput, sdk.DeletePolicyCommandOutput>;
  DeletePolicyVersion: Typed<sdk.DeletePolicyVersionCommandInput, sdk.DeletePolicyVersionCommandOutput>;
  DeleteRole: Typed<sdk.DeleteRoleCommandInput, sdk.DeleteRoleCommandOutput>;
  DeleteRolePermissionsBoundary: Typed<
    sdk.DeleteRolePermissionsBoundaryCommandInput,
    sdk.DeleteRolePermissionsBoundaryCommandOutput
  >;
  DeleteRolePolicy: Typed<sdk.DeleteRolePolicyCommandInput, sdk.DeleteRolePolicyCommandOutput>;
  DeleteSAMLProvider: Typed<sdk.DeleteSAMLProviderCommandInput, sdk.DeleteSAMLProviderCommandOutput>;
  DeleteSSHPublicKey: Typed<sdk.DeleteSSHPublicKeyCommandInput, sdk.DeleteSSHPublicKeyCommandOutput>;
  DeleteServerCertificate: Typed<sdk.DeleteServerCertificateCommandInput, sdk.DeleteServerCertificateCommandOutput>;
  DeleteServiceLinkedRole: Typed<sdk.DeleteServiceLinkedRoleCommandInput, sdk.DeleteServiceLinkedRoleCommandOutput>;
  DeleteServiceSpecificCredential: Typed<
    sdk.DeleteServiceSpecificCredentialCommandInput,
    sdk.DeleteServiceSpecificCredentialCommandOutput
  >;
  DeleteSigningCertificate: Typed<sdk.DeleteSigningCertificateCommandInput, sdk.DeleteSigningCertificateCommandOutput>;
  DeleteUser: Typed<sdk.DeleteUserCommandInput, sdk.DeleteUserCommandOutput>;
  DeleteUserPermissionsBoundary: Typed<
    sdk.DeleteUserPermissionsBoundaryCommandInput,
    sdk.DeleteUserPermissionsBoundaryCommandOutput
  >;
  DeleteUserPolicy: Typed<sdk.DeleteUserPolicyCommandInput, sdk.DeleteUserPolicyCommandOutput>;
  DeleteVirtualMFADevice: Typed<sdk.DeleteVirtualMFADeviceCommandInput, sdk.DeleteVirtualMFADeviceCommandOutput>;
  DetachGroupPolicy: Typed<sdk.DetachGroupPolicyCommandInput, sdk.DetachGroupPolicyCommandOutput>;
  DetachRolePolicy: Typed<sdk.DetachRolePolicyCommandInput, sdk.DetachRolePolicyCommandOutput>;
  DetachUserPolicy: Typed<sdk.DetachUserPolicyCommandInput, sdk.DetachUserPolicyCommandOutput>;
  DisableOrganizationsRootCredentialsManagement: Typed<
    sdk.DisableOrganizationsRootCredentialsManagementCommandInput,
    sdk.DisableOrganizationsRootCredentialsManagementCommandOutput
  >;
  DisableOrganizationsRootSessions: Typed<
    sdk.DisableOrganizationsRootSessionsCommandInput,
    sdk.DisableOrganizationsRootSessionsCommandOutput
  >;
  DisableOutboundWebIdentityFederation: Typed<
    sdk.DisableOutboundWebIdentityFederationCommandInput,
    sdk.DisableOutboundWebIdentityFederationCommandOutput
  >;
  EnableMFADevice: Typed<sdk.EnableMFADeviceCommandInput, sdk.EnableMFADeviceCommandOutput>;
  EnableOrganizationsRootCredentialsManagement: Typed<
    sdk.EnableOrganizationsRootCredentialsManagementCommandInput,
    sdk.EnableOrganizationsRootCredentialsManagementCommandOutput
  >;
  EnableOrganizationsRootSessions: Typed<
    sdk.EnableOrganizationsRootSessionsCommandInput,
    sdk.EnableOrganizationsRootSessionsCommandOutput
  >;
  EnableOutboundWebIdentityFederation: Typed<
    sdk.EnableOutboundWebIdentityFederationCommandInput,
    sdk.EnableOutboundWebIdentityFederationCommandOutput
  >;
  GenerateCredentialReport: Typed<sdk.GenerateCredentialReportCommandInput, sdk.GenerateCredentialReportCommandOutput>;
  GenerateOrganizationsAccessReport: Typed<
    sdk.GenerateOrganizationsAccessReportCommandInput,
    sdk.GenerateOrganizationsAccessReportCommandOutput
  >;
  GenerateServiceLastAccessedDetails: Typed<
    sdk.GenerateServiceLastAccessedDetailsCommandInput,
    sdk.GenerateServiceLastAccessedDetailsCommandOutput
  >;
  GetAccessKeyLastUsed: Typed<sdk.GetAccessKeyLastUsedCommandInput, sdk.GetAccessKeyLastUsedCommandOutput>;
  GetAccountAuthorizationDetails: Typed<
    sdk.GetAccountAuthorizationDetailsCommandInput,
    sdk.GetAccountAuthorizationDetailsCommandOutput
  >;
  GetAccountPasswordPolicy: Typed<sdk.GetAccountPasswordPolicyCommandInput, sdk.GetAccountPasswordPolicyCommandOutput>;
  GetAccountProperties: Typed<sdk.GetAccountPropertiesCommandInput, sdk.GetAccountPropertiesCommandOutput>;
  GetAccountSummary: Typed<sdk.GetAccountSummaryCommandInput, sdk.GetAccountSummaryCommandOutput>;
  GetContextKeysForCustomPolicy: Typed<
    sdk.GetContextKeysForCustomPolicyCommandInput,
    sdk.GetContextKeysForCustomPolicyCommandOutput
  >;
  GetContextKeysForPrincipalPolicy: Typed<
    sdk.GetContextKeysForPrincipalPolicyCommandInput,
    sdk.GetContextKeysForPrincipalPolicyCommandOutput
  >;
  GetCredentialReport: Typed<sdk.GetCredentialReportCommandInput, sdk.GetCredentialReportCommandOutput>;
  GetDelegationRequest: Typed<sdk.GetDelegationRequestCommandInput, sdk.GetDelegationRequestCommandOutput>;
  GetGroup: Typed<sdk.GetGroupCommandInput, sdk.GetGroupCommandOutput>;
  GetGroupPolicy: Typed<sdk.GetGroupPolicyCommandInput, sdk.GetGroupPolicyCommandOutput>;
  GetHumanReadableSummary: Typed<sdk.GetHumanReadableSummaryCommandInput, sdk.GetHumanReadableSummaryCommandOutput>;
  GetInstanceProfile: Typed<sdk.GetInstanceProfileCommandInput, sdk.GetInstanceProfileCommandOutput>;
  GetLoginProfile: Typed<sdk.GetLoginProfileCommandInput, sdk.GetLoginProfileCommandOutput>;
  GetMFADevice: Typed<sdk.GetMFADeviceCommandInput, sdk.GetMFADeviceCommandOutput>;
  GetOpenIDConnectProvider: Typed<sdk.GetOpenIDConnectProviderCommandInput, sdk.GetOpenIDConnectProviderCommandOutput>;
  GetOrganizationsAccessReport: Typed<
    sdk.GetOrganizationsAccessReportCommandInput,
    sdk.GetOrganizationsAccessReportCommandOutput
  >;
  GetOutboundWebIdentityFederationInfo: Typed<
    sdk.GetOutboundWebIdentityFederationInfoCommandInput,
    sdk.GetOutboundWebIdentityFederationInfoCommandOutput
  >;
  GetPolicy: Typed<sdk.GetPolicyCommandInput, sdk.GetPolicyCommandOutput>;
  GetPolicyVersion: Typed<sdk.GetPolicyVersionCommandInput, sdk.GetPolicyVersionCommandOutput>;
  GetRole: Typed<sdk.GetRoleCommandInput, sdk.GetRoleCommandOutput>;
  GetRolePolicy: Typed<sdk.GetRolePolicyCommandInput, sdk.GetRolePolicyCommandOutput>;
  GetRoleTemplateVersion: Typed<sdk.GetRoleTemplateVersionCommandInput, sdk.GetRoleTemplateVersionCommandOutput>;
  GetSAMLProvider: Typed<sdk.GetSAMLProviderCommandInput, sdk.GetSAMLProviderCommandOutput>;
  GetSSHPublicKey: Typed<sdk.GetSSHPublicKeyCommandInput, sdk.GetSSHPublicKeyCommandOutput>;
  GetServerCertificate: Typed<sdk.GetServerCertificateCommandInput, sdk.GetServerCertificateCommandOutput>;
  GetServiceLastAccessedDetails: Typed<
    sdk.GetServiceLastAccessedDetailsCommandInput,
    sdk.GetServiceLastAccessedDetailsCommandOutput
  >;
  GetServiceLastAccessedDetailsWithEntities: Typed<
    sdk.GetServiceLastAccessedDetailsWithEntitiesCommandInput,
    sdk.GetServiceLastAccessedDetailsWithEntitiesCommandOutput
  >;
  GetServiceLinkedRoleDeletionStatus: Typed<
    sdk.GetServiceLinkedRoleDeletionStatusCommandInput,
    sdk.GetServiceLinkedRoleDeletionStatusCommandOutput
  >;
  GetUser: Typed<sdk.GetUserCommandInput, sdk.GetUserCommandOutput>;
  GetUserPolicy: Typed<sdk.GetUserPolicyCommandInput, sdk.GetUserPolicyCommandOutput>;
  ListAccessKeys: Typed<sdk.ListAccessKeysCommandInput, sdk.ListAccessKeysCommandOutput>;
  ListAccountAliases: Typed<sdk.ListAccountAliasesCommandInput, sdk.ListAccountAliasesCommandOutput>;
  ListAttachedGroupPolicies: Typed<
    sdk.ListAttachedGroupPoliciesCommandInput,
    sdk.ListAttachedGroupPoliciesCommandOutput
  >;
  ListAttachedRolePolicies: Typed<sdk.ListAttachedRolePoliciesCommandInput, sdk.ListAttachedRolePoliciesCommandOutput>;
  ListAttachedUserPolicies: Typed<sdk.ListAttachedUserPoliciesCommandInput, sdk.ListAttachedUserPoliciesCommandOutput>;
  ListDelegationRequests: Typed<sdk.ListDelegationRequestsCommandInput, sdk.ListDelegationRequestsCommandOutput>;
  ListEntitiesForPolicy: Typed<sdk.ListEntitiesForPolicyCommandInput, sdk.ListEntitiesForPolicyCommandOutput>;
  ListGroupPolicies: Typed<sdk.ListGroupPoliciesCommandInput, sdk.ListGroupPoliciesCommandOutput>;
  ListGroups: Typed<sdk.ListGroupsCommandInput, sdk.ListGroupsCommandOutput>;
  ListGroupsForUser: Typed<sdk.ListGroupsForUserCommandInput, sdk.ListGroupsForUserCommandOutput>;
  ListInstanceProfileTags: Typed<sdk.ListInstanceProfileTagsCommandInput, sdk.ListInstanceProfileTagsCommandOutput>;
  ListInstanceProfiles: Typed<sdk.ListInstanceProfilesCommandInput, sdk.ListInstanceProfilesCommandOutput>;
  ListInstanceProfilesForRole: Typed<
    sdk.ListInstanceProfilesForRoleCommandInput,
    sdk.ListInstanceProfilesForRoleCommandOutput
  >;
  ListMFADeviceTags: Typed<sdk.ListMFADeviceTagsCommandInput, sdk.ListMFADeviceTagsCommandOutput>;
  ListMFADevices: Typed<sdk.ListMFADevicesCommandInput, sdk.ListMFADevicesCommandOutput>;
  ListOpenIDConnectProviderTags: Typed<
    sdk.ListOpenIDConnectProviderTagsCommandInput,
    sdk.ListOpenIDConnectProviderTagsCommandOutput
  >;
  ListOpenIDConnectProviders: Typed<
    sdk.ListOpenIDConnectProvidersCommandInput,
    sdk.ListOpenIDConnectProvidersCommandOutput
  >;
  ListOrganizationsFeatures: Typed<
    sdk.ListOrganizationsFeaturesCommandInput,
    sdk.ListOrganizationsFeaturesCommandOutput
  >;
  ListPolicies: Typed<sdk.ListPoliciesCommandInput, sdk.ListPoliciesCommandOutput>;
  ListPoliciesGrantingServiceAccess: Typed<
    sdk.ListPoliciesGrantingServiceAccessCommandInput,
    sdk.ListPoliciesGrantingServiceAccessCommandOutput
  >;
  ListPolicyTags: Typed<sdk.ListPolicyTagsCommandInput, sdk.ListPolicyTagsCommandOutput>;
  ListPolicyVersions: Typed<sdk.ListPolicyVersionsCommandInput, sdk.ListPolicyVersionsCommandOutput>;
  ListRolePolicies: Typed<sdk.ListRolePoliciesCommandInput, sdk.ListRolePoliciesCommandOutput>;
  ListRoleTags: Typed<sdk.ListRoleTagsCommandInput, sdk.ListRoleTagsCommandOutput>;
  ListRoles: Typed<sdk.ListRolesCommandInput, sdk.ListRolesCommandOutput>;
  ListSAMLProviderTags: Typed<sdk.ListSAMLProviderTagsCommandInput, sdk.ListSAMLProviderTagsCommandOutput>;
  ListSAMLProviders: Typed<sdk.ListSAMLProvidersCommandInput, sdk.ListSAMLProvidersCommandOutput>;
  ListSSHPublicKeys: Typed<sdk.ListSSHPublicKeysCommandInput, sdk.ListSSHPublicKeysCommandOutput>;
  ListServerCertificateTags: Typed<
    sdk.ListServerCertificateTagsCommandInput,
    sdk.ListServerCertificateTagsCommandOutput
  >;
  ListServerCertificates: Typed<sdk.ListServerCertificatesCommandInput, sdk.ListServerCertificatesCommandOutput>;
  ListServiceSpecificCredentials: Typed<
    sdk.ListServiceSpecificCredentialsCommandInput,
    sdk.ListServiceSpecificCredentialsCommandOutput
  >;
  ListSigningCertificates: Typed<sdk.ListSigningCertificatesCommandInput, sdk.ListSigningCertificatesCommandOutput>;
  ListUserPolicies: Typed<sdk.ListUserPoliciesCommandInput, sdk.ListUserPoliciesCommandOutput>;
  ListUserTags: Typed<sdk.ListUserTagsCommandInput, sdk.ListUserTagsCommandOutput>;
  ListUsers: Typed<sdk.ListUsersCommandInput, sdk.ListUsersCommandOutput>;
  ListVirtualMFADevices: Typed<sdk.ListVirtualMFADevicesCommandInput, sdk.ListVirtualMFADevicesCommandOutput>;
  PutAccountProperties: Typed<sdk.PutAccountPropertiesCommandInput, sdk.PutAccountPropertiesCommandOutput>;
  PutGroupPolicy: Typed<sdk.PutGroupPolicyCommandInput, sdk.PutGroupPolicyCommandOutput>;
  PutRolePermissionsBoundary: Typed<
    sdk.PutRolePermissionsBoundaryCommandInput,
    sdk.PutRolePermissionsBoundaryCommandOutput
  >;
  PutRolePolicy: Typed<sdk.PutRolePolicyCommandInput, sdk.PutRolePolicyCommandOutput>;
  PutUserPermissionsBoundary: Typed<
    sdk.PutUserPermissionsBoundaryCommandInput,
    sdk.PutUserPermissionsBoundaryCommandOutput
  >;
  PutUserPolicy: Typed<sdk.PutUserPolicyCommandInput, sdk.PutUserPolicyCommandOutput>;
  RejectDelegationRequest: Typed<sdk.RejectDelegationRequestCommandInput, sdk.RejectDelegationRequestCommandOutput>;
  RemoveClientIDFromOpenIDConnectProvider: Typed<
    sdk.RemoveClientIDFromOpenIDConnectProviderCommandInput,
    sdk.RemoveClientIDFromOpenIDConnectProviderCommandOutput
  >;
  RemoveRoleFromInstanceProfile: Typed<
    sdk.RemoveRoleFromInstanceProfileCommandInput,
    sdk.RemoveRoleFromInstanceProfileCommandOutput
  >;
  RemoveUserFromGroup: Typed<sdk.RemoveUserFromGroupCommandInput, sdk.RemoveUserFromGroupCommandOutput>;
  ResetServiceSpecificCredential: Typed<
    sdk.ResetServiceSpecificCredentialCommandInput,
    sdk.ResetServiceSpecificCredentialCommandOutput
  >;
  ResyncMFADevice: Typed<sdk.ResyncMFADeviceCommandInput, sdk.ResyncMFADeviceCommandOutput>;
  SendDelegationToken: Typed<sdk.SendDelegationTokenCommandInput, sdk.SendDelegationTokenCommandOutput>;
  SetDefaultPolicyVersion: Typed<sdk.SetDefaultPolicyVersionCommandInput, sdk.SetDefaultPolicyVersionCommandOutput>;
  SetSecurityTokenServicePreferences: Typed<
    sdk.SetSecurityTokenServicePreferencesCommandInput,
    sdk.SetSecurityTokenServicePreferencesCommandOutput
  >;
  SimulateCustomPolicy: Typed<sdk.SimulateCustomPolicyCommandInput, sdk.SimulateCustomPolicyCommandOutput>;
  SimulatePrincipalPolicy: Typed<sdk.SimulatePrincipalPolicyCommandInput, sdk.SimulatePrincipalPolicyCommandOutput>;
  TagInstanceProfile: Typed<sdk.TagInstanceProfileCommandInput, sdk.TagInstanceProfileCommandOutput>;
  TagMFADevice: Typed<sdk.TagMFADeviceCommandInput, sdk.TagMFADeviceCommandOutput>;
  TagOpenIDConnectProvider: Typed<sdk.TagOpenIDConnectProviderCommandInput, sdk.TagOpenIDConnectProviderCommandOutput>;
  TagPolicy: Typed<sdk.TagPolicyCommandInput, sdk.TagPolicyCommandOutput>;
  TagRole: Typed<sdk.TagRoleCommandInput, sdk.TagRoleCommandOutput>;
  TagSAMLProvider: Typed<sdk.TagSAMLProviderCommandInput, sdk.TagSAMLProviderCommandOutput>;
  TagServerCertificate: Typed<sdk.TagServerCertificateCommandInput, sdk.TagServerCertificateCommandOutput>;
  TagUser: Typed<sdk.TagUserCommandInput, sdk.TagUserCommandOutput>;
  UntagInstanceProfile: Typed<sdk.UntagInstanceProfileCommandInput, sdk.UntagInstanceProfileCommandOutput>;
  UntagMFADevice: Typed<sdk.UntagMFADeviceCommandInput, sdk.UntagMFADeviceCommandOutput>;
  UntagOpenIDConnectProvider: Typed<
    sdk.UntagOpenIDConnectProviderCommandInput,
    sdk.UntagOpenIDConnectProviderCommandOutput
  >;
  UntagPolicy: Typed<sdk.UntagPolicyCommandInput, sdk.UntagPolicyCommandOutput>;
  UntagRole: Typed<sdk.UntagRoleCommandInput, sdk.UntagRoleCommandOutput>;
  UntagSAMLProvider: Typed<sdk.UntagSAMLProviderCommandInput, sdk.UntagSAMLProviderCommandOutput>;
  UntagServerCertificate: Typed<sdk.UntagServerCertificateCommandInput, sdk.UntagServerCertificateCommandOutput>;
  UntagUser: Typed<sdk.UntagUserCommandInput, sdk.UntagUserCommandOutput>;
  UpdateAccessKey: Typed<sdk.UpdateAccessKeyCommandInput, sdk.UpdateAccessKeyCommandOutput>;
  UpdateAccountPasswordPolicy: Typed<
    sdk.UpdateAccountPasswordPolicyCommandInput,
    sdk.UpdateAccountPasswordPolicyCommandOutput
  >;
  UpdateAssumeRolePolicy: Typed<sdk.UpdateAssumeRolePolicyCommandInput, sdk.UpdateAssumeRolePolicyCommandOutput>;
  UpdateDelegationRequest: Typed<sdk.UpdateDelegationRequestCommandInput, sdk.UpdateDelegationRequestCommandOutput>;
  UpdateGroup: Typed<sdk.UpdateGroupCommandInput, sdk.UpdateGroupCommandOutput>;
  UpdateLoginProfile: Typed<sdk.UpdateLoginProfileCommandInput, sdk.UpdateLoginProfileCommandOutput>;
  UpdateOpenIDConnectProviderThumbprint: Typed<
    sdk.UpdateOpenIDConnectProviderThumbprintCommandInput,
    sdk.UpdateOpenIDConnectProviderThumbprintCommandOutput
  >;
  UpdateRole: Typed<sdk.UpdateRoleCommandInput, sdk.UpdateRoleCommandOutput>;
  UpdateRoleDescription: Typed<sdk.UpdateRoleDescriptionCommandInput, sdk.UpdateRoleDescriptionCommandOutput>;
  UpdateSAMLProvider: Typed<sdk.UpdateSAMLProviderCommandInput, sdk.UpdateSAMLProviderCommandOutput>;
  UpdateSSHPublicKey: Typed<sdk.UpdateSSHPublicKeyCommandInput, sdk.UpdateSSHPublicKeyCommandOutput>;
  UpdateServerCertificate: Typed<sdk.UpdateServerCertificateCommandInput, sdk.UpdateServerCertificateCommandOutput>;
  UpdateServiceSpecificCredential: Typed<
    sdk.UpdateServiceSpecificCredentialCommandInput,
    sdk.UpdateServiceSpecificCredentialCommandOutput
  >;
  UpdateSigningCertificate: Typed<sdk.UpdateSigningCertificateCommandInput, sdk.UpdateSigningCertificateCommandOutput>;
  UpdateUser: Typed<sdk.UpdateUserCommandInput, sdk.UpdateUserCommandOutput>;
  UploadSSHPublicKey: Typed<sdk.UploadSSHPublicKeyCommandInput, sdk.UploadSSHPublicKeyCommandOutput>;
  UploadServerCertificate: Typed<sdk.UploadServerCertificateCommandInput, sdk.UploadServerCertificateCommandOutput>;
  UploadSigningCertificate: Typed<sdk.UploadSigningCertificateCommandInput, sdk.UploadSigningCertificateCommandOutput>;
};
