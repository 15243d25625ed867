import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Answer, Harness } from "../harness.js";

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
});
afterAll(() => harness.close());

const hashKeys = {
  S: fc.string({ minLength: 1, maxLength: 8, unit: "binary" }).map((S) => ({ S })),
  N: fc.integer().map((N) => ({ N: String(N) })),
  B: fc.uint8Array({ minLength: 1, maxLength: 8 }).map((bytes) => ({ B: Buffer.from(bytes).toString("base64") })),
};
const nameOf = ({ pk, sk }: Answer) => JSON.stringify([pk, sk]);

let tables = 0;

it.each(["S", "N", "B"] as const)(
  "segments over partition keys of type %s are disjoint, complete and stable, whatever their number, pages and later writes",
  async (type) => {
    const item = fc.record({ pk: hashKeys[type], sk: fc.integer({ min: 0, max: 3 }).map((N) => ({ N: String(N) })) });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(item, { maxLength: 40, selector: nameOf }),
        fc.uniqueArray(item, { maxLength: 10, selector: nameOf }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 7 }),
        async (items, later, TotalSegments, Limit) => {
          const TableName = `Segments${tables++}`;
          await harness.createTable(TableName, `pk:${type}`, "sk:N");
          await harness.put(TableName, ...items);
          const segments = async (limit?: number): Promise<string[][]> => {
            const found: string[][] = [];
            for (let Segment = 0; Segment < TotalSegments; Segment++) {
              const more = limit === undefined ? {} : { Limit: limit };
              const page = await harness.pages("Scan", { TableName, Segment, TotalSegments, ...more });
              found.push(page.items.map(nameOf));
            }
            return found;
          };
          const whole = await segments();
          expect(whole.flat().sort()).toEqual(items.map(nameOf).sort());
          expect(await segments(Limit)).toEqual(whole);
          await harness.put(TableName, ...later);
          const news = new Set(later.map(nameOf));
          const olds = new Set(items.map(nameOf));
          const grown = await segments();
          expect(grown.map((names) => names.filter((name) => olds.has(name) || !news.has(name)))).toEqual(whole);
          await harness.call("DeleteTable", { TableName });
        },
      ),
      { numRuns: 12 },
    );
  },
);
