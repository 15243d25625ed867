import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CommonAwsError, ManualClock, SeededRandom, silentLogger, systemClock } from "@hotkeep/core";
import { openMonitoring } from "@hotkeep/monitoring";
import { createRouter } from "@hotkeep/protocols";

export const account = "123456789012";
export const keys = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
/** 2026-11-23T06:00:00Z */
export const start = Date.UTC(2026, 10, 23, 6);
export const nodeA = { account, region: "us-west-2", cluster: "books", node: "books-a" };
export const nodeB = { ...nodeA, node: "books-b" };

/** Monitoring behind a real HTTP server; everything is allowed but what `forbidden` names. */
export async function openHouse(forbidden: readonly string[] = []) {
  const clock = new ManualClock(start);
  const monitoring = openMonitoring({ clock });
  const credential = {
    ...keys,
    principal: { kind: "user" as const, account, arn: `arn:aws:iam::${account}:user/Bob`, id: "AIDABOB", name: "Bob" },
  };
  const router = createRouter({
    services: [monitoring.handlers],
    credentials: { find: (id) => (id === keys.accessKeyId ? credential : undefined) },
    authorizer: {
      authorize(_call, requests) {
        for (const { action, resource } of requests) {
          if (forbidden.includes(action))
            throw new CommonAwsError("AccessDenied", `not authorized: ${action} on ${resource}`);
        }
      },
    },
    // Signatures carry the time of day; what is asked for is on the other clock.
    clock: systemClock,
    random: new SeededRandom(7),
    logger: silentLogger,
  });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const { method, url, rawHeaders } = request;
      const whole = {
        method: method!,
        url: url!,
        rawHeaders,
        body: Buffer.concat(chunks),
        remoteAddress: "",
        secure: false,
      };
      const { status, headers, body } = await router.handle(whole);
      response.writeHead(status, headers);
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    clock,
    monitoring,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
