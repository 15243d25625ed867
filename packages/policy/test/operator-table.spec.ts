import { decide } from "@hotkeep/policy";
import { expect, test } from "vitest";
import { allow, books, identitySets, request } from "./support.js";
import { operatorLines, operatorValues } from "./tables/operators.js";

test.each(operatorLines)("%s is met %s", (operator, met) => {
  const base = operator.replace(/^For\w+:/, "").replace(/IfExists$/, "");
  const { policy, fits, otherCase, wildcard, noValue, misses } = operatorValues[base]!;
  const sets = identitySets(allow("*", "*", { Condition: { [operator]: { "k:key": policy } } }));
  const sign = (value: string | readonly string[] | undefined) => {
    const context = value === undefined ? {} : { "k:key": value };
    return decide(request("x:Y", books, { context }), sets).outcome === "allowed" ? "+" : "-";
  };
  const groups = [
    [undefined, []],
    [fits[0], otherCase, wildcard, noValue, misses[0]],
    [[fits[0]], fits, [fits[1], misses[0]], misses],
  ];
  expect(groups.map((values) => values.map(sign).join("")).join(" ")).toBe(met);
});
