import type { Principal } from "@hotkeep/core";
import { type CompiledPolicy, decide, type PolicyKind } from "@hotkeep/policy";
import { describe, expect, test } from "vitest";
import { account, alice, allow, bobSession, books, deny, policy, request } from "./support.js";
import { type OrderLine, sessionColumns, sessionLines, userColumns, userLines } from "./tables/evaluation-order.js";

function set(kind: PolicyKind, says: OrderLine[number]): CompiledPolicy[] | undefined {
  if (says === "absent") return undefined;
  if (says === "silent") return [policy(kind, allow("other:*"))];
  return [policy(kind, says === "allow" ? allow("dynamodb:*", books) : deny("dynamodb:GetItem", books))];
}

type Column = (typeof userColumns)[number] | (typeof sessionColumns)[number];
const named: Readonly<Record<Exclude<Column, "none" | "denied">, unknown>> = {
  "another user": { AWS: `arn:aws:iam::${account}:user/Bob` },
  "the user": { AWS: `arn:aws:iam::${account}:user/Alice` },
  "the session": { AWS: `arn:aws:sts::${account}:assumed-role/BobUserRole/bob-session` },
  "the role": { AWS: `arn:aws:iam::${account}:role/team/BobUserRole` },
  "the account": { AWS: account },
  everybody: "*",
};

function resourceSet(column: Column): CompiledPolicy[] | undefined {
  if (column === "none") return undefined;
  const statement = { Action: "dynamodb:*", Resource: books };
  if (column === "denied") {
    return [
      policy("resource", [
        { Effect: "Allow", Principal: "*", ...statement },
        { Effect: "Deny", Principal: { AWS: account }, ...statement },
      ]),
    ];
  }
  return [policy("resource", { Effect: "Allow", Principal: named[column], ...statement })];
}

function signs(principal: Principal, [identity, boundary, session]: OrderLine, columns: readonly Column[]): string {
  return columns
    .map((column) => {
      const given = {
        boundary: set("boundary", boundary),
        session: set("session", session),
        resource: resourceSet(column),
      };
      const present = Object.fromEntries(Object.entries(given).filter(([, policies]) => policies !== undefined));
      const sets = { identity: set("identity", identity) ?? [], ...present };
      const { outcome, deniedBy } = decide(request("dynamodb:GetItem", books, { principal }), sets);
      if (outcome === "allowed") return "+";
      const letter = deniedBy![0]!;
      return outcome === "explicitDeny" ? letter.toUpperCase() : letter;
    })
    .join("");
}

describe(`for a user: ${userColumns.join(", ")}`, () => {
  test.each(userLines)("identity %s, boundary %s, session %s: %s", (...line) => {
    expect(signs(alice, line, userColumns)).toBe(line[3]);
  });
});

describe(`for a session: ${sessionColumns.join(", ")}`, () => {
  test.each(sessionLines)("identity %s, boundary %s, session %s: %s", (...line) => {
    expect(signs(bobSession, line, sessionColumns)).toBe(line[3]);
  });
});
