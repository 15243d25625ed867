import { invalidValue } from "../errors.js";
import { daxQuotas } from "../limits.js";

/** Documented as reserved anywhere in a cluster's name. */
const reservedWords = ["sudo", "grep"];

/**
 * A cluster's name in the form in which it is stored: lower case.
 *
 * @throws AwsError `InvalidParameterValueException` (wording: observed)
 */
export function checkClusterName(name: string): string {
  const lower = name.toLowerCase();
  if (!/^[a-z](-?[a-z0-9])*$/.test(lower) || lower.length > daxQuotas.clusterNameLengthMax) {
    throw invalidValue(
      "Cluster ID specified is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII " +
        "letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.",
    );
  }
  for (const word of reservedWords) {
    if (lower.includes(word)) throw invalidValue(`Cluster names must not contain the reserved word ${word}.`);
  }
  return lower;
}

/** A parameter or subnet group's name as stored. @throws AwsError `InvalidParameterValueException` */
export function checkGroupName(kind: "Parameter" | "Subnet", name: string): string {
  const lower = name.toLowerCase();
  if (!/^[a-z](-?[a-z0-9._])*$/.test(lower) || lower.length > daxQuotas.groupNameLengthMax) {
    throw invalidValue(
      `${kind} group name ${name} is not valid. Names begin with a letter, have up to 255 letters, digits, hyphens, ` +
        "dots and underscores, and do not end with a hyphen or contain two consecutive hyphens.",
    );
  }
  return lower;
}

/** @throws AwsError `InvalidParameterValueException` */
export function checkDescription(description: string | undefined): string | null {
  if (description === undefined || description === "") return null;
  if (description.length > daxQuotas.descriptionLengthMax) {
    throw invalidValue(`Descriptions have at most ${daxQuotas.descriptionLengthMax} characters.`);
  }
  return description;
}
