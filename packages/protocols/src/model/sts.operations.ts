// Written by tools/generate-models.mjs.
import type * as sdk from "@aws-sdk/client-sts";
import type { Typed } from "./typed.js";

/** The operations of sts with the types of their inputs and outputs, for `operationsOf`. */
export type StsOperations = {
  AssumeRole: Typed<sdk.AssumeRoleCommandInput, sdk.AssumeRoleCommandOutput>;
  AssumeRoleWithSAML: Typed<sdk.AssumeRoleWithSAMLCommandInput, sdk.AssumeRoleWithSAMLCommandOutput>;
  AssumeRoleWithWebIdentity: Typed<
    sdk.AssumeRoleWithWebIdentityCommandInput,
    sdk.AssumeRoleWithWebIdentityCommandOutput
  >;
  AssumeRoot: Typed<sdk.AssumeRootCommandInput, sdk.AssumeRootCommandOutput>;
  DecodeAuthorizationMessage: Typed<
    sdk.DecodeAuthorizationMessageCommandInput,
    sdk.DecodeAuthorizationMessageCommandOutput
  >;
  GetAccessKeyInfo: Typed<sdk.GetAccessKeyInfoCommandInput, sdk.GetAccessKeyInfoCommandOutput>;
  GetCallerIdentity: Typed<sdk.GetCallerIdentityCommandInput, sdk.GetCallerIdentityCommandOutput>;
  GetDelegatedAccessToken: Typed<sdk.GetDelegatedAccessTokenCommandInput, sdk.GetDelegatedAccessTokenCommandOutput>;
  GetFederationToken: Typed<sdk.GetFederationTokenCommandInput, sdk.GetFederationTokenCommandOutput>;
  GetSessionToken: Typed<sdk.GetSessionTokenCommandInput, sdk.GetSessionTokenCommandOutput>;
  GetWebIdentityToken: Typed<sdk.GetWebIdentityTokenCommandInput, sdk.GetWebIdentityTokenCommandOutput>;
};
