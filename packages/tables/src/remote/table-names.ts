/** Members of inputs that take a table's name or ARN. */
const nameMembers = ["TableName", "SourceTableName", "TargetTableName"] as const;

type Json = Readonly<Record<string, unknown>>;

/**
 * Table names of one call. Callers may name tables by ARN, which in the endpoint's account is another one: the endpoint
 * gets plain names, and the answer repeats the caller's spelling.
 */
export class TableNames {
  readonly #given = new Map<string, string>();

  /** The input with plain names; the same object when it has no ARN. `needs` has accepted every ARN in it. */
  plain(input: Json): Json {
    let changed = this.#plainMembers(input);
    const { RequestItems: requests, TransactItems: actions } = input;
    if (isObject(requests) && Object.keys(requests).some(isArn)) {
      changed = { ...changed, RequestItems: this.#renamed(requests, (given) => this.#plainName(given)) };
    }
    if (Array.isArray(actions)) {
      changed = {
        ...changed,
        TransactItems: actions.map((action) => mapped(action, (one) => this.#plainMembers(one))),
      };
    }
    return changed;
  }

  /** The answer's body with the caller's spellings; the same bytes when those were plain names. */
  spelt(operation: string, body: Buffer): Buffer {
    if (this.#given.size === 0) return body;
    const answer = JSON.parse(body.toString("utf8")) as Record<string, unknown>;
    const spell = (name: string) => this.#given.get(name) ?? name;
    const capacity = (one: Json): Json =>
      typeof one.TableName === "string" ? { ...one, TableName: spell(one.TableName) } : one;
    const { ConsumedCapacity: used } = answer;
    if (Array.isArray(used)) answer.ConsumedCapacity = used.map(capacity);
    else if (isObject(used)) answer.ConsumedCapacity = capacity(used);
    if (/^(Batch|Transact)/.test(operation)) {
      for (const member of ["Responses", "UnprocessedKeys", "UnprocessedItems", "ItemCollectionMetrics"]) {
        const byTable = answer[member];
        if (isObject(byTable)) answer[member] = this.#renamed(byTable, spell);
      }
    }
    return Buffer.from(JSON.stringify(answer), "utf8");
  }

  #plainMembers(from: Json): Json {
    let changed = from;
    for (const member of nameMembers) {
      const given = from[member];
      if (typeof given === "string" && isArn(given)) changed = { ...changed, [member]: this.#plainName(given) };
    }
    return changed;
  }

  #plainName(given: string): string {
    if (!isArn(given)) return given;
    const name = given.slice(given.lastIndexOf("/") + 1);
    this.#given.set(name, given);
    return name;
  }

  #renamed(byTable: Json, rename: (name: string) => string): Json {
    return Object.fromEntries(Object.entries(byTable).map(([name, value]) => [rename(name), value]));
  }
}

function isArn(text: string): boolean {
  return text.startsWith("arn:");
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same members, each that is an object changed. */
function mapped(value: unknown, change: (one: Json) => Json): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, isObject(one) ? change(one) : one]));
}
