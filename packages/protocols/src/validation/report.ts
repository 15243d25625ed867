import type { ShapeTable } from "../model/tables.js";

/** Where in an input a value is: the steps from the inside out, written as AWS writes them. */
export interface Location {
  readonly outer: Location | undefined;
  /** `tags`, or `3.member` in a list, or the key in a map. */
  readonly step: string;
  /** The name under which EC2 clients send it. */
  readonly parameter: string;
}

/** One constraint that one value breaks. */
export interface Failure {
  readonly at: Location;
  readonly shape: ShapeTable;
  readonly value: unknown;
  /** `Member must …`; undefined when the member is required and missing. */
  readonly constraint: string | undefined;
}
