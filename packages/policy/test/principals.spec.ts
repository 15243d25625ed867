import { parsePolicy, principalsOf, replacePrincipals } from "@hotkeep/policy";
import { expect, test } from "vitest";

const text = `{
  "Version": "2012-10-17",
  "Statement": [
    { "Effect": "Allow", "Principal": { "AWS": [ "arn:aws:iam::123456789012:user/Alice", "123456789012" ],
      "Service": "dax.amazonaws.com" }, "Action": "sts:AssumeRole",
      "Condition": { "StringEquals": { "sts:ExternalId": "arn:aws:iam::123456789012:user/Alice" } } },
    { "Effect": "Deny",  "Principal": "*", "Action": "sts:TagSession" },
    { "Effect": "Allow", "Principal": {"AWS":"arn:aws:iam::123456789012:user/\\u0041lice"}, "Action": "sts:AssumeRole" }
  ]
}`;

test("the names in a policy are listed once each, in order", () => {
  expect(principalsOf(parsePolicy(text, "trust"))).toEqual([
    { type: "AWS", value: "arn:aws:iam::123456789012:user/Alice" },
    { type: "AWS", value: "123456789012" },
    { type: "Service", value: "dax.amazonaws.com" },
    { type: "AWS", value: "*" },
  ]);
});

test("names are replaced where principals stand and nothing else changes", () => {
  const saved = replacePrincipals(text, ({ value }) => (value.endsWith("/Alice") ? "AIDAALICE" : undefined));
  const expected = text
    .replace('"arn:aws:iam::123456789012:user/Alice", "1', '"AIDAALICE", "1')
    .replace('"arn:aws:iam::123456789012:user/\\u0041lice"', '"AIDAALICE"');
  expect(saved).toBe(expected);
  expect(saved).toContain('"sts:ExternalId": "arn:aws:iam::123456789012:user/Alice"');
});

test("there and back again gives the same text", () => {
  const plain = text.replace("\\u0041", "A");
  const saved = replacePrincipals(plain, ({ value }) => (value.endsWith("/Alice") ? "AIDAALICE" : undefined));
  expect(
    replacePrincipals(saved, ({ value }) =>
      value === "AIDAALICE" ? "arn:aws:iam::123456789012:user/Alice" : undefined,
    ),
  ).toBe(plain);
});

test("a text that is no policy is refused", () => {
  expect(() => replacePrincipals("{", () => undefined)).toThrow("Syntax errors in policy.");
});
