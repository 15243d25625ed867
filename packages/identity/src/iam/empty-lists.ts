import { noSuch } from "../errors.js";
import { onNothing, onUser } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";

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
    operation("ListServerCertificates", {
      needs: () => [onNothing("ListServerCertificates")],
      handle: () => ({ ServerCertificateMetadataList: [], IsTruncated: false }),
    }),
  ];
};
