import { invalid } from "../errors.js";
import type { StreamView } from "../streams/stream-definition.js";
import type { ChangedTable } from "./catalog.js";
import type { TableDefinition } from "./definition.js";

/** `StreamSpecification` as requests have it. */
export interface GivenStream {
  readonly StreamEnabled: boolean;
  readonly StreamViewType?: string;
}

/** The view of the stream that a request wants; undefined when it wants none. @throws AwsError `ValidationException` (observed). */
export function readStream(given: GivenStream | undefined): StreamView | undefined {
  if (given === undefined) return undefined;
  const { StreamEnabled: enabled, StreamViewType: view } = given;
  if (enabled && view === undefined) {
    throw invalid("Invalid StreamViewType: Stream ViewType must not be null or empty when enabling streams.");
  }
  if (!enabled && view !== undefined) {
    throw invalid("Invalid StreamViewType: Stream StreamEnabled was false but a StreamViewType was present.");
  }
  // The model's validation lets no other views through.
  return view as StreamView | undefined;
}

/** The `stream` of a definition after an UpdateTable request. @throws AwsError `ValidationException` (documented, words observed). */
export function changeStream(
  before: TableDefinition["stream"],
  given: GivenStream | undefined,
): Pick<ChangedTable, "stream"> {
  if (given === undefined) return before === undefined ? {} : { stream: before };
  const view = readStream(given);
  if (view !== undefined) {
    if (before?.isEnabled === true) throw invalid("Table already has an enabled stream");
    return { stream: { view } };
  }
  if (before?.isEnabled !== true) throw invalid("Table has no stream to disable");
  return { stream: { ...before, isEnabled: false } };
}
