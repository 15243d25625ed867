import type { Answer } from "./endpoint.js";
import { isList, isObject, type Json } from "./json.js";
import { comparable, withPlainNumbers } from "./normalise.js";

const differencesMax = 8;
const shownMax = 700;

/** One way in which two answers to the same request are not the same. */
export interface Difference {
  readonly operation: string;
  /** `outcome`: one is an error, or another one; `message`: of the same error; `body`: anything else. */
  readonly kind: "outcome" | "message" | "body";
  /** Where in the body; empty for the other kinds. */
  readonly at: string;
  /** `Error: message`, or `ok`; for bodies the JSON at the place, or `(absent)`. */
  readonly reference: string;
  readonly ours: string;
}

/** The two answers' differences; none when the second says what the first says. */
export function differences(operation: string, reference: Answer, ours: Answer): readonly Difference[] {
  const outcome = { operation, at: "", reference: outcomeOf(reference), ours: outcomeOf(ours) };
  if (reference.error !== ours.error || reference.status !== ours.status) return [{ ...outcome, kind: "outcome" }];
  if (bareMessage(reference) !== bareMessage(ours)) return [{ ...outcome, kind: "message" }];
  return bodyDifferences(operation, reference.body, ours.body);
}

/** The differences of two bodies. */
export function bodyDifferences(operation: string, reference: Json, ours: Json): readonly Difference[] {
  const found: Difference[] = [];
  const note = (at: string, a: Json | undefined, b: Json | undefined) =>
    found.push({ operation, kind: "body", at, reference: shown(a), ours: shown(b) });
  walk("", comparable(operation, withPlainNumbers(reference)), comparable(operation, ours), note);
  return found.slice(0, differencesMax);
}

/** A difference as a failing test shows it. */
export function describeDifference({ operation, kind, at, reference, ours }: Difference): string {
  return `${operation}: ${kind}${at === "" ? "" : ` at ${at}`}\n  DynamoDB Local: ${reference}\n  ours:           ${ours}`;
}

function outcomeOf(answer: Answer): string {
  if (answer.error === undefined) return "ok";
  const http = answer.status === 400 ? "" : `HTTP ${answer.status} `;
  return cut(`${http}${answer.error}: ${answer.message}`);
}

/** The service has come to put this before more and more messages; both forms pass. */
const bareMessage = ({ message }: Answer): string => message.replace(/^1 validation error detected: /, "");

type Note = (at: string, reference: Json | undefined, ours: Json | undefined) => void;

function walk(at: string, a: Json, b: Json, note: Note): void {
  if (isObject(a) && isObject(b)) {
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const [left, right] = [own(a, name), own(b, name)];
      if (left === undefined || right === undefined) note(`${at}.${name}`, left, right);
      else walk(`${at}.${name}`, left, right, note);
    }
  } else if (isList(a) && isList(b)) {
    if (a.length !== b.length) note(at, a, b);
    else for (const [index, left] of a.entries()) walk(`${at}[${index}]`, left, b[index]!, note);
  } else if (a !== b) {
    note(at, a, b);
  }
}

const own = (value: { readonly [name: string]: Json }, name: string): Json | undefined =>
  Object.hasOwn(value, name) ? value[name] : undefined;

const shown = (value: Json | undefined): string => (value === undefined ? "(absent)" : cut(JSON.stringify(value)));

const cut = (text: string): string => (text.length <= shownMax ? text : `${text.slice(0, shownMax)}…`);
