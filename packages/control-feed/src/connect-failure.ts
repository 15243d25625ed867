/** What a socket or its TLS layer fails with; OpenSSL's own words are in `reason`. */
export interface ConnectError extends Error {
  readonly code?: string | undefined;
  readonly reason?: string;
}

/** The alerts by which a server says that it does not know an identity, or knows it by another key. */
export function isRefusal({ code }: ConnectError): boolean {
  return /ALERT_(UNKNOWN_PSK_IDENTITY|BAD_RECORD_MAC|DECRYPT_ERROR)$/.test(code ?? "");
}

/** Why there is no connection to the gateway, in words for a person. */
export function connectFailure(error: ConnectError): string {
  if (error.code?.endsWith("ALERT_UNKNOWN_PSK_IDENTITY")) return "the gateway does not know this name";
  if (isRefusal(error)) return "the gateway knows this name by another secret";
  if (error.code === "ERR_SSL_WRONG_VERSION_NUMBER") return "what listens there is not a control feed";
  return error.reason ?? error.message;
}
