import { HotkeepError } from "@hotkeep/core";
import type { SeenRequest } from "@hotkeep/protocols";
import { callOwnService, type OwnServiceFlags } from "./own-service.js";
import { styled } from "./terminal.js";
import { clusterOf } from "./xray.js";

/** What the command line gives. */
export interface FollowFlags extends OwnServiceFlags {
  readonly cluster?: string;
  readonly sample?: string;
  readonly table?: string;
  readonly key?: string;
  readonly output: string;
}

const pauseMs = 500;

/** Prints what becomes of each request on a cluster, until it is interrupted. */
export async function follow(flags: FollowFlags): Promise<void> {
  const SamplePercent = Number(flags.sample ?? "100");
  if (!(SamplePercent > 0 && SamplePercent <= 100)) {
    throw new HotkeepError("BadArgument", `\`${flags.sample}\` is not a percentage above 0 and up to 100`, {
      help: "give with --sample the share of the requests to print, such as 10",
    });
  }
  if (flags.table !== undefined || flags.key !== undefined) {
    throw new HotkeepError("BadArgument", "--follow tells of all requests: --table and --key do not narrow it", {
      help: "leave them out and look for the table in what is printed, or leave out --follow",
    });
  }
  let on = true;
  let wake = (): void => {};
  process.once("SIGINT", () => {
    on = false;
    wake();
  });
  const input = { ClusterName: clusterOf(flags), SamplePercent };
  let After: string | undefined;
  while (on) {
    const answer = await callOwnService(flags, "TailRequests", { ...input, ...(After === undefined ? {} : { After }) });
    After = answer.After;
    for (const request of answer.Requests ?? []) {
      process.stdout.write(flags.output === "json" ? `${JSON.stringify(request)}\n` : `${line(request)}\n`);
    }
    if ((answer.Missed ?? 0) > 0) {
      process.stderr.write(`… ${answer.Missed} requests came too fast to be told; --sample shows a share of them\n`);
    }
    await new Promise<void>((resolve) => {
      // Not the clock of the rooms, whose timers keep no process alive.
      const timer = setTimeout(resolve, pauseMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function line(request: SeenRequest): string {
  const { Time, NodeId, Operation, Outcome, TableName, Key, AgeMillis, Items, TookMicros, DeniedBy, ErrorCode } =
    request;
  // Times travel as seconds.
  const time = new Date(Number(Time) * 1000).toISOString().slice(11, 23);
  const good = Outcome === "hit" || Outcome === "negative";
  const bad = Outcome === "denied" || Outcome === "error";
  const outcome = (Outcome ?? "").padEnd(9);
  const details = [
    TableName === undefined ? "" : `${TableName}${Key === undefined ? "" : ` ${JSON.stringify(Key)}`}`,
    AgeMillis === undefined ? "" : `${(AgeMillis / 1000).toFixed(1)} s old`,
    Items === undefined
      ? ""
      : Object.entries(Items)
          .filter(([, count]) => count > 0)
          .map(([kind, count]) => `${count} ${kind.toLowerCase()}`)
          .join(", "),
    DeniedBy === "caller"
      ? "the cluster refused its caller"
      : DeniedBy === "service-role"
        ? "the table refused the cluster"
        : "",
    ErrorCode === undefined ? "" : `${ErrorCode} ${request.RequestId ?? ""}`,
    styled("dim", request.PrincipalArn ?? ""),
  ].filter((part) => part !== "");
  const shown = good ? styled("green", outcome) : bad ? styled("red", outcome) : outcome;
  const took = `${((TookMicros ?? 0) / 1000).toFixed(2)} ms`.padStart(10);
  return `${time}  ${NodeId}  ${shown} ${(Operation ?? "").padEnd(18)} ${took}  ${details.join("  ")}`;
}
