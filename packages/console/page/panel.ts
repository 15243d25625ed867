import type { Clients } from "./clients.js";

/** One part of the page, and its entry in the navigation pane. */
export interface Panel {
  readonly id: string;
  /** The service under which the navigation pane has it. */
  readonly service: string;
  readonly title: string;
  /** Fills the part's place; may be called again to show what has changed. */
  show(place: HTMLElement, clients: Clients): Promise<void>;
}
