import { HotkeepError } from "@hotkeep/core";

/** A flag's whole number within bounds. @throws HotkeepError `BadConfiguration` */
export function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d{1,16}$/.test(text) && number >= least && number <= most) return number;
  throw new HotkeepError("BadConfiguration", `\`${text}\` cannot be ${flag}`, {
    help: `give a whole number from ${least} to ${most}`,
  });
}
