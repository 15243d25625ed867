import { auditMembersMax, auditTextMax } from "../limits.js";
import type { ServiceTables } from "../model/tables.js";

/** One-time codes and session tokens: the model does not call them secret, but nobody should find them in a file. */
const secretNames: ReadonlySet<string> = new Set([
  "TokenCode",
  "AuthenticationCode1",
  "AuthenticationCode2",
  "SessionToken",
]);

/** `UserName` as `userName`, `SAMLProviderArn` as `sAMLProviderArn`: how CloudTrail spells members (documented examples). */
function memberName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** What may still be written of one value. */
interface Budget {
  members: number;
}

function retell(tables: ServiceTables, index: number, value: unknown, budget: Budget): unknown {
  if (value === undefined || value === null || budget.members-- <= 0) return undefined;
  const shape = tables.shapes[index]!;
  switch (shape.kind) {
    case "struct": {
      const told: Record<string, unknown> = {};
      for (const member of shape.members) {
        const inner = tables.shapes[member.shape]!;
        if (("secret" in inner && inner.secret === true) || secretNames.has(member.name)) continue;
        const part = retell(tables, member.shape, (value as Record<string, unknown>)[member.name], budget);
        if (part !== undefined) told[memberName(member.name)] = part;
      }
      return told;
    }
    case "list": {
      const told: unknown[] = [];
      for (const each of value as Iterable<unknown>) {
        if (budget.members <= 0) break;
        const part = retell(tables, shape.element, each, budget);
        if (part !== undefined) told.push(part);
      }
      return told;
    }
    case "map": {
      const secret = secretOf(tables, shape.value);
      const entries = value instanceof Map ? value.entries() : Object.entries(value as object);
      const told: [string, unknown][] = [];
      for (const [key, each] of entries) {
        if (budget.members <= 0) break;
        if (!secret) told.push([String(key), retell(tables, shape.value, each, budget)]);
      }
      return Object.fromEntries(told);
    }
    case "string": {
      if (shape.secret === true) return undefined;
      const text = String(value);
      return text.length > auditTextMax ? `${text.slice(0, auditTextMax)}…` : text;
    }
    case "time":
      return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : undefined;
    case "blob":
    case "opaque":
      // Bytes and items: what they hold is nobody's business here.
      return undefined;
    default:
      return value;
  }
}

function secretOf(tables: ServiceTables, index: number): boolean {
  const shape = tables.shapes[index]!;
  return "secret" in shape && shape.secret === true;
}

/**
 * An operation's input or output as an audit trail may keep it: plain JSON values, without secrets, bytes and items, long
 * texts and large structures cut. Undefined when there is nothing to tell.
 *
 * @param shape index of the input's or output's shape; undefined when the operation has none
 */
export function retold(
  tables: ServiceTables,
  shape: number | undefined,
  value: unknown,
): Readonly<Record<string, unknown>> | undefined {
  if (shape === undefined || typeof value !== "object" || value === null) return undefined;
  const told = retell(tables, shape, value, { members: auditMembersMax }) as Record<string, unknown>;
  return Object.keys(told).length === 0 ? undefined : told;
}
