export * from "./authority.js";
export * from "./key-pair.js";
export * from "./limits.js";
export { type CertificateName, checkNames, isPrivateName, parseName } from "./names.js";
export * from "./renewal.js";
