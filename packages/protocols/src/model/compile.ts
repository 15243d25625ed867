import type { ServiceTables, ShapeTable } from "./tables.js";

/**
 * Turns the shapes of a service into functions, each built once and on first use. A shape inside itself gets a function
 * that looks the finished one up when it is called.
 *
 * @param build makes a shape's function; `inner` gives those of the shapes it refers to
 */
export function compileShapes<Made extends (...parameters: never[]) => unknown>(
  tables: ServiceTables,
  build: (shape: ShapeTable, inner: (index: number) => Made) => Made,
): (index: number) => Made {
  const made: (Made | undefined)[] = [];
  const building = new Set<number>();
  const get = (index: number): Made => {
    const known = made[index];
    if (known !== undefined) return known;
    if (building.has(index)) {
      const later = (...parameters: never[]): unknown => made[index]!(...parameters);
      return later as Made;
    }
    building.add(index);
    const fresh = build(tables.shapes[index]!, get);
    building.delete(index);
    made[index] = fresh;
    return fresh;
  };
  return get;
}
