// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written that way
import { PolicyGrammarError, type PolicyKind, parsePolicy, policySize } from "@hotkeep/policy";
import { describe, expect, test } from "vitest";
import { account, books, policyText } from "./support.js";

const syntax = "Syntax errors in policy.";
const version = "Policy document must be version 2012-10-17 or greater.";
const legacy = "The policy failed legacy parsing";
const noActions = "Policy statement must contain actions.";
const noResources = "Policy statement must contain resources.";
const noPrefix = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
const colons = "Actions/Condition can contain only one colon.";
const vendor = "Resource vendor must be fully qualified and cannot contain regexes.";
const sids = "Statement IDs (SID) in a single policy must be unique.";
const sidText =
  "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*";
const iamPath =
  'IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.';

type Json = Record<string, unknown>;
const good: Json = { Effect: "Allow", Action: "dynamodb:GetItem", Resource: books };
/** The good statement with some parts changed; undefined takes a part away. */
const but = (change: Json): Json =>
  Object.fromEntries(Object.entries({ ...good, ...change }).filter(([, value]) => value !== undefined));
const text = (statements: unknown, more: Json = {}) =>
  JSON.stringify({ Version: "2012-10-17", ...more, Statement: statements });
const condition = (Condition: unknown) => text(but({ Condition }));
const resource = (Resource: unknown) => text(but({ Resource }));
const action = (Action: unknown) => text(but({ Action }));

/** What is wrong, the text, the error. */
const refused: readonly (readonly [string, string, string])[] = [
  ["not JSON", "This is no policy", syntax],
  ["empty", "", syntax],
  ["a list", "[]", syntax],
  ["a string", '"x"', syntax],
  ["null", "null", syntax],
  ["text after the policy", `${text(good)} x`, syntax],
  [
    "a comma too many",
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*",}]}',
    syntax,
  ],
  ["single quotes", "{'Version':'2012-10-17'}", syntax],
  ["a raw line end in a string", '{"Version":"2012-10-17","Statement":{"Sid":"a\nb"}}', syntax],
  ["a wrong escape", '{"Version":"\\x"}', syntax],
  ["an unfinished string", '{"Version', syntax],
  ["characters beyond Latin-1", text(but({ Sid: "é…" })), syntax],
  ["a reserved code point, escaped", '{"Version":"2012-10-17","Id":"\\uffff","Statement":[]}', syntax],
  ["a key twice", `{"Version":"2012-10-17","Version":"2012-10-17","Statement":${JSON.stringify(good)}}`, syntax],
  [
    "a statement's key twice",
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}}',
    syntax,
  ],
  ["deep nesting", `{"Version":"2012-10-17","Statement":${"[".repeat(5000)}${"]".repeat(5000)}}`, syntax],
  ["no statement", '{"Version":"2012-10-17"}', syntax],
  ["an empty list of statements", text([]), syntax],
  ["a statement that is a string", text(["x"]), syntax],
  ["a list in the list of statements", text([[good]]), syntax],
  ["an unknown element", text(good, { Extra: "x" }), syntax],
  ["an element in wrong letter case", text(good, { statement: [] }), syntax],
  ["an unknown statement element", text(but({ Extra: "x" })), syntax],
  ["a statement element in wrong letter case", text(but({ Action: undefined, action: "*" })), syntax],
  ["an unknown version", JSON.stringify({ Version: "2013-10-17", Statement: good }), syntax],
  ["a version that is a number", JSON.stringify({ Version: 2012, Statement: good }), syntax],
  ["an Id that is a list", text(good, { Id: ["x"] }), syntax],
  ["an Id that is an object", text(good, { Id: {} }), syntax],
  ["no effect", text(but({ Effect: undefined })), syntax],
  ["an effect that is none", text(but({ Effect: "Permit" })), syntax],
  ["an effect that is a list", text(but({ Effect: ["Allow"] })), syntax],
  ["Action and NotAction", text(but({ NotAction: "dax:*" })), syntax],
  ["Action and an empty NotAction", text(but({ NotAction: [] })), syntax],
  ["Resource and NotResource", text(but({ NotResource: "*" })), syntax],
  ["an action that is an object", action({}), syntax],
  ["an action that is a number", action(5), syntax],
  ["a list in the list of actions", action([[]]), syntax],
  ["a resource that is an object", resource({ a: books }), syntax],
  ["an object in the list of resources", resource(["x", {}]), syntax],
  ["a Sid that is an object", text(but({ Sid: {} })), syntax],
  ["a Sid that is a list", text(but({ Sid: [] })), syntax],
  ["a condition that is a list", condition([]), syntax],
  ["a condition that is a string", condition("x"), syntax],
  ["an operator over a string", condition({ StringEquals: "x" }), syntax],
  ["an operator over a list", condition({ DateGreaterThan: [] }), syntax],
  ["a condition value that is an object", condition({ DateGreaterThan: { a: {} } }), syntax],
  ["a condition value that is null", condition({ StringEquals: { a: null } }), syntax],
  ["a list in the list of condition values", condition({ StringEquals: { a: [["x"]] } }), syntax],
  ["an unknown operator", condition({ StringMatches: { a: "1" } }), syntax],
  ["an unknown set qualifier", condition({ "ForSome:StringEquals": { a: "1" } }), syntax],
  ["two colons after a set qualifier", condition({ "ForAnyValue::StringEquals": { a: "1" } }), syntax],
  ["NullIfExists", condition({ NullIfExists: { a: "true" } }), syntax],
  ["BinaryNotEquals", condition({ BinaryNotEquals: { a: "aG90" } }), syntax],
  ["bad syntax before a missing action", text({ Effect: "Allow", Resource: books, Condition: { a: "b" } }), syntax],

  ["no version", JSON.stringify({ Statement: good }), version],
  ["the older version", JSON.stringify({ Version: "2008-10-17", Statement: good }), version],
  [
    "no version, and a bad date",
    JSON.stringify({ Statement: but({ Condition: { DateEquals: { a: "x" } } }) }),
    version,
  ],
  ["no version, and a wrong effect", JSON.stringify({ Statement: but({ Effect: "denY" }) }), version],
  ["no version, and Sids that clash", JSON.stringify({ Statement: [but({ Sid: "a" }), but({ Sid: "a" })] }), version],

  ["an effect in wrong letter case", text(but({ Effect: "denY" })), legacy],
  [
    "an effect in lower case, and a Region in an IAM ARN",
    text(but({ Effect: "allow", Resource: "arn:aws:iam:us-east-1::x" })),
    legacy,
  ],
  [
    "an effect in lower case, and Sids that clash",
    text([but({ Sid: "a", Effect: "aLLow" }), but({ Sid: "a" })]),
    legacy,
  ],
  ["a date that is a word", condition({ DateGreaterThan: { a: "soon" } }), legacy],
  [
    "a date that is a word, and no action",
    text({ Effect: "Allow", Condition: { DateGreaterThan: { a: "soon" } } }),
    legacy,
  ],
  ["a date among good ones", condition({ DateGreaterThan: { a: ["2026-01-01", "soon"] } }), legacy],
  ["a date with a set qualifier", condition({ "ForAnyValue:DateEqualsIfExists": { a: "soon" } }), legacy],
  ["an empty date", condition({ DateEquals: { a: "" } }), legacy],
  ["a thirteenth month", condition({ DateLessThanEquals: { a: "234-13" } }), legacy],
  ["a day too many", condition({ DateEquals: { a: "2026-01-32" } }), legacy],
  ["an hour too many", condition({ DateEquals: { a: "2026-01-01T24:00Z" } }), legacy],
  ["an offset of one digit", condition({ DateLessThanEquals: { a: "2016-12-13t2:00:00.593194+1" } }), legacy],
  ["ten fraction digits", condition({ DateLessThanEquals: { a: "2016-12-13t2:00:00.1999999999+10:59" } }), legacy],
  ["seconds beyond 64 bits", condition({ DateLessThan: { a: "9223372036854775808" } }), legacy],
  ["a wildcard in a date", condition({ DateLessThan: { a: "2026-*" } }), legacy],
  [
    "a bad date, and an unknown partition",
    text(but({ Resource: "arn:error:s3:::x", Condition: { DateEquals: { a: "x" } } })),
    legacy,
  ],
  ["an ARN with too few colons", resource("arn:aws:s3::books"), legacy],
  [
    "an ARN with too few colons, and no action",
    text(but({ Action: undefined, Resource: "arn:aws:s3::books" })),
    legacy,
  ],
  ["a NotResource with too few colons", text(but({ Resource: undefined, NotResource: "arn:aws:s3::books" })), legacy],
  ["an ARN without a service", resource("arn:aws::::books"), legacy],
  ["a short ARN without a service", resource("arn:aws::books"), legacy],

  ["Sids that clash", text([but({ Sid: "a" }), but({ Sid: "a", Effect: "Deny" })]), sids],
  ["Sids that clash, and no action", text([but({ Sid: "a" }), { Sid: "a", Effect: "Allow" }]), sids],
  ["a Sid with a space", text(but({ Sid: "Read books" })), sidText],
  ["a Sid with a dash", text(but({ Sid: "read-books" })), sidText],

  ["a principal", text(but({ Principal: "*" })), "Policy document should not specify a principal."],
  ["a NotPrincipal", text(but({ NotPrincipal: { AWS: account } })), "Policy document should not specify a principal."],

  ["no action", text(but({ Action: undefined })), noActions],
  ["an empty list of actions", action([]), noActions],
  ["an empty list of NotActions", text(but({ Action: undefined, NotAction: [] })), noActions],
  ["neither action nor resource", text({ Effect: "Allow" }), noActions],
  ["no action in one of two", text([{ Effect: "Deny" }, good]), noActions],

  ["a resource that is no ARN", resource("a table"), 'Resource a table must be in ARN format or "*".'],
  ["a resource that is no ARN, in a list", resource(["Books"]), 'Resource Books must be in ARN format or "*".'],
  ["an empty resource", resource(""), 'Resource  must be in ARN format or "*".'],
  [
    "a resource that is no ARN, and a bad action",
    text(but({ Action: "s:3:x", Resource: "Books" })),
    'Resource Books must be in ARN format or "*".',
  ],
  ["two stars", resource("**"), 'Resource ** must be in ARN format or "*".'],
  ["another scheme", resource("urn:aws:s3:::books"), 'Resource urn:aws:s3:::books must be in ARN format or "*".'],
  [
    "an unknown partition",
    resource("arn:b:c:d:e:f:g:h"),
    'Partition "b" is not valid for resource "arn:b:c:d:e:f:g:h".',
  ],
  [
    "an unknown partition and nothing else",
    resource("a:mars"),
    'Partition "mars" is not valid for resource "arn:mars:*:*:*:*".',
  ],
  [
    "an unknown partition and a service",
    resource("a:mars:s3"),
    'Partition "mars" is not valid for resource "arn:mars:s3:*:*:*".',
  ],
  [
    "an ARN without its first part",
    resource("aws:s3:::books"),
    'Partition "s3" is not valid for resource "arn:s3:::books:*".',
  ],
  [
    "two unknown partitions",
    resource(["arn:mars:s3:::b", "arn:mars:s3:::a"]),
    'Partition "mars" is not valid for resource "arn:mars:s3:::a".',
  ],
  ["no service", resource("arn:aws"), vendor],
  ["a wildcard service", resource("arn:aws:*:us-west-2:1:x"), vendor],
  ["a wildcard in the service", resource("arn:aws:dynamo*:us-west-2:1:table/Books"), vendor],
  [
    "an IAM ARN with a Region",
    resource("arn:aws:iam:us-east-1::role/x"),
    "IAM resource arn:aws:iam:us-east-1::role/x cannot contain region information.",
  ],
  [
    "an S3 ARN with a Region",
    resource("arn:aws:s3:us-east-1::books"),
    "Resource arn:aws:s3:us-east-1::books can not contain region information.",
  ],
  ["an IAM ARN with an unknown path", resource("arn:aws:iam:::books"), iamPath],
  ["an IAM ARN with a path in wrong letter case", resource(`arn:aws:iam::${account}:Role/x`), iamPath],

  ["an action without prefix", action("GetItem"), noPrefix],
  ["an empty action", text(but({ Action: undefined, NotAction: "" })), noPrefix],
  ["an action without prefix, and no resource", text({ Effect: "Allow", Action: "GetItem" }), noPrefix],
  ["an action without prefix in a list", action(["dynamodb:GetItem", "Get*"]), noPrefix],
  ["two colons in an action", action("dynamodb:Get:Item"), colons],
  ["two colons in the second statement", text([good, but({ Action: "dynamodb:Get:Item" })]), colons],
  ["a vendor with a space", action("a a:GetItem"), "Vendor a a is not valid"],
  ["a vendor with a wildcard", action("dynamo*:GetItem"), "Vendor dynamo* is not valid"],
  ["an empty vendor", action(":GetItem"), "Vendor  is not valid"],

  ["no resource", text(but({ Resource: undefined })), noResources],
  ["an empty list of resources", resource([]), noResources],
  ["an empty list of NotResources", text(but({ Resource: undefined, NotResource: [] })), noResources],
];

describe("an identity policy is refused for", () => {
  test.each(refused)("%s", (_what, document, message) => {
    expect(() => parsePolicy(document, "identity")).toThrow(PolicyGrammarError);
    expect(() => parsePolicy(document, "identity")).toThrow(expect.objectContaining({ message }));
  });
});

const accepted: readonly (readonly [string, string])[] = [
  ["one statement outside a list", text(good)],
  ["a list of statements", text([good, but({ Effect: "Deny" })])],
  ["white space around it", `\r\n\t ${text(good)} \n`],
  ["Latin-1", text(good, { Id: "Bücher" })],
  ["lists", text(but({ Action: ["dynamodb:GetItem"], Resource: [books, "*"] }))],
  ["an unknown service", action("teapot:Brew")],
  ["an action with blanks in its name", action("iam: get user ")],
  ["a vendor with a dash and a dot", action(["s3-s:Get", "s3.s:Get"])],
  ["NotAction and NotResource", text({ Effect: "Deny", NotAction: "iam:*", NotResource: "*" })],
  ["an IAM user without account", resource("arn:aws:iam:::user/Alice")],
  ["an IAM resource star", resource(`arn:aws:iam::${account}:*`)],
  ["a linked role", resource("arn:aws:iam::*:role/aws-service-role/dax.amazonaws.com/AWSServiceRoleForDAX*")],
  ["another partition", resource("arn:aws-us-gov:dynamodb:us-gov-west-1:*:table/Books")],
  ["a wildcard partition", resource("arn:*:dynamodb:*:*:table/Books")],
  ["a short ARN", resource("arn:aws:dynamodb")],
  ["an unknown service in an ARN", resource("arn:aws:teapot:::pot")],
  ["statements with empty Sids", text([but({ Sid: "" }), but({ Sid: "" })])],
  ["a Sid and none", text([but({ Sid: "a" }), good])],
  ["Sids that differ in letter case", text([but({ Sid: "a" }), but({ Sid: "A" })])],
  ["an empty condition", condition({})],
  ["an operator over no keys", condition({ DateGreaterThan: {} })],
  ["an unknown operator over no keys", condition({ x: {}, y: {} })],
  ["a key with an empty list", condition({ DateGreaterThan: { a: [] } })],
  ["numbers and booleans", condition({ NumericEquals: { a: 5 }, Bool: { b: true }, DateLessThan: { c: 1767225600 } })],
  ["IfExists with a set qualifier", condition({ "ForAnyValue:StringEqualsIfExists": { a: "x" } })],
  ["operators in any letter case", condition({ "foranyvalue:stringequals": { a: "x" }, IPADDRESS: { b: "x" } })],
  ["an unknown condition key", condition({ StringEquals: { "teapot:lid": "x" } })],
  ["a date with an offset of hours", condition({ DateLessThanEquals: { a: "2016-12-13t2:00:00.593194+23" } })],
  ["a negative year", condition({ DateLessThan: { a: "-292275054" } })],
  ["a year with a bare T", condition({ DateGreaterThan: { a: "01T" } })],
  ["a negative offset", condition({ DateGreaterThan: { a: "2026-01-01T00:00:00-08:00" } })],
  ["variables", resource("arn:aws:iam::*:user/${aws:username}")],
];

describe("an identity policy is accepted with", () => {
  test.each(accepted)("%s", (_what, document) => {
    expect(parsePolicy(document, "identity").version).toBe("2012-10-17");
  });
});

const trustStatement: Json = {
  Effect: "Allow",
  Principal: { Service: "dax.amazonaws.com" },
  Action: "sts:AssumeRole",
};
const trust = (change: Json) =>
  text(Object.fromEntries(Object.entries({ ...trustStatement, ...change }).filter(([, value]) => value !== undefined)));
const stsOnly = "AssumeRole policy may only specify STS AssumeRole actions.";
const invalid = (type: string, value: string) => `Invalid principal in policy: "${type}":"${value}"`;

const trustRefused: readonly (readonly [string, string, string])[] = [
  ["not JSON", "{", "This policy contains invalid Json"],
  ["empty", "", "This policy contains invalid Json"],
  ["JSON with a key twice", '{"Version":"2012-10-17","Version":"2012-10-17"}', syntax],
  ["an unknown element", text(trustStatement, { Extra: 1 }), syntax],
  ["a principal that is a name", trust({ Principal: "Alice" }), syntax],
  ["a principal that is a list", trust({ Principal: ["*"] }), syntax],
  ["an empty principal", trust({ Principal: {} }), syntax],
  ["an unknown type of principal", trust({ Principal: { User: "Alice" } }), syntax],
  ["a principal that is a number", trust({ Principal: { AWS: 123456789012 } }), syntax],
  ["Principal and NotPrincipal", trust({ NotPrincipal: "*" }), syntax],
  ["a wrong effect", trust({ Effect: "allow" }), legacy],
  ["a resource", trust({ Resource: "*" }), "Has prohibited field Resource"],
  ["a NotResource", trust({ NotResource: "*" }), "Has prohibited field NotResource"],
  [
    "a NotPrincipal",
    trust({ Principal: undefined, NotPrincipal: { AWS: account } }),
    "Has prohibited field NotPrincipal",
  ],
  ["no principal", trust({ Principal: undefined }), "Missing required field Principal"],
  ["an empty list of principals", trust({ Principal: { AWS: [] } }), "Missing required field Principal"],
  ["no action", trust({ Action: undefined }), noActions],
  ["an action without prefix", trust({ Action: "AssumeRole" }), noPrefix],
  ["another service's action", trust({ Action: "dynamodb:GetItem" }), stsOnly],
  ["another service's action among good ones", trust({ Action: ["sts:AssumeRole", "iam:PassRole"] }), stsOnly],
  ["every action", trust({ Action: "*" }), stsOnly],
  ["an unknown service", trust({ Principal: { Service: "dax" } }), invalid("SERVICE", "dax")],
  ["a service elsewhere", trust({ Principal: { Service: "dax.example.com" } }), invalid("SERVICE", "dax.example.com")],
  ["a service pattern", trust({ Principal: { Service: "*.amazonaws.com" } }), invalid("SERVICE", "*.amazonaws.com")],
  ["a user's bare name", trust({ Principal: { AWS: "Alice" } }), invalid("AWS", "Alice")],
  [
    "a pattern of users",
    trust({ Principal: { AWS: `arn:aws:iam::${account}:user/*` } }),
    invalid("AWS", `arn:aws:iam::${account}:user/*`),
  ],
  [
    "a group",
    trust({ Principal: { AWS: `arn:aws:iam::${account}:group/g` } }),
    invalid("AWS", `arn:aws:iam::${account}:group/g`),
  ],
  ["a short account", trust({ Principal: { AWS: "12345" } }), invalid("AWS", "12345")],
  ["a canonical user", trust({ Principal: { CanonicalUser: "abc" } }), invalid("CanonicalUser", "abc")],
];

describe("a trust policy is refused for", () => {
  test.each(trustRefused)("%s", (_what, document, message) => {
    expect(() => parsePolicy(document, "trust")).toThrow(expect.objectContaining({ message }));
  });
});

const trustAccepted: readonly (readonly [string, string])[] = [
  ["a service", trust({})],
  ["a Chinese service", trust({ Principal: { Service: "dax.amazonaws.com.cn" } })],
  ["several services", trust({ Principal: { Service: ["dax.amazonaws.com", "ec2.amazonaws.com"] } })],
  ["the older version", JSON.stringify({ Version: "2008-10-17", Statement: trustStatement })],
  ["no version", JSON.stringify({ Statement: trustStatement })],
  ["everybody", trust({ Principal: "*" })],
  ["everybody of AWS", trust({ Principal: { AWS: "*" } })],
  ["an account id", trust({ Principal: { AWS: account } })],
  ["an account's root", trust({ Principal: { AWS: `arn:aws:iam::${account}:root` } })],
  ["a user with a path", trust({ Principal: { AWS: `arn:aws:iam::${account}:user/a/b/Alice` } })],
  ["a role session", trust({ Principal: { AWS: `arn:aws:sts::${account}:assumed-role/R/s` } })],
  ["a unique id", trust({ Principal: { AWS: "AIDAALICEALICEALICE22" } })],
  [
    "an identity provider",
    trust({ Principal: { Federated: "accounts.google.com" }, Action: "sts:AssumeRoleWithWebIdentity" }),
  ],
  ["every STS action", trust({ Action: "sts:*" })],
  ["tags and source identity", trust({ Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"] })],
  ["an external id", trust({ Principal: { AWS: account }, Condition: { StringEquals: { "sts:ExternalId": "x" } } })],
];

describe("a trust policy is accepted with", () => {
  test.each(trustAccepted)("%s", (_what, document) => {
    expect(parsePolicy(document, "trust").statements).toHaveLength(1);
  });
});

const byKind: readonly (readonly [PolicyKind, string, string | undefined])[] = [
  ["boundary", JSON.stringify({ Statement: good }), version],
  ["service-control", JSON.stringify({ Statement: good }), version],
  ["session", JSON.stringify({ Statement: good }), undefined],
  ["session", text(but({ Principal: "*" })), "Policy document should not specify a principal."],
  ["session", text(but({ Resource: undefined })), noResources],
  ["resource", text(but({ Principal: "*" })), undefined],
  ["resource", text(but({ NotPrincipal: { AWS: account } })), undefined],
  ["resource", text(but({ Principal: { CanonicalUser: "abc" } })), undefined],
  ["resource", text(good), "Missing required field Principal"],
  ["resource", text(but({ Principal: { Service: "x" } })), invalid("SERVICE", "x")],
];

test.each(byKind)("as %s policy %s: %s", (kind, document, message) => {
  if (message === undefined) expect(parsePolicy(document, kind).statements).toHaveLength(1);
  else expect(() => parsePolicy(document, kind)).toThrow(expect.objectContaining({ message }));
});

test("single values become lists, numbers keep their text, empty Sids vanish", () => {
  const document = `{"Version":"2012-10-17","Id":"i","Statement":{"Sid":"","Effect":"Deny","NotAction":"a:b","Resource":"*",
    "Condition":{"NumericEquals":{"k:n":[1.50,-2e3]},"Bool":{"k:b":true}}}}`;
  expect(parsePolicy(document, "identity")).toEqual({
    version: "2012-10-17",
    id: "i",
    statements: [
      {
        effect: "Deny",
        actions: { negated: true, entries: ["a:b"] },
        resources: { negated: false, entries: ["*"] },
        conditions: [
          { operator: "NumericEquals", key: "k:n", values: ["1.50", "-2e3"] },
          { operator: "Bool", key: "k:b", values: ["true"] },
        ],
      },
    ],
  });
});

test("a refused policy is the client's fault, in the models' name for it", () => {
  try {
    parsePolicy("", "identity");
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: "MalformedPolicyDocumentException", status: 400, fault: "client" });
  }
});

test("white space does not count against quotas", () => {
  expect(policySize('{ "a" :\n\t"b c" }')).toBe('{"a":"bc"}'.length);
  expect(policySize(policyText(good))).toBe(policyText(good).length);
});
