import { closeSync, existsSync, fstatSync, readdirSync } from "node:fs";

/**
 * Closes every regular file that this process was born with. The gateway's databases are open without close-on-exec, and
 * a cache node must not be able to touch them. Linux only, as is the leak.
 */
export function closeInheritedFiles(): void {
  const open = "/proc/self/fd";
  if (!existsSync(open)) return;
  for (const name of readdirSync(open)) {
    const file = Number(name);
    if (file <= 2) continue;
    try {
      if (fstatSync(file).isFile()) closeSync(file);
    } catch (error) {
      // The listing's own descriptor is in the list, and closed by now.
      if ((error as NodeJS.ErrnoException).code !== "EBADF") throw error;
    }
  }
}
