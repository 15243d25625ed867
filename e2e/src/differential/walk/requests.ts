import type { Step } from "../case.js";
import type { Json, JsonObject } from "../json.js";
import { ExpressionWriter } from "./expressions.js";
import type { Chance } from "./random.js";
import { anyValue, attributeNames, attributes, keyValue, valueOfType, type WalkedTable } from "./world.js";

/** Makes requests on one table that mostly make sense. */
export class RequestMaker {
  readonly #chance: Chance;
  readonly #table: WalkedTable;
  readonly #indexKeys: ReadonlySet<string>;

  constructor(chance: Chance, table: WalkedTable) {
    this.#chance = chance;
    this.#table = table;
    const parts = table.indexes.flatMap(({ hash, range }) => [hash, range]);
    this.#indexKeys = new Set(parts.filter((part) => part !== undefined).map(({ name }) => name));
  }

  key(): JsonObject {
    const { hash, range } = this.#table;
    return {
      [hash.name]: keyValue(this.#chance, hash, true),
      ...(range === undefined ? {} : { [range.name]: keyValue(this.#chance, range, false) }),
    };
  }

  item(): JsonObject {
    const chance = this.#chance;
    const item: Record<string, Json> = { ...this.key() };
    for (const name of chance.some(attributeNames, chance.below(attributeNames.length))) {
      const part = { name, type: attributes[name] as "S" | "N" | "B" };
      if (this.#indexKeys.has(name)) item[name] = keyValue(chance, part, false);
      else item[name] = chance.happens(85) ? valueOfType(chance, attributes[name]!) : anyValue(chance);
    }
    return item;
  }

  /** Any request but those that make and delete tables. */
  next(): Step {
    const make = this.#chance.pick([
      ...[this.#put, this.#put, this.#get, this.#remove, this.#update, this.#update, this.#update, this.#update],
      ...[this.#query, this.#query, this.#query, this.#scan, this.#batchGet, this.#batchWrite, this.#transactWrite],
      ...[this.#transactWrite, this.#transactGet, this.#legacy],
    ]);
    return make.call(this);
  }

  #put(): Step {
    const { input, writer } = this.#base({ Item: this.item() });
    this.#conditional(input, writer);
    if (this.#chance.happens(40)) input.ReturnValues = this.#chance.pick(["NONE", "ALL_OLD"]);
    return { operation: "PutItem", input: { ...input, ...writer.placeholders() } };
  }

  #remove(): Step {
    const { input, writer } = this.#base({ Key: this.key() });
    this.#conditional(input, writer);
    if (this.#chance.happens(60)) input.ReturnValues = this.#chance.pick(["NONE", "ALL_OLD"]);
    return { operation: "DeleteItem", input: { ...input, ...writer.placeholders() } };
  }

  #update(): Step {
    return { operation: "UpdateItem", input: this.#updateInput(true) };
  }

  #updateInput(withReturnValues: boolean): JsonObject {
    const chance = this.#chance;
    const { input, writer } = this.#base({ Key: this.key() });
    const { text, touchesParts, adds } = writer.update(this.#indexKeys);
    input.UpdateExpression = text;
    this.#conditional(input, writer);
    // What only takes away makes no item in the service, and an empty one in DynamoDB Local.
    if (!adds) {
      const given = input.ConditionExpression;
      input.ConditionExpression = `attribute_exists(pk)${given === undefined ? "" : ` AND (${String(given)})`}`;
    }
    if (withReturnValues && chance.happens(70)) {
      // Of parts, the service answers with parts, and DynamoDB Local with the whole attribute.
      const wanted = ["ALL_OLD", "ALL_NEW", ...(touchesParts ? [] : ["UPDATED_OLD", "UPDATED_NEW"])];
      input.ReturnValues = chance.pick(wanted);
    }
    return { ...input, ...writer.placeholders() };
  }

  #get(): Step {
    const { input, writer } = this.#base({ Key: this.key() });
    if (this.#chance.happens(50)) input.ProjectionExpression = writer.projection();
    return { operation: "GetItem", input: { ...input, ...writer.placeholders() } };
  }

  #query(): Step {
    const chance = this.#chance;
    const index = chance.pick([undefined, ...this.#table.indexes]);
    const { hash, range } = index ?? this.#table;
    const { input, writer } = this.#base({});
    if (index !== undefined) input.IndexName = index.name;
    input.KeyConditionExpression = writer.keyCondition(hash, range);
    if (chance.happens(30)) input.ScanIndexForward = chance.happens(30);
    if (chance.happens(30)) input.Limit = 1 + chance.below(4);
    if (index === undefined || !index.isGlobal) this.#readOptions(input, writer);
    return {
      operation: "Query",
      input: { ...input, ...writer.placeholders() },
      // Items with equal keys in an index have no order.
      allPages: index === undefined ? "Limit" in input : "unordered",
    };
  }

  #scan(): Step {
    const chance = this.#chance;
    const index = chance.pick([undefined, undefined, ...this.#table.indexes]);
    const { input, writer } = this.#base({});
    if (index !== undefined) input.IndexName = index.name;
    if (chance.happens(40)) input.Limit = 1 + chance.below(5);
    if (index === undefined || !index.isGlobal) this.#readOptions(input, writer);
    return { operation: "Scan", input: { ...input, ...writer.placeholders() }, allPages: true };
  }

  #readOptions(input: Record<string, Json>, writer: ExpressionWriter): void {
    const chance = this.#chance;
    if (chance.happens(30)) input.ConsistentRead = true;
    // A filter on what an index does not show is an error of its own; see the corpus.
    if (chance.happens(40) && !("IndexName" in input)) input.FilterExpression = writer.condition(1);
    if (chance.happens(30)) input.ProjectionExpression = writer.projection();
    else if (chance.happens(20)) input.Select = "COUNT";
  }

  #batchGet(): Step {
    const writer = new ExpressionWriter(this.#chance);
    const request: Record<string, Json> = { Keys: this.#distinctKeys() };
    if (this.#chance.happens(40)) request.ProjectionExpression = writer.projection();
    return {
      operation: "BatchGetItem",
      input: { RequestItems: { [this.#table.name]: { ...request, ...writer.placeholders() } } },
    };
  }

  #batchWrite(): Step {
    const requests = this.#distinctKeys().map((Key) =>
      this.#chance.happens(60) ? { PutRequest: { Item: { ...this.item(), ...Key } } } : { DeleteRequest: { Key } },
    );
    return { operation: "BatchWriteItem", input: { RequestItems: { [this.#table.name]: requests } } };
  }

  #transactWrite(): Step {
    const actions = this.#distinctKeys().map((Key): Json => {
      const kind = this.#chance.pick(["Put", "Update", "Delete", "ConditionCheck"]);
      if (kind === "Update") return { Update: { ...this.#updateInput(false), Key } };
      const { input, writer } = this.#base(kind === "Put" ? { Item: { ...this.item(), ...Key } } : { Key });
      if (kind === "ConditionCheck") input.ConditionExpression = writer.condition();
      else this.#conditional(input, writer);
      return { [kind]: { ...input, ...writer.placeholders() } };
    });
    return { operation: "TransactWriteItems", input: { TransactItems: actions } };
  }

  #transactGet(): Step {
    const actions = this.#distinctKeys().map((Key): Json => {
      const { input, writer } = this.#base({ Key });
      if (this.#chance.happens(30)) input.ProjectionExpression = writer.projection();
      return { Get: { ...input, ...writer.placeholders() } };
    });
    return { operation: "TransactGetItems", input: { TransactItems: actions } };
  }

  #legacy(): Step {
    const chance = this.#chance;
    const name = chance.pick(attributeNames.filter((it) => !this.#indexKeys.has(it)));
    const Expected = {
      [name]: chance.pick<JsonObject>([
        { Exists: false },
        { Value: valueOfType(chance, attributes[name]!) },
        { ComparisonOperator: "NOT_NULL" },
        { ComparisonOperator: "NULL" },
        { ComparisonOperator: "NE", AttributeValueList: [valueOfType(chance, attributes[name]!)] },
      ]),
    };
    const { input } = this.#base({});
    if (chance.happens(30)) return { operation: "PutItem", input: { ...input, Item: this.item(), Expected } };
    if (chance.happens(30)) return { operation: "DeleteItem", input: { ...input, Key: this.key(), Expected } };
    const AttributeUpdates = { [name]: { Action: "PUT", Value: valueOfType(chance, attributes[name]!) } };
    const expected = chance.happens(50) ? { Expected } : {};
    return {
      operation: "UpdateItem",
      input: { ...input, Key: this.key(), AttributeUpdates, ...expected, ReturnValues: "ALL_NEW" },
    };
  }

  #conditional(input: Record<string, Json>, writer: ExpressionWriter): void {
    if (!this.#chance.happens(40)) return;
    input.ConditionExpression = writer.condition();
    if (this.#chance.happens(40)) input.ReturnValuesOnConditionCheckFailure = "ALL_OLD";
  }

  /** One to five keys, no two of them equal by value. */
  #distinctKeys(): readonly JsonObject[] {
    const keys = new Map<string, JsonObject>();
    for (const key of this.#chance.many(1 + this.#chance.below(5), () => this.key())) {
      const byValue = JSON.stringify(key, (_, part) => (typeof part?.N === "string" ? Number(part.N) : part));
      if (!keys.has(byValue)) keys.set(byValue, key);
    }
    return [...keys.values()];
  }

  #base(more: JsonObject): { readonly input: Record<string, Json>; readonly writer: ExpressionWriter } {
    return { input: { TableName: this.#table.name, ...more }, writer: new ExpressionWriter(this.#chance) };
  }
}
