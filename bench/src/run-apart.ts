import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/**
 * Runs a program as a session of its own, as nodes and servers are; the answer is what it prints. Linux shares
 * processor time between sessions before it shares it within one (autogroups): two load generators of one session get
 * half the weight each beside servers that have a session each, and are interrupted after every request they send.
 *
 * @throws Error when it fails
 */
export async function runApart(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const [out, errors, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null, string | null]>,
  ]);
  if (code !== 0) throw new Error(`${command} ended with ${code ?? signal}: ${errors.trim()}`);
  return out;
}
