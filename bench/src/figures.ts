/** What a benchmark measured, by name. */
export type Figures = Readonly<Record<string, number>>;
