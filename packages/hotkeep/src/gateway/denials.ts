import type { DenialRecord } from "@hotkeep/control-feed";
import type { RememberedDecision } from "@hotkeep/identity";
import { type Decision, describeDecision } from "@hotkeep/policy";
import type { Denial } from "./denial-log.js";

const reasonsOf = (decision: Decision | undefined): readonly string[] =>
  decision === undefined ? ["a fixed rule of the service decided"] : describeDecision(decision).split("\n");

/** A denial that this gateway's own authorizer made. */
export function denialOfDecision(remembered: RememberedDecision): Denial {
  const { id, at, principal, action, resource, message, decision } = remembered;
  return { id, at, hop: "caller", principal, action, resource, message, reasons: reasonsOf(decision) };
}

/** A denial that a cache node reported. Where the table endpoint decided, that endpoint keeps the reasons. */
export function denialOfNode(record: DenialRecord): Denial {
  const { id, at, hop, principal, askedBy, action, resource, message } = record;
  const reasons =
    record.decision === undefined ? ["the table endpoint decided"] : reasonsOf(record.decision as Decision);
  const asked = askedBy === undefined ? {} : { askedBy };
  return { id, at, hop, principal, ...asked, action, resource, message, reasons };
}
