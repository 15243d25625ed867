import { resolve } from "node:path";
import { HotkeepError } from "@hotkeep/core";
import { dataDirectoryAt } from "../gateway/data-directory.js";
import { findDenial } from "../gateway/denial-log.js";
import { styled } from "./terminal.js";

/** Prints one denial with everything that decided it. */
export function explain(id: string, flags: { readonly data?: string }): void {
  const places = dataDirectoryAt(resolve(flags.data ?? process.env.HOTKEEP_DATA ?? ".hotkeep"));
  const denial = findDenial(places.denials, id);
  if (denial === undefined) {
    throw new HotkeepError("UnknownDenial", `no denial \`${id}\` is on record in \`${places.root}\``, {
      help: "the id is the request id of the error; name the gateway's data directory with --data",
    });
  }
  const hop =
    denial.hop === "caller"
      ? "the caller was refused"
      : "the caller was let in; the cluster's service role was refused at the table";
  const lines = [
    `${styled("red", "denied")} ${new Date(denial.at).toISOString()}  ${hop}`,
    `  principal  ${denial.principal}`,
    `  action     ${denial.action}`,
    `  resource   ${denial.resource}`,
    `  message    ${denial.message}`,
    "  why",
    ...denial.reasons.map((reason) => `    ${reason}`),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}
