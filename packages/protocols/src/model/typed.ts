/** What the types of the SDK's scalars are: kept as they are by {@link In} and {@link Out}. */
type Leaf = string | number | boolean | bigint | Date | Uint8Array | null | undefined;

/**
 * An SDK input type as a handler receives it: decoded and validated, so required members are there and no member is
 * explicitly `undefined`.
 */
export type In<T> = T extends Leaf
  ? T
  : T extends readonly (infer Element)[]
    ? In<Element>[]
    : { [Key in keyof T]: In<Exclude<T[Key], undefined>> };

/** An SDK output type as a handler returns it: no `$metadata`, and state may be handed out without copying. */
export type Out<T> = ReadonlyDeep<Omit<T, "$metadata">>;

type ReadonlyDeep<T> = T extends Leaf
  ? T
  : T extends readonly (infer Element)[]
    ? readonly ReadonlyDeep<Element>[]
    : { readonly [Key in keyof T]: ReadonlyDeep<T[Key]> };

/** One operation of a service's type map. */
export interface Typed<Input, Output> {
  readonly input: In<Input>;
  readonly output: Out<Output>;
}
