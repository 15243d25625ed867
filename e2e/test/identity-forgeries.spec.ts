import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Bench, type Suspects } from "../src/identity/bench.js";
import { type Dialect, dialects } from "../src/identity/dialects.js";
import { forgeries } from "../src/identity/forgeries/index.js";
import { gatherSuspects } from "../src/identity/suspects.js";
import { send, type WireRequest } from "../src/identity/wire.js";

let hotkeep: RunningHotkeep;
let suspects: Suspects;

beforeAll(async () => {
  const [here, elsewhere] = await Promise.all([startHotkeep({ empty: true }), startHotkeep({ empty: true })]);
  hotkeep = here;
  const foreign = elsewhere.credentials.root!;
  await elsewhere.stop();
  suspects = await gatherSuspects(here, here.credentials.root!, foreign, here.account);
});
afterAll(() => hotkeep?.stop());

const benchFor = (dialect: Dialect): Bench => new Bench(dialect, hotkeep, suspects);

/** What is signed rightly must pass, or the refusals below show nothing. */
const honest: readonly { readonly title: string; make(bench: Bench): WireRequest }[] = [
  { title: "a long-term key", make: (b) => b.valid() },
  { title: "another user's key", make: (b) => b.valid({ keys: b.keys.other }) },
  { title: "a session with its token", make: (b) => b.valid({ keys: b.keys.session }) },
  { title: "a presigned URL", make: (b) => b.presigned() },
  { title: "a presigned URL of a session", make: (b) => b.presigned({ keys: b.keys.session }) },
  { title: "a presigned URL for seven days", make: (b) => b.presigned({ expires: "604800" }) },
  { title: "a presigned URL in its last seconds", make: (b) => b.presigned({ aheadSeconds: -50, expires: "60" }) },
  { title: "the loose signer, when it is strict", make: (b) => b.signWith({}) },
  {
    title: "a clock that is behind within the window",
    make: (b) => b.valid({ aheadSeconds: 20 - b.dialect.skewSeconds }),
  },
  {
    title: "a clock that is ahead within the window",
    make: (b) => b.valid({ aheadSeconds: b.dialect.skewSeconds - 20 }),
  },
  {
    title: "a header that is not signed",
    make: (b) => ({ ...b.valid(), headers: [...b.valid().headers, ["x-hop", "1"]] }),
  },
  { title: "a signed header with spaces around it", make: (b) => b.valid({ headers: { "x-custom": "  a   b  " } }) },
];

describe.each(dialects)("$service", (dialect) => {
  it.each(honest)("answers $title", async ({ make }) => {
    const answer = await send(hotkeep.endpoint, make(benchFor(dialect)));
    expect(answer.text).toContain(dialect.answer);
    expect(answer.status).toBe(200);
  });

  describe.each(Object.keys(forgeries))("refuses what forges %s:", (group) => {
    const cases = forgeries[group]!.filter(({ only }) => only === undefined || only.includes(dialect.service));

    it.each(cases)("$title", async (forgery) => {
      const answer = await send(hotkeep.endpoint, forgery.forge(benchFor(dialect)));
      const { refusal, words = "", except } = forgery;
      const [status, code] = except?.[dialect.service] ?? dialect.spellings[refusal];
      expect([answer.status, answer.code, answer.message]).toEqual([status, code, expect.any(String)]);
      const silent = dialect.service === "ec2" && (refusal === "bad signature" || refusal === "unknown key");
      expect(answer.message).toContain(silent ? "AWS was not able to validate the provided access credentials" : words);
      expect(answer.text).not.toContain(dialect.answer);
      // What a session proves itself with must not come back in an answer.
      for (const { sessionToken } of [suspects.session, suspects.otherSession]) {
        expect(answer.text).not.toContain(sessionToken);
      }
    });
  });
});

it("counts at least 200 forgeries over all services", () => {
  const all = Object.values(forgeries).flat();
  const tried = dialects.flatMap(({ service }) => all.filter(({ only }) => only?.includes(service) ?? true));
  expect(tried.length).toBeGreaterThan(200);
  expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
});
