import { noSuch, noSuchEntity } from "../errors.js";
import { onNothing, onUser } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { callersUser } from "./users.js";

/**
 * Lists of things that no account has here: there is no operation that makes one. Tools that take stock, or that clean
 * up before they delete a user, ask for them.
 */
export const emptyListOperations: OperationFamily = (realm) => {
  const { directory } = realm;
  const checkUser = (name: string | undefined): void => {
    if (name !== undefined && directory.user(name) === undefined) throw noSuch("user", name);
  };
  return [
    operation("ListMFADevices", {
      needs: ({ UserName }, { principal }) => [
        onUser(realm, "ListMFADevices", UserName ?? (principal.kind === "user" ? principal.name : "*")),
      ],
      handle: ({ UserName }, call) => {
        if (UserName === undefined && call.principal.kind !== "root") callersUser(realm, call);
        checkUser(UserName);
        return { MFADevices: [], IsTruncated: false };
      },
    }),
    operation("ListVirtualMFADevices", {
      needs: () => [onNothing("ListVirtualMFADevices")],
      handle: () => ({ VirtualMFADevices: [], IsTruncated: false }),
    }),
    operation("ListSSHPublicKeys", {
      needs: ({ UserName }) => [onUser(realm, "ListSSHPublicKeys", UserName ?? "*")],
      handle: ({ UserName }) => {
        checkUser(UserName);
        return { SSHPublicKeys: [], IsTruncated: false };
      },
    }),
    operation("ListSigningCertificates", {
      needs: ({ UserName }) => [onUser(realm, "ListSigningCertificates", UserName ?? "*")],
      handle: ({ UserName }) => {
        checkUser(UserName);
        return { Certificates: [], IsTruncated: false };
      },
    }),
    operation("ListServiceSpecificCredentials", {
      needs: ({ UserName }) => [onUser(realm, "ListServiceSpecificCredentials", UserName ?? "*")],
      handle: ({ UserName }) => {
        checkUser(UserName);
        return { ServiceSpecificCredentials: [], IsTruncated: false };
      },
    }),
    operation("GetLoginProfile", {
      needs: ({ UserName = "" }) => [onUser(realm, "GetLoginProfile", UserName)],
      handle: ({ UserName = "" }) => {
        checkUser(UserName);
        throw noSuchEntity(`Login Profile for User ${UserName} cannot be found.`);
      },
    }),
    operation("ListServerCertificates", {
      needs: () => [onNothing("ListServerCertificates")],
      handle: () => ({ ServerCertificateMetadataList: [], IsTruncated: false }),
    }),
    operation("ListOpenIDConnectProviders", {
      needs: () => [onNothing("ListOpenIDConnectProviders")],
      handle: () => ({ OpenIDConnectProviderList: [] }),
    }),
    operation("ListSAMLProviders", {
      needs: () => [onNothing("ListSAMLProviders")],
      handle: () => ({ SAMLProviderList: [] }),
    }),
  ];
};
