import { type Clients, clientsOf, type SignIn } from "./clients.js";
import { type Panel, panels } from "./panels.js";
import { signInWithPassword } from "./password-sign-in.js";

function byId<E extends HTMLElement>(id: string): E {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element \`${id}\``);
  return element as E;
}

function element(tag: string, content: string, className = ""): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = content;
  if (className !== "") made.className = className;
  return made;
}

function row(tag: "th" | "td", cells: readonly string[]): HTMLTableRowElement {
  const made = document.createElement("tr");
  made.append(...cells.map((cell) => element(tag, cell)));
  return made;
}

/** What an API refuses is shown in its own words, in the panel that asked. */
async function fill(section: HTMLElement, panel: Panel, clients: Clients): Promise<void> {
  try {
    const rows = await panel.rows(clients);
    if (rows.length === 0) {
      section.append(element("p", panel.empty, "empty"));
      return;
    }
    const table = document.createElement("table");
    table.append(row("th", panel.columns), ...rows.map((cells) => row("td", cells)));
    section.append(table);
  } catch (error) {
    section.append(element("p", `${(error as Error).name}: ${(error as Error).message}`, "refused"));
  }
}

function showPanels(clients: Clients): void {
  const place = byId("panels");
  place.replaceChildren();
  for (const panel of panels) {
    const section = document.createElement("section");
    section.append(element("h2", panel.title));
    place.append(section);
    void fill(section, panel, clients);
  }
}

function signedIn(arn: string | undefined): void {
  const inside = arn !== undefined;
  byId("identity").textContent = arn ?? "not signed in";
  byId("sign-in").hidden = inside;
  byId("password-sign-in").hidden = inside;
  byId("panels").hidden = !inside;
  byId("sign-out").hidden = !inside;
  if (!inside) byId("panels").replaceChildren();
}

function readForm(form: HTMLFormElement): SignIn {
  const fields = new FormData(form);
  const field = (name: string): string => String(fields.get(name) ?? "").trim();
  const token = field("sessionToken");
  return {
    accessKeyId: field("accessKeyId"),
    secretAccessKey: field("secretAccessKey"),
    region: field("region"),
    ...(token === "" ? {} : { sessionToken: token }),
  };
}

/** Takes keys from a form, if it has any, and shows what their owner may see. */
async function signIn(form: HTMLFormElement, keys: () => Promise<SignIn | undefined>): Promise<void> {
  const problem = byId(`${form.id}-error`);
  problem.textContent = "";
  try {
    const given = await keys();
    if (given === undefined) return;
    const clients = clientsOf(given);
    const { Arn } = await clients.sts.getCallerIdentity({});
    form.reset();
    signedIn(Arn);
    showPanels(clients);
  } catch (error) {
    const { name, message } = error as Error;
    problem.textContent = name === "Error" ? message : `${name}: ${message}`;
  }
}

const keyForm = byId<HTMLFormElement>("sign-in");
keyForm.addEventListener("submit", (event) => {
  event.preventDefault();
  void signIn(keyForm, async () => readForm(keyForm));
});
const passwordForm = byId<HTMLFormElement>("password-sign-in");
passwordForm.addEventListener("submit", (event) => {
  event.preventDefault();
  void signIn(passwordForm, () => signInWithPassword(passwordForm));
});
byId("sign-out").addEventListener("click", () => signedIn(undefined));
