import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:tls";
import type { Clock } from "@hotkeep/core";
import { dataDirectoryAt, isTaken } from "../gateway/data-directory.js";
import { type Running, readRunningFile } from "../gateway/running-file.js";
import type { Finding } from "./finding.js";

const dayMs = 86_400_000;

/** When people should hear that the authority ends: clients have to be told of the next one. */
const authorityWarningDays = 90;

/** How long a server may take to show its certificate. */
const handshakeMs = 3_000;

/** The authority's certificate, and what the running gateway and its nodes show. */
export async function checkCertificates(root: string, clock: Clock): Promise<readonly Finding[]> {
  const places = dataDirectoryAt(root);
  const subject = "authority";
  if (!existsSync(places.authority)) {
    return [{ subject, state: "good", text: "the certificate authority will be made by the first start" }];
  }
  const pem = readFileSync(places.authority, "utf8");
  const servers = existsSync(places.running) && isTaken(root) ? serversOf(readRunningFile(places.running)) : [];
  const shown = servers.map(({ name, url }) => checkServer(name, url, pem, clock));
  return [checkAuthority(pem, clock), ...(await Promise.all(shown))];
}

function checkAuthority(pem: string, clock: Clock): Finding {
  const subject = "authority";
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    const help = "start the gateway: it writes the file anew";
    return { subject, state: "bad", text: "ca.pem is not a certificate", help };
  }
  const days = daysLeft(certificate.validTo, clock);
  const text = `the certificate authority is good for ${days} days`;
  const help = "make a new one in time with `hotkeep ca --renew`; clients must trust it anew";
  if (days <= 0) return { subject, state: "bad", text: "the certificate authority has ended", help };
  return days < authorityWarningDays ? { subject, state: "note", text, help } : { subject, state: "good", text };
}

function serversOf(running: Running | undefined): readonly { readonly name: string; readonly url: string }[] {
  if (running === undefined) return [];
  const all = [
    { name: "https", url: running.endpoint },
    ...running.clusters.map(({ name, endpoint }) => ({ name, url: endpoint })),
  ];
  return all.filter(({ url }) => /^(https|daxs):/.test(url));
}

/** Shakes hands as a strict client would. */
function checkServer(name: string, url: string, authority: string, clock: Clock): Promise<Finding> {
  // For schemes of its own kind URL knows neither brackets nor a default port, but these always have both.
  const { hostname, port } = new URL(url.replace(/^daxs:/, "https:"));
  const subject = `TLS of ${name}`;
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, "");
    const socket = connect({ host, port: Number(port || 443), ca: authority, timeout: handshakeMs });
    const done = (finding: Finding): void => {
      socket.destroy();
      resolve(finding);
    };
    const failed = (reason: string): void => {
      const help = "clients that trust `hotkeep ca` would refuse it, too; the gateway's log may tell more";
      done({ subject, state: "bad", text: `${url}: ${reason}`, help });
    };
    socket.once("secureConnect", () => {
      const days = daysLeft(socket.getPeerX509Certificate()!.validTo, clock);
      done({ subject, state: "good", text: `${url} shows a certificate that is good for ${days} days` });
    });
    socket.once("timeout", () => failed("no handshake in time"));
    socket.once("error", (error) => failed(error.message));
  });
}

function daysLeft(validTo: string, clock: Clock): number {
  return Math.floor((Date.parse(validTo) - clock.now()) / dayMs);
}
