/** The element with this id, which the page always has. */
export function byId<E extends HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element \`${id}\``);
  return found as E;
}

/** A new element with a text; never markup. */
export function element(tag: string, content = "", className = ""): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = content;
  if (className !== "") made.className = className;
  return made;
}

/** A button that does something asynchronous; it cannot be pressed meanwhile. */
export function button(label: string, press: () => void | Promise<void>, className = ""): HTMLButtonElement {
  const made = element("button", label, className) as HTMLButtonElement;
  made.type = "button";
  made.addEventListener("click", async () => {
    made.disabled = true;
    try {
      await press();
    } catch (error) {
      notify(refusal(error), true);
    } finally {
      made.disabled = false;
    }
  });
  return made;
}

/** A table row of texts and elements. */
export function row(tag: "th" | "td", cells: readonly (string | Node)[]): HTMLTableRowElement {
  const made = document.createElement("tr");
  for (const cell of cells) {
    const holder = document.createElement(tag);
    holder.append(cell);
    made.append(holder);
  }
  return made;
}

/** What an API refused, in its own words. */
export function refusal(error: unknown): string {
  const { name, message } = error as Error;
  return `${name}: ${message}`;
}

/**
 * Fills a place when its content is there, or with the refusal of the API that was asked; unless something else was
 * asked for there meanwhile.
 */
export async function fill(place: HTMLElement, content: () => Promise<readonly Node[]>): Promise<void> {
  const waiting = element("p", "…", "empty");
  place.replaceChildren(waiting);
  const nodes = await content().catch((error: unknown) => [element("p", refusal(error), "refused")]);
  if (waiting.parentNode === place) place.replaceChildren(...nodes);
}

/** A line on top of the page, to be put away by whoever has read it. */
export function notify(text: string, bad = false, ...details: readonly Node[]): void {
  const notice = element("div", "", bad ? "notice refused" : "notice");
  notice.append(
    element("p", text),
    ...details,
    button("Dismiss", () => notice.remove()),
  );
  byId("notices").append(notice);
}

/** Asks before something cannot be undone; settles when it is done or called off. */
export function confirm(
  title: string,
  lines: readonly string[],
  verb: string,
  work: () => Promise<void>,
): Promise<void> {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", title);
  return new Promise((resolve) => {
    const close = () => {
      dialog.remove();
      resolve();
    };
    dialog.append(
      element("h2", title),
      ...lines.map((line) => element("p", line)),
      button("Cancel", close),
      button(
        verb,
        async () => {
          try {
            await work();
          } finally {
            close();
          }
        },
        "danger",
      ),
    );
    dialog.addEventListener("cancel", close);
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A time as people read it, or a dash. */
export function time(date: Date | undefined): string {
  return date === undefined ? "-" : `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
