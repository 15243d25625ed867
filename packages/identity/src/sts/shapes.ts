import type { IssuedSession } from "../sessions/sessions.js";

/** Temporary credentials as STS answers them. */
export function credentialsShape({ accessKeyId, secretAccessKey, sessionToken, expiresAt }: IssuedSession) {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: new Date(expiresAt),
  };
}
