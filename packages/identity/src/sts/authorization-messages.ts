import { AwsError, permission } from "@hotkeep/core";
import { encodedMessagePurpose } from "../decisions/encoded-message.js";
import { type OperationFamily, operation } from "./operation.js";

/** Opening what EC2 says about a denial. */
export const authorizationMessageOperations: OperationFamily = ({ sealer }) => [
  operation("DecodeAuthorizationMessage", {
    needs: () => [permission("sts:DecodeAuthorizationMessage", "*")],
    handle: ({ EncodedMessage }) => {
      try {
        const bytes = Buffer.from(EncodedMessage, "base64url");
        if (bytes.toString("base64url") !== EncodedMessage) throw new Error("not base64url");
        const sealed = bytes.toString("utf8");
        return { DecodedMessage: sealer.open(sealed, encodedMessagePurpose) };
      } catch (cause) {
        throw new AwsError(
          "InvalidAuthorizationMessageException",
          "The message is not a valid authorization message.",
          {
            status: 400,
            cause,
          },
        );
      }
    },
  }),
];
