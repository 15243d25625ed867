import type { DynamoDB, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { SeededRandom } from "@hotkeep/core";
import { outcomeOf } from "./outcome.js";
import { nameOf, type Snapshot } from "./snapshot.js";
import { accountKey, accounts, type Item, ledger, openingBalance, orders } from "./world.js";

const amountMax = 400;

interface Transfer {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly amount: number;
}

const recordKey = ({ id }: Transfer): Item => ({ pk: { S: "transfers" }, sk: { S: id } });

function actionsOf(transfer: Transfer): TransactWriteItem[] {
  const { from, to, amount } = transfer;
  const number = { N: String(amount) };
  return [
    {
      Update: {
        TableName: ledger,
        Key: accountKey(from),
        UpdateExpression: "SET balance = balance - :amount",
        ConditionExpression: "balance >= :amount",
        ExpressionAttributeValues: { ":amount": number },
      },
    },
    {
      Update: {
        TableName: ledger,
        Key: accountKey(to),
        UpdateExpression: "SET balance = balance + :amount",
        ExpressionAttributeValues: { ":amount": number },
      },
    },
    {
      Put: {
        TableName: orders,
        Item: {
          ...recordKey(transfer),
          payer: { N: String(from) },
          payee: { N: String(to) },
          total: number,
          status: { S: "transfer" },
          stamp: { N: String(from) },
        },
      },
    },
  ];
}

/** Moves money between accounts that other tellers use at the same time, and leaves a record in the other table. */
export class Teller {
  readonly #index: number;
  readonly #random: SeededRandom;
  #count = 0;
  readonly #done = new Set<string>();
  readonly #refused = new Set<string>();
  #unanswered: Transfer | undefined;

  constructor(index: number, random: SeededRandom) {
    this.#index = index;
    this.#random = random;
  }

  get acknowledged(): number {
    return this.#done.size;
  }

  get refused(): number {
    return this.#refused.size;
  }

  /** Transfers until a call stays without an answer. */
  async run(client: DynamoDB): Promise<void> {
    while (this.#unanswered === undefined) {
      const from = this.#random.below(accounts);
      const to = (from + 1 + this.#random.below(accounts - 1)) % accounts;
      const id = `transfer ${this.#index}-${++this.#count}`;
      await this.#send(client, { id, from, to, amount: 1 + this.#random.below(amountMax) });
    }
  }

  /** Sends what stayed unanswered once more with its token: it must happen once, whether or not it had happened. */
  async resend(client: DynamoDB): Promise<void> {
    const transfer = this.#unanswered;
    if (transfer === undefined) return;
    this.#unanswered = undefined;
    await this.#send(client, transfer);
    if (this.#unanswered !== undefined) throw new Error(`${transfer.id} was not answered the second time`);
  }

  /** Acknowledged transfers without a record, and refused ones with one. */
  faults({ items }: Snapshot): readonly string[] {
    const has = (id: string) => items.has(nameOf(orders, { pk: { S: "transfers" }, sk: { S: id } }));
    return [
      ...[...this.#done].filter((id) => !has(id)).map((id) => `${id} was acknowledged and is lost`),
      ...[...this.#refused].filter(has).map((id) => `${id} was refused and has a record`),
    ];
  }

  async #send(client: DynamoDB, transfer: Transfer): Promise<void> {
    const ClientRequestToken = transfer.id.replace(" ", "-");
    const outcome = await outcomeOf(
      client.transactWriteItems({ TransactItems: actionsOf(transfer), ClientRequestToken }),
    );
    if (outcome === "unanswered") this.#unanswered = transfer;
    else (outcome === "done" ? this.#done : this.#refused).add(transfer.id);
  }
}

/** Accounts whose balance is not what the records of all transfers make it. */
export function balanceFaults({ items }: Snapshot): readonly string[] {
  const expected = Array.from({ length: accounts }, () => openingBalance);
  for (const [name, record] of items) {
    if (!name.startsWith(`${orders}/transfers/`)) continue;
    expected[Number(record.payer?.N)]! -= Number(record.total?.N);
    expected[Number(record.payee?.N)]! += Number(record.total?.N);
  }
  return expected.flatMap((balance, account) => {
    const found = items.get(nameOf(ledger, accountKey(account)))?.balance?.N;
    return found === String(balance) ? [] : [`account ${account} has ${found}, its transfers make ${balance}`];
  });
}
