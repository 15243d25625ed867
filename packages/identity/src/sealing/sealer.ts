/** Seals secrets for storage. `purpose` is bound in: what was sealed for one record does not open for another. */
export interface Sealer {
  seal(plain: string, purpose: string): string;
  /** @throws HotkeepError `SealBroken` when the text was changed, is for another purpose or for another key. */
  open(sealed: string, purpose: string): string;
}
