/** One operation on one register, as its client saw it. Values are unique per write; 0 is the register's first value. */
export interface RegisterOperation {
  readonly kind: "read" | "write";
  readonly value: number;
  readonly began: number;
  /** Infinity: no answer, or one that leaves the outcome open. It may have happened at any time since, or never. */
  readonly ended: number;
  /** For the report. */
  readonly text: string;
}

/**
 * Whether there is one order of all operations in which each happened at one moment between its beginning and its end and
 * each read found what was written last (linearizability of a register; the search of Wing and Gong with Lowe's memory of
 * what has been tried).
 *
 * @returns undefined, or the operations of the longest attempt's end, of which none can come next
 */
export function linearizable(history: readonly RegisterOperation[]): readonly RegisterOperation[] | undefined {
  // A read without an answer says nothing.
  const operations = history
    .filter((one) => one.kind === "write" || one.ended !== Number.POSITIVE_INFINITY)
    .toSorted((a, b) => a.began - b.began);
  const done = new Uint8Array(operations.length);
  const tried = new Set<string>();
  const answered = operations.filter((one) => one.ended !== Number.POSITIVE_INFINITY).length;
  let furthest = -1;
  let stuck: readonly RegisterOperation[] = [];

  // Every attempt keeps its place on a stack of its own: histories are longer than call stacks.
  interface Step {
    readonly candidates: readonly number[];
    readonly value: number;
    next: number;
    taken: number;
  }
  const stepAt = (value: number): Step => ({ candidates: candidatesNow(), value, next: 0, taken: -1 });
  const stack: Step[] = [stepAt(0)];
  let count = 0;
  while (stack.length > 0) {
    if (count === answered) return undefined;
    const step = stack.at(-1)!;
    if (count > furthest) {
      furthest = count;
      stuck = step.candidates.map((index) => operations[index]!);
    }
    if (step.taken >= 0) {
      // Back from an attempt that came to nothing.
      done[step.taken] = 0;
      if (operations[step.taken]!.ended !== Number.POSITIVE_INFINITY) count--;
      step.taken = -1;
    }
    const index = step.candidates[step.next++];
    if (index === undefined) {
      stack.pop();
      continue;
    }
    const operation = operations[index]!;
    if (operation.kind === "read" && operation.value !== step.value) continue;
    const value = operation.kind === "write" ? operation.value : step.value;
    done[index] = 1;
    const state = `${value} ${Buffer.from(done).toString("latin1")}`;
    if (tried.has(state)) {
      done[index] = 0;
      continue;
    }
    tried.add(state);
    step.taken = index;
    if (operation.ended !== Number.POSITIVE_INFINITY) count++;
    stack.push(stepAt(value));
  }
  return stuck;

  /** What may come next: whatever began before the first end of those that are left. */
  function candidatesNow(): readonly number[] {
    let firstEnd = Number.POSITIVE_INFINITY;
    for (let i = 0; i < operations.length; i++) {
      if (done[i] === 0) firstEnd = Math.min(firstEnd, operations[i]!.ended);
    }
    const candidates: number[] = [];
    for (let i = 0; i < operations.length && operations[i]!.began <= firstEnd; i++) {
      if (done[i] === 0) candidates.push(i);
    }
    // What is certain first: writes that nobody knows of are needed rarely.
    return candidates.toSorted((a, b) => operations[a]!.ended - operations[b]!.ended);
  }
}

/** A read that one node answered. */
export interface NodeRead {
  readonly node: string;
  readonly key: string;
  /** The place of what was read in the order of the key's writes. */
  readonly value: number;
  readonly began: number;
  readonly ended: number;
  readonly text: string;
}

/** Pairs of reads of one key at one node of which the later found something older; ordered by time. */
export function backwardReads(reads: readonly NodeRead[]): readonly (readonly [before: NodeRead, after: NodeRead])[] {
  const found: (readonly [NodeRead, NodeRead])[] = [];
  const byPlace = new Map<string, NodeRead[]>();
  for (const read of reads) {
    const place = `${read.node} ${read.key}`;
    byPlace.set(place, [...(byPlace.get(place) ?? []), read]);
  }
  for (const list of byPlace.values()) {
    const byEnd = list.toSorted((a, b) => a.ended - b.ended);
    let next = 0;
    let newest: NodeRead | undefined;
    for (const read of list.toSorted((a, b) => a.began - b.began)) {
      for (; next < byEnd.length && byEnd[next]!.ended < read.began; next++) {
        if (newest === undefined || byEnd[next]!.value > newest.value) newest = byEnd[next]!;
      }
      if (newest !== undefined && newest.value > read.value) found.push([newest, read]);
    }
  }
  return found;
}
