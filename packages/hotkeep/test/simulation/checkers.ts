import type { SimTable } from "./sim-table.js";

/** Something that must not be, with what a person needs to see it. */
export class Violation extends Error {
  override readonly name = "Violation";
}

interface Known {
  /** True time at which somebody could know it. */
  readonly at: number;
  readonly index: number;
  readonly text: string;
}

/** One answered read, or acknowledged write. */
export interface Answered {
  readonly run: string;
  readonly key: string;
  readonly value: number;
  /** True times of the client's request and of the answer's arrival. */
  readonly began: number;
  readonly ended: number;
  readonly text: string;
}

/**
 * Holds the statement of docs/consistency.md against what clients saw: a node never goes back, and an acknowledged
 * write is seen at every other node that has its seat within a bounded time.
 */
export class HistoryChecker {
  readonly #table: SimTable;
  readonly #visibleWithinMs: number;
  /** What each process has answered, per key, as times at which more was known. */
  readonly #byRun = new Map<string, Known[]>();
  readonly #acknowledged = new Map<string, Known[]>();
  reads = 0;
  writes = 0;

  constructor(table: SimTable, visibleWithinMs: number) {
    this.#table = table;
    this.#visibleWithinMs = visibleWithinMs;
  }

  /** @throws Violation */
  read(answer: Answered, heldSeat: boolean): void {
    this.reads++;
    const { run, key, value, began } = answer;
    const index = this.#table.indexOf(key, value);
    if (index === 0 && value !== 0) {
      throw new Violation(`${answer.text}: the table never had ${value}`);
    }
    const before = newestBefore(this.#byRun.get(`${run} ${key}`), began);
    if (before !== undefined && before.index > index) {
      throw new Violation(`${answer.text}: older than what this node had answered before: ${before.text}`);
    }
    const written = heldSeat ? newestBefore(this.#acknowledged.get(key), began - this.#visibleWithinMs) : undefined;
    if (written !== undefined && written.index > index) {
      throw new Violation(
        `${answer.text}: the node has its seat, and does not know of a write of ${this.#visibleWithinMs} ms before: ${written.text}`,
      );
    }
    this.#learn(answer, index);
  }

  /** @throws Violation */
  written(answer: Answered): void {
    this.writes++;
    const index = this.#table.indexOf(answer.key, answer.value);
    if (index === 0) throw new Violation(`${answer.text}: acknowledged, and not in the table`);
    this.#learn(answer, index);
    note(this.#acknowledged, answer.key, { at: answer.ended, index, text: answer.text });
  }

  #learn({ run, key, ended, text }: Answered, index: number): void {
    note(this.#byRun, `${run} ${key}`, { at: ended, index, text });
  }
}

/** Keeps what is new only: times and indexes both grow. */
function note(map: Map<string, Known[]>, name: string, known: Known): void {
  const list = map.get(name);
  if (list === undefined) map.set(name, [known]);
  else if (list.at(-1)!.index < known.index) list.push(known);
}

function newestBefore(list: readonly Known[] | undefined, time: number): Known | undefined {
  return list?.findLast(({ at }) => at < time);
}

/** Whom a node names as its leader, at every moment. */
export class LeadershipChecker {
  readonly #byEpoch = new Map<number, string>();
  epochs = 0;

  /**
   * @param claims what each process that runs would answer to `endpoints` now
   * @throws Violation
   */
  look(
    claims: readonly {
      readonly nodeId: string;
      readonly run: string;
      readonly leader: string;
      readonly epoch: number;
    }[],
  ): void {
    let leading: string | undefined;
    for (const { nodeId, run, leader, epoch } of claims) {
      const known = this.#byEpoch.get(epoch);
      if (known === undefined) {
        this.#byEpoch.set(epoch, leader);
        this.epochs++;
      } else if (known !== leader) {
        throw new Violation(`epoch ${epoch}: ${run} names ${leader}, while ${known} led in it`);
      }
      if (leader !== nodeId) continue;
      if (leading !== undefined) throw new Violation(`${leading} and ${run} both take themselves for the leader`);
      leading = run;
      const led = this.#runs.get(epoch);
      if (led !== undefined && led !== run) throw new Violation(`epoch ${epoch}: led by ${led} and by ${run}`);
      this.#runs.set(epoch, run);
    }
  }

  readonly #runs = new Map<number, string>();
}
