import { decide, decideAssumeRole, decidePartially, traceDecision } from "@hotkeep/policy";
import fc from "fast-check";
import { expect, test } from "vitest";
import { globTest, markWildcards } from "../src/glob.js";
import { plainAssumeRole, plainDecide } from "./plain-evaluator.js";
import { assumptions, compileSets, plainSets, requests, statements, trustSets } from "./random-policies.js";

/** `npm run fuzz -- policy` sets these two. */
const settings = {
  numRuns: Number(process.env.HOTKEEP_FUZZ_POLICIES ?? 1000),
  seed: Number(process.env.HOTKEEP_FUZZ_SEED ?? 20_261_123),
};

test("the engine and a plain evaluator written from the rules agree", () => {
  const seen = { allowed: 0, explicitDeny: 0, implicitDeny: 0 };
  fc.assert(
    fc.property(plainSets, requests, (sets, request) => {
      const { outcome } = decide(request, compileSets(sets));
      seen[outcome]++;
      expect(outcome).toBe(plainDecide(request, sets));
    }),
    settings,
  );
  // The generator must not have drifted into a corner.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(settings.numRuns / 50);
});

test("the engine and the plain evaluator agree on who may assume a role", () => {
  const seen = { allowed: 0, explicitDeny: 0, implicitDeny: 0 };
  fc.assert(
    fc.property(trustSets, assumptions, (sets, request) => {
      const { outcome } = decideAssumeRole(request, compileSets(sets, "trust"));
      seen[outcome]++;
      expect(outcome).toBe(plainAssumeRole(request, sets));
    }),
    settings,
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(settings.numRuns / 50);
});

test("one more Deny never allows more", () => {
  fc.assert(
    fc.property(plainSets, statements, requests, (sets, statement, request) => {
      const more = { ...sets, identity: [...sets.identity, { ...statement, Effect: "Deny" as const }] };
      const after = decide(request, compileSets(more)).outcome;
      if (after === "allowed") expect(decide(request, compileSets(sets)).outcome).toBe("allowed");
    }),
    settings,
  );
});

test("one more Allow on the identity never denies more", () => {
  fc.assert(
    fc.property(plainSets, statements, requests, (sets, statement, request) => {
      const more = { ...sets, identity: [...sets.identity, { ...statement, Effect: "Allow" as const }] };
      if (decide(request, compileSets(sets)).outcome === "allowed") {
        expect(decide(request, compileSets(more)).outcome).toBe("allowed");
      }
    }),
    settings,
  );
});

test("a boundary, a session policy or a service control policy never allows more", () => {
  fc.assert(
    fc.property(plainSets, requests, (sets, request) => {
      if (decide(request, compileSets(sets)).outcome !== "allowed" || request.principal.kind === "federated-user")
        return;
      const less = { identity: sets.identity, resource: sets.resource };
      expect(decide(request, compileSets(less)).outcome).toBe("allowed");
    }),
    settings,
  );
});

test("the order of statements does not matter for the outcome", () => {
  fc.assert(
    fc.property(plainSets, requests, (sets, request) => {
      const turned = { ...sets, identity: [...sets.identity].reverse() };
      expect(decide(request, compileSets(turned)).outcome).toBe(decide(request, compileSets(sets)).outcome);
    }),
    settings,
  );
});

test("a decision holds for every context that has the same values of the consulted keys", () => {
  fc.assert(
    fc.property(plainSets, requests, requests, (sets, request, other) => {
      const policies = compileSets(sets);
      const first = decide(request, policies);
      const kept = Object.entries(request.context).filter(([key]) => first.consultedKeys.includes(key.toLowerCase()));
      const strange = Object.entries(other.context).filter(([key]) => !first.consultedKeys.includes(key.toLowerCase()));
      const again = decide({ ...request, context: Object.fromEntries([...kept, ...strange]) }, policies);
      expect(again.outcome).toBe(first.outcome);
      expect(again.statements).toEqual(first.statements);
      expect(again.consultedKeys).toEqual(first.consultedKeys);
    }),
    settings,
  );
});

test("a partial decision that is sure holds whatever the unknown values are", () => {
  const unknown = ["k:text", "K:LIST", "k:number", "K:date"];
  const isUnknown = ([key]: readonly [string, unknown]) => unknown.some((name) => name.toLowerCase() === key);
  const seen = { allowed: 0, denied: 0, "depends-on": 0 };
  fc.assert(
    fc.property(plainSets, requests, requests, (sets, request, other) => {
      const policies = compileSets(sets);
      const partial = decidePartially(request, policies, unknown);
      seen[partial.kind]++;
      const known = Object.entries(request.context).filter((entry) => !isUnknown(entry));
      const filled = Object.entries(other.context).filter(isUnknown);
      const full = decide({ ...request, context: Object.fromEntries([...known, ...filled]) }, policies);
      if (partial.kind === "allowed") expect(full.outcome).toBe("allowed");
      if (partial.kind === "denied") expect(full.outcome).not.toBe("allowed");
      if (partial.kind === "depends-on") {
        expect(partial.residualKeys.length).toBeGreaterThan(0);
        expect(partial.statements.length).toBeGreaterThan(0);
      }
    }),
    settings,
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(settings.numRuns / 100);
});

test("with nothing unknown a partial decision is the decision", () => {
  fc.assert(
    fc.property(plainSets, requests, (sets, request) => {
      const policies = compileSets(sets);
      const partial = decidePartially(request, policies, []);
      const decision = decide(request, policies);
      expect(partial).toEqual({ kind: decision.outcome === "allowed" ? "allowed" : "denied", decision });
      expect(traceDecision(request, policies).decision).toEqual(decision);
    }),
    settings,
  );
});

function plainGlob(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  if (pattern[0] === "*")
    return plainGlob(pattern.slice(1), text) || (text !== "" && plainGlob(pattern, text.slice(1)));
  return text !== "" && (pattern[0] === "?" || pattern[0] === text[0]) && plainGlob(pattern.slice(1), text.slice(1));
}

test("wildcards match as their definition says", () => {
  const letters = (signs: string) =>
    fc.array(fc.constantFrom(...signs), { maxLength: 10 }).map((list) => list.join(""));
  fc.assert(
    fc.property(letters("ab*?"), letters("ab"), (pattern, text) => {
      expect(globTest(markWildcards(pattern))(text)).toBe(plainGlob(pattern, text));
    }),
    { ...settings, numRuns: 20 * settings.numRuns },
  );
});
