import { authorizationForgeries } from "./authorizations.js";
import type { Forgery } from "./forgery.js";
import { headerForgeries } from "./headers.js";
import { presignedForgeries } from "./presigned.js";
import { sessionForgeries } from "./sessions.js";
import { signatureForgeries } from "./signatures.js";
import { scopeForgeries, timeForgeries } from "./time-and-scope.js";
import { urlForgeries } from "./urls.js";

/** Every forgery, by what it forges. */
export const forgeries: Readonly<Record<string, readonly Forgery[]>> = {
  "signature and body": signatureForgeries,
  headers: headerForgeries,
  "keys and session tokens": sessionForgeries,
  time: timeForgeries,
  scope: scopeForgeries,
  "the Authorization header": authorizationForgeries,
  "method, path and query": urlForgeries,
  "presigned URLs": presignedForgeries,
};
