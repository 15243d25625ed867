import { CommonAwsError } from "@hotkeep/core";

/** The parts of `keyid/date/region/service/aws4_request`. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** `date/region/service/aws4_request` */
  readonly text: string;
}

const regionPattern = /^[a-z]{2,3}(-[a-z]+)+-\d{1,2}$/;

/**
 * Reads and checks the credential of a signature.
 *
 * @param date the request's own date, `20261123T034500Z`
 * @param regions the Regions served; undefined: whatever is spelt like one
 * @throws CommonAwsError with AWS's words.
 */
export function checkScope(
  credential: string,
  date: string,
  service: string,
  regions: ReadonlySet<string> | undefined,
): CredentialScope {
  const parts = credential.split("/");
  if (parts.length !== 5) {
    throw new CommonAwsError(
      "IncompleteSignature",
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  }
  const [accessKeyId, day, region, scoped, term] = parts as [string, string, string, string, string];
  let complaint = "";
  if (regions === undefined ? !regionPattern.test(region) : !regions.has(region)) {
    complaint += `Credential should be scoped to a valid region, not '${region}'. `;
  }
  if (scoped !== service) complaint += `Credential should be scoped to correct service: '${service}'. `;
  if (term !== "aws4_request") {
    complaint += `Credential should be scoped with a valid terminator: 'aws4_request', not '${term}'. `;
  }
  if (day !== date.slice(0, 8)) {
    complaint +=
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: " +
      `'${day}' != '${date.slice(0, 8)}', from '${date}'. `;
  }
  if (complaint !== "") throw new CommonAwsError("BadSignature", complaint);
  return { accessKeyId, date: day, region, service, text: `${day}/${region}/${service}/aws4_request` };
}
