import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** Which part of a room that is written in C is meant, and for whom. */
export interface CompiledPartName {
  /** `import.meta.url` of a file two folders below the room's own, `packages/<room>/src/<folder>/file.ts`. */
  readonly from: string;
  /** `packages/<room>/native/<name>.c` */
  readonly name: string;
  /** The number of its calls and layouts that the caller was written for. */
  readonly contract: number;
  /** Systems that it is written for, as `process.platform` names them. */
  readonly platforms: readonly NodeJS.Platform[];
}

/** Why a part is not there: `it has not been compiled: the build found no C compiler` */
export interface AbsentPart {
  readonly reason: string;
}

/** Loads what scripts/build-native.mjs has compiled for this Node.js, or tells why there is none; every part can be done without. */
export function loadCompiledPart<Part extends { readonly contract: number }>({
  from,
  name,
  contract,
  platforms,
}: CompiledPartName): Part | AbsentPart {
  const { platform, arch, versions } = process;
  if (!platforms.includes(platform)) return { reason: `it is for ${platforms.join(" and ")}, not for ${platform}` };
  const path = fileURLToPath(new URL(`../../build/${name}-${platform}-${arch}-${versions.modules}.node`, from));
  let part: Part;
  try {
    part = createRequire(import.meta.url)(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "MODULE_NOT_FOUND") return { reason: "it has not been compiled: the build found no C compiler" };
    return { reason: `it cannot be loaded: ${message.split("\n")[0]}` };
  }
  return part.contract === contract ? part : { reason: "it was compiled from other sources: run the build again" };
}
