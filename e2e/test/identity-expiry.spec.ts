import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STS } from "@aws-sdk/client-sts";
import { type LoopbackRange, type RunningHotkeep, startHotkeep, takeLoopbackRange } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Keys } from "../src/clients.js";
import { Bench, type Suspects } from "../src/identity/bench.js";
import { authorizeFrame, claim, DaxConnection } from "../src/identity/dax-connection.js";
import { dialects } from "../src/identity/dialects.js";
import { withShiftedClock } from "../src/identity/shifted-clock.js";
import { keysOf } from "../src/identity/suspects.js";
import { send } from "../src/identity/wire.js";

const aheadMs = -40 * 60_000;

let hotkeep: RunningHotkeep;
let range: LoopbackRange;
let dataDirectory: string;
let sessions: Readonly<Record<string, Keys>>;

/** Sessions made forty minutes ago for a quarter of an hour, by the same program on the same data. */
beforeAll(async () => {
  range = await takeLoopbackRange();
  dataDirectory = mkdtempSync(join(tmpdir(), "hotkeep-"));
  const before = await withShiftedClock(aheadMs, () => startHotkeep({ dataDirectory, range }));
  const { endpoint, region, account } = before;
  // A new client for every call: it corrects its clock by the date of an answer, and that is the machine's.
  const asked = (credentials: Keys) => new STS({ endpoint, region, credentials, systemClockOffset: aheadMs });
  const short = { DurationSeconds: 900 };
  const RoleArn = `arn:aws:iam::${account}:role/BobUserRole`;
  const root = () => asked(before.credentials.root!);
  const role = await asked(before.credentials.bob!).assumeRole({ RoleArn, RoleSessionName: "past", ...short });
  const later = await asked(before.credentials.bob!).assumeRole({ RoleArn, RoleSessionName: "hour" });
  sessions = {
    "a role's session": keysOf(role.Credentials),
    "a user's session": keysOf((await asked(before.credentials.alice!).getSessionToken(short)).Credentials),
    "root's session": keysOf((await root().getSessionToken(short)).Credentials),
    "a federated user's session": keysOf((await root().getFederationToken({ Name: "Guest", ...short })).Credentials),
    "a session that goes on": keysOf(later.Credentials),
  };
  await before.stop();
  hotkeep = await startHotkeep({ dataDirectory, range });
});
afterAll(async () => {
  await hotkeep?.stop();
  range?.release();
  if (dataDirectory !== undefined) rmSync(dataDirectory, { recursive: true, force: true });
});

const expired = ["a role's session", "a user's session", "root's session", "a federated user's session"];
const bench = (dialect: (typeof dialects)[number]): Bench => new Bench(dialect, hotkeep, {} as Suspects);

describe.each(dialects)("$service", (dialect) => {
  it.each(expired)("refuses %s that has expired, in a header and in a URL", async (name) => {
    const keys = sessions[name]!;
    for (const request of [bench(dialect).valid({ keys }), bench(dialect).presigned({ keys })]) {
      const answer = await send(hotkeep.endpoint, request);
      const [status, code] = dialect.spellings["expired session"];
      expect([answer.status, answer.code]).toEqual([status, code]);
      expect(answer.message).toBe("The security token included in the request is expired");
    }
  });

  it.each(expired)("does not tell who holds no token of %s that it has expired", async (name) => {
    const { sessionToken: _, ...keys } = sessions[name]!;
    const answer = await send(hotkeep.endpoint, bench(dialect).valid({ keys }));
    expect([answer.status, answer.code]).toEqual(dialect.spellings["unknown key"]);
  });
});

it("sessions that have not expired outlive the restart", async () => {
  const keys = sessions["a session that goes on"]!;
  const sts = dialects.find(({ service }) => service === "sts")!;
  const answer = await send(hotkeep.endpoint, bench(sts).valid({ keys }));
  expect(answer.text).toContain(":assumed-role/BobUserRole/hour");
});

describe("a node", () => {
  const verdictOn = async (keys: Keys): Promise<string> => {
    const connection = await DaxConnection.open(hotkeep.clusters[0]!.endpoint);
    connection.send(authorizeFrame(claim({ keys, region: hotkeep.region })));
    const { verdict } = await connection.probe();
    connection.close();
    return verdict;
  };

  it.each(expired)("does not believe %s that has expired", async (name) => {
    expect(await verdictOn(sessions[name]!)).toBe("authentication required");
  });

  it("believes a session that goes on after the restart", async () => {
    expect(await verdictOn(sessions["a session that goes on"]!)).toBe("served");
  });
});
