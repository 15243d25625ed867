import { resolve } from "node:path";
import { HotkeepError } from "@hotkeep/core";
import { dataDirectoryAt } from "../gateway/data-directory.js";
import { type Denial, findDenials } from "../gateway/denial-log.js";
import { styled } from "./terminal.js";

function describe(denial: Denial): string {
  const hop =
    denial.hop === "caller"
      ? "refused where it was asked"
      : "the cluster let its caller in, and was refused at the table as its service role";
  return [
    `${styled("red", "denied")} ${new Date(denial.at).toISOString()}  ${hop}`,
    `  principal  ${denial.principal}`,
    ...(denial.askedBy === undefined ? [] : [`  asked by   ${denial.askedBy}`]),
    `  action     ${denial.action}`,
    `  resource   ${denial.resource}`,
    `  message    ${denial.message}`,
    "  why",
    ...denial.reasons.map((reason) => `    ${reason}`),
    "",
  ].join("\n");
}

/** Prints one denial with everything that decided it; where it passed two hops, what each has on record. */
export function explain(id: string | undefined, flags: { readonly data?: string }): void {
  const places = dataDirectoryAt(resolve(flags.data ?? process.env.HOTKEEP_DATA ?? ".hotkeep"));
  const denials = findDenials(places.denials, id);
  if (denials.length === 0) {
    const which = id === undefined ? "no denial" : `no denial \`${id}\``;
    throw new HotkeepError("UnknownDenial", `${which} is on record in \`${places.root}\``, {
      help:
        id === undefined
          ? "nothing was denied there yet, or the gateway has another data directory: name it with --data"
          : "the id is the request id of the error; name the gateway's data directory with --data",
    });
  }
  process.stdout.write(denials.map(describe).join("\n"));
}
