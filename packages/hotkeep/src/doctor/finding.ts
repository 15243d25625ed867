/** What one check of the machine has found. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly subject: string;
  /** `good`; `note`: works, but could be better; `bad`: Hotkeep does not start or does not work. */
  readonly state: "good" | "note" | "bad";
  readonly text: string;
  /** What to do about it. */
  readonly help?: string;
}
