/** Rows of the catalog: one letter for the kind, then what it is about. Names cannot hold a slash. */
const text = (key: string) => Buffer.from(key, "utf8");

export const formatKey = text("f");
/** The next free row-key number. */
export const nextSpaceKey = text("n");

export const definitionKey = (account: string, region: string, name: string) => text(`t/${account}/${region}/${name}`);
export const definitionRange = { from: text("t/"), to: text("t0") };

export const streamKey = (account: string, region: string, table: string, label: string) =>
  text(`s/${account}/${region}/${table}/${label}`);
export const streamKeyRange = { from: text("s/"), to: text("s0") };

export const backupKey = (account: string, region: string, table: string, id: string) =>
  text(`b/${account}/${region}/${table}/${id}`);
export const backupKeyRange = { from: text("b/"), to: text("b0") };

export const counterKey = (space: number) => text(`c/${space}`);

/** Row-key numbers whose rows wait to be removed. */
export const reapKey = (space: number) => text(`r/${space}`);
export const reapRange = { from: text("r/"), to: text("r0") };
export const reapSpace = (key: Buffer) => Number(key.toString("utf8").slice(2));
