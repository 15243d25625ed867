import { BlockList, isIPv4, isIPv6 } from "node:net";
import { HotkeepError } from "@hotkeep/core";
import { nameCharactersMax, namesMax } from "./limits.js";

/** What a certificate can speak for: an address, or a DNS name in lower case, `*.` at its front perhaps. */
export interface CertificateName {
  readonly kind: "address" | "dns";
  readonly text: string;
}

/**
 * Addresses that belong to whoever runs the network, and so to nobody else's web server: loopback, private, link-local
 * (RFC 1918, 4193, 3927, 4291). The authority may certify them and what its operator names, and clients hold it to that.
 */
export const privateBlocks: readonly string[] = [
  "127.0.0.0/8",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "100.64.0.0/10",
  "::1/128",
  "fc00::/7",
  "fe80::/10",
];

/** DNS names that belong to every machine (RFC 6761), with the names below them. */
export const privateDomains: readonly string[] = ["localhost"];

const privateAddresses = new BlockList();
for (const block of privateBlocks) {
  const [network, prefix] = block.split("/") as [string, string];
  privateAddresses.addSubnet(network, Number(prefix), familyOf(network));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv4(address) ? "ipv4" : "ipv6";
}

const label = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";
const dnsName = new RegExp(`^(\\*\\.)?${label}(\\.${label})*$`);

/** @throws HotkeepError `CertificateNameInvalid` */
export function parseName(text: string): CertificateName {
  const plain = text.trim().toLowerCase();
  if (isIPv4(plain) || (isIPv6(plain) && !plain.includes("%"))) return { kind: "address", text: plain };
  // What looks like an address and is none is no name either: clients would take it for one or the other.
  const isName = plain.length <= nameCharactersMax && dnsName.test(plain) && !/^[\d.]+$/.test(plain);
  if (isName) return { kind: "dns", text: plain };
  throw new HotkeepError("CertificateNameInvalid", `\`${text}\` is neither a DNS name nor an address.`, {
    help: "Give names such as `dax.example.org` or `*.example.org`, and addresses such as `10.0.0.7`, without a port.",
  });
}

/**
 * Whether an authority that was made with `permitted` may certify `name`: private addresses, `localhost`, what it was
 * made with, and names below those.
 */
export function isPermitted(name: CertificateName, permitted: readonly CertificateName[]): boolean {
  if (name.kind === "address") {
    return (
      privateAddresses.check(name.text, familyOf(name.text)) ||
      permitted.some((one) => one.kind === "address" && one.text === name.text)
    );
  }
  const plain = domainOf(name);
  const domains = [...privateDomains, ...permitted.filter((one) => one.kind === "dns").map(domainOf)];
  return domains.some((domain) => plain === domain || plain.endsWith(`.${domain}`));
}

/** Whether any authority may certify `text`: a private address, or `localhost` and names below it. */
export function isPrivateName(text: string): boolean {
  return isPermitted(parseName(text), []);
}

/** A name without the `*.` at its front. */
export function domainOf({ text }: CertificateName): string {
  return text.startsWith("*.") ? text.slice(2) : text;
}

/**
 * The names of a certificate, each once, in the order given.
 *
 * @throws HotkeepError `CertificateNameInvalid`, `CertificateNameRefused` for one beyond what the authority may certify,
 *   `CertificateNamesTooMany`
 */
export function checkNames(
  names: readonly string[],
  permitted: readonly CertificateName[],
): readonly CertificateName[] {
  const parsed = [...new Map(names.map(parseName).map((name) => [name.text, name])).values()];
  if (parsed.length === 0 || parsed.length > namesMax) {
    throw new HotkeepError(
      "CertificateNamesTooMany",
      `A certificate has 1 to ${namesMax} names; ${parsed.length} were asked for.`,
    );
  }
  const refused = parsed.find((name) => !isPermitted(name, permitted));
  if (refused === undefined) return parsed;
  throw new HotkeepError(
    "CertificateNameRefused",
    `The certificate authority was made without \`${refused.text}\`, and clients hold it to the names it was made with.`,
    {
      help: "Make a new authority with `hotkeep ca --renew` and start with `--tls-names`; clients must trust it anew.",
    },
  );
}
