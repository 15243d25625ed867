import { type Clients, clientsOf, type SignIn } from "./clients.js";
import { byId, element, refusal } from "./dom.js";
import { panels } from "./panels.js";
import { signInWithPassword } from "./password-sign-in.js";

/** Every part of the page, and the navigation pane that leads to them. */
function showPanels(clients: Clients): void {
  const [place, pane] = [byId("panels"), byId("navigation")];
  place.replaceChildren();
  pane.replaceChildren();
  for (const panel of panels) {
    const section = document.createElement("section");
    section.id = panel.id;
    const content = element("div");
    section.append(element("h2", panel.title), content);
    place.append(section);
    const link = Object.assign(document.createElement("a"), { href: `#${panel.id}` });
    link.textContent = panel.title;
    pane.append(element("span", panel.service, "service"), link);
    void panel.show(content, clients);
  }
}

function signedIn(arn: string | undefined): void {
  const inside = arn !== undefined;
  byId("identity").textContent = arn ?? "not signed in";
  byId("sign-in").hidden = inside;
  byId("password-sign-in").hidden = inside;
  byId("panels").hidden = !inside;
  byId("navigation").hidden = !inside;
  byId("sign-out").hidden = !inside;
  if (!inside) for (const id of ["panels", "notices", "navigation"]) byId(id).replaceChildren();
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
    problem.textContent = name === "Error" ? message : refusal(error);
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
