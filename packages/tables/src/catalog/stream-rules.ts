import { invalid, invalidParameters } from "../errors.js";

/** @throws AwsError `ValidationException` for a request to switch a stream on, which these tables do not have. */
export function refuseStream(
  specification: { readonly StreamEnabled: boolean; readonly StreamViewType?: string } | undefined,
): void {
  if (specification?.StreamEnabled === true) {
    throw invalidParameters("StreamSpecification: streams are not available on these tables");
  }
  if (specification?.StreamViewType !== undefined) {
    throw invalid("Invalid StreamViewType: Stream StreamEnabled was false but a StreamViewType was present.");
  }
}
