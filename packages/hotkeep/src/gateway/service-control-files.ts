import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HotkeepError } from "@hotkeep/core";
import type { ServiceControlPolicies, ServiceControlPolicy } from "@hotkeep/identity";

function bad(what: string, help: string, cause?: unknown): HotkeepError {
  return new HotkeepError("BadConfiguration", what, { help, cause });
}

/** What is in a folder, sorted by name; hidden entries are not looked at. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith("."));
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const why = (cause as Error).message;
    throw bad(`the service control policies cannot be read: ${why}`, "give the folder that holds them", cause);
  }
}

function readLevel(folder: string, prefix: string): readonly ServiceControlPolicy[] {
  return entriesOf(folder).map((entry) => {
    // A policy under another name must not be passed over in silence: it may be the one that forbids.
    if (entry.isDirectory() || !entry.name.endsWith(".json")) {
      throw bad(`\`${join(folder, entry.name)}\` is no service control policy`, "keep only .json files beside them");
    }
    const path = join(folder, entry.name);
    const name = `${prefix}${entry.name.slice(0, -".json".length)}`;
    return { name, document: readFileSync(path, "utf8") };
  });
}

/**
 * Reads service control policies from a folder of `.json` files: one level; or from folders in it, in the order of
 * their names, each a level (such as `1-organization`, `2-unit`). A policy is called by its file, `level/file` where
 * there are levels.
 *
 * @throws HotkeepError `BadConfiguration` when there are none, or anything else is there.
 */
export function readServiceControlFiles(folder: string): ServiceControlPolicies {
  const entries = entriesOf(folder);
  if (entries.length === 0) {
    throw bad(`\`${folder}\` holds no service control policy`, "put at least one .json file into it");
  }
  if (!entries[0]!.isDirectory()) return [readLevel(folder, "")];
  return entries.map((entry) => {
    if (!entry.isDirectory()) {
      throw bad(`\`${join(folder, entry.name)}\` lies beside levels`, "keep either files or folders of files there");
    }
    return readLevel(join(folder, entry.name), `${entry.name}/`);
  });
}
