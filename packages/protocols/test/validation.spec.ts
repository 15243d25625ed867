import type { ServiceName } from "@hotkeep/protocols";
import { describe, expect, it } from "vitest";
import { loadTables } from "../src/model/load.js";
import { assembleServices } from "../src/routing/service.js";
import { javaPattern } from "../src/validation/java-pattern.js";

const services = assembleServices([]);

/** What the service says about an input; undefined when nothing is wrong. */
function complaint(service: ServiceName, operation: string, input: unknown): string | undefined {
  const { wire } = services(service);
  const failures = wire.validate(operation, input);
  if (failures.length === 0) return undefined;
  const { code, message } = wire.validationError(failures);
  return `${code}: ${message}`;
}

const one = "Validation: 1 validation error detected: ";
const batch = (count: number) => ({
  RequestItems: { Books: Array.from({ length: count }, () => ({ DeleteRequest: { Key: {} } })) },
});

const rows: [says: string, service: ServiceName, operation: string, input: unknown, complaint: string | undefined][] = [
  ["nothing is wrong", "iam", "GetRole", { RoleName: "R" }, undefined],
  [
    "a required member is missing",
    "iam",
    "GetRole",
    {},
    `${one}Value null at 'roleName' failed to satisfy constraint: Member must not be null`,
  ],
  [
    "text is too long",
    "iam",
    "GetRole",
    { RoleName: "r".repeat(65) },
    `${one}Value '${"r".repeat(65)}' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64`,
  ],
  [
    "text does not match its pattern, and is too short: pattern first",
    "iam",
    "GetRole",
    { RoleName: "" },
    "Validation: 2 validation errors detected: Value '' at 'roleName' failed to satisfy constraint: Member must satisfy " +
      "regular expression pattern: [\\w+=,.@-]+; Value '' at 'roleName' failed to satisfy constraint: Member must have " +
      "length greater than or equal to 1",
  ],
  [
    "a pattern must match the whole text",
    "iam",
    "GetRole",
    { RoleName: "good\n" },
    `${one}Value 'good\n' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+`,
  ],
  [
    "a number is too large",
    "iam",
    "ListRoles",
    { MaxItems: 1001 },
    `${one}Value '1001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000`,
  ],
  [
    "a name is none of an enumeration",
    "iam",
    "UpdateAccessKey",
    { AccessKeyId: "A".repeat(20), Status: "Off" },
    `${one}Value 'Off' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive, Expired]`,
  ],
  [
    "a member of a structure in a list is named by its place",
    "iam",
    "TagRole",
    { RoleName: "R", Tags: [{ Key: "a", Value: "" }, { Key: "", Value: "x" }, { Value: "" }] },
    "Validation: 3 validation errors detected: Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must " +
      "satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+; Value '' at 'tags.2.member.key' failed to " +
      "satisfy constraint: Member must have length greater than or equal to 1; Value null at 'tags.3.member.key' failed " +
      "to satisfy constraint: Member must not be null",
  ],
  [
    "an element of a list is reported on the list, with all its constraints",
    "iam",
    "UntagRole",
    { RoleName: "R", TagKeys: ["good", ""] },
    `${one}Value '[good, ]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have ` +
      "length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular " +
      "expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+, Member must not be null]",
  ],
  [
    "letters of all languages match \\p{L}",
    "iam",
    "UntagRole",
    { RoleName: "R", TagKeys: ["Größe", "日本"] },
    undefined,
  ],
  [
    "a list is too long",
    "iam",
    "UntagRole",
    { RoleName: "R", TagKeys: Array.from({ length: 51 }, () => "k") },
    `${one}Value '[${Array.from({ length: 51 }, () => "k").join(", ")}]' at 'tagKeys' failed to satisfy constraint: Member must have length less than or equal to 50`,
  ],
  [
    "a secret is not repeated",
    "iam",
    "ChangePassword",
    { OldPassword: "hunter2", NewPassword: "" },
    "Validation: 2 validation errors detected: Value at 'newPassword' failed to satisfy constraint: Member must satisfy " +
      "regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+; Value at 'newPassword' failed to satisfy " +
      "constraint: Member must have length greater than or equal to 1",
  ],
  [
    "DAX knows little more than what is required",
    "dax",
    "CreateCluster",
    { ClusterName: "c" },
    "Validation: 3 validation errors detected: Value null at 'nodeType' failed to satisfy constraint: Member must not be " +
      "null; Value null at 'replicationFactor' failed to satisfy constraint: Member must not be null; Value null at " +
      "'iamRoleArn' failed to satisfy constraint: Member must not be null",
  ],
  [
    "a batch of 26 is the map's matter",
    "dynamodb",
    "BatchWriteItem",
    batch(26),
    `${one}Value '{Books=[${Array.from({ length: 26 }, () => "WriteRequest(putRequest=null, deleteRequest=DeleteRequest(key={}))").join(", ")}]}' at ` +
      "'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than " +
      "or equal to 25, Member must have length greater than or equal to 1]",
  ],
  ["a batch of 25 is good", "dynamodb", "BatchWriteItem", batch(25), undefined],
  [
    "what is inside a map is named by its key",
    "dynamodb",
    "BatchWriteItem",
    { RequestItems: { Books: [{ PutRequest: { Item: {} } }, { PutRequest: {} }] } },
    `${one}Value null at 'requestItems.Books.member.2.member.putRequest.item' failed to satisfy constraint: Member must not be null`,
  ],
  [
    "a key schema is printed like Java prints it",
    "dynamodb",
    "CreateTable",
    {
      TableName: "Books",
      KeySchema: ["a", "b", "c"].map((AttributeName) => ({ AttributeName, KeyType: "HASH" })),
    },
    `${one}Value '[KeySchemaElement(attributeName=a, keyType=HASH), KeySchemaElement(attributeName=b, keyType=HASH), ` +
      "KeySchemaElement(attributeName=c, keyType=HASH)]' at 'keySchema' failed to satisfy constraint: Member must have " +
      "length less than or equal to 2",
  ],
  [
    "a new table's name is too short",
    "dynamodb",
    "CreateTable",
    { TableName: "ab" },
    `${one}Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3`,
  ],
  [
    "an item operation's table has no name",
    "dynamodb",
    "GetItem",
    { TableName: "", Key: {} },
    `${one}Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 1`,
  ],
  [
    "an item operation's table has a bad name",
    "dynamodb",
    "PutItem",
    { TableName: "bad table!@#", Item: {} },
    `${one}Value 'bad table!@#' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+`,
  ],
  [
    "an item operation's table has a name too long",
    "dynamodb",
    "PutItem",
    { TableName: "a".repeat(256), Item: {} },
    `${one}Value '${"a".repeat(256)}' at 'tableName' failed to satisfy constraint: Member must have length less than or equal to 255`,
  ],
  [
    "an ARN may stand for a table's name",
    "dynamodb",
    "PutItem",
    { TableName: `arn:aws:dynamodb:us-west-2:123456789012:table/${"a".repeat(255)}`, Item: {} },
    undefined,
  ],
  [
    "values of attributes are nobody's matter here",
    "dynamodb",
    "PutItem",
    { TableName: "Books", Item: { a: 1 } },
    undefined,
  ],
  [
    "EC2 speaks of one parameter at a time, missing ones first",
    "ec2",
    "CreateSecurityGroup",
    { GroupName: "g" },
    "MissingParameter: The request must contain the parameter GroupDescription",
  ],
  [
    "EC2 has a code and words of its own",
    "ec2",
    "DescribeSecurityGroups",
    { MaxResults: 4 },
    "InvalidParameterValue: Value (4) for parameter MaxResults is invalid. Member must have value greater than or equal to 5",
  ],
];

describe("a validator says so when", () => {
  it.each(rows)("%s", (_says, service, operation, input, expected) => {
    expect(complaint(service, operation, input)).toBe(expected);
  });

  it("counts code points, not UTF-16 units", () => {
    expect(complaint("iam", "TagRole", { RoleName: "R", Tags: [{ Key: "k", Value: "😀".repeat(200) }] })).not.toContain(
      "length",
    );
    expect(complaint("sts", "AssumeRole", { RoleArn: "😀".repeat(19), RoleSessionName: "ok" })).toContain(
      "length greater than or equal to 20",
    );
  });

  it("cuts values that are too long to repeat", () => {
    const message = complaint("iam", "GetRole", { RoleName: "x".repeat(100_000) });
    expect(message?.length).toBeLessThan(4400);
    expect(message).toContain("x…' at 'roleName'");
  });
});

describe("the models' patterns", () => {
  it("all compile, and match in full", () => {
    const patterns = new Set<string>();
    for (const service of ["iam", "sts", "ec2", "dax", "dynamodb", "dynamodbstreams"] as const) {
      for (const shape of loadTables(service).shapes) {
        if (shape.kind === "string" && shape.pattern !== undefined) patterns.add(shape.pattern);
      }
    }
    expect(patterns.size).toBeGreaterThan(40);
    for (const pattern of patterns) expect(javaPattern(pattern).source).toMatch(/^\^\(\?:.*\)\$$/s);
  });

  it("mean by \\p{Print} what Java means", () => {
    expect(javaPattern("\\p{Print}+").test("a ~")).toBe(true);
    expect(javaPattern("\\p{Print}+").test("ü")).toBe(false);
    expect(javaPattern("\\p{Print}+").test("{")).toBe(true);
  });
});
