import type { SignIn } from "./clients.js";

interface Needs {
  readonly code: boolean;
  readonly newPassword: boolean;
}

interface Answer extends Partial<SignIn> {
  readonly message?: string;
  readonly needs?: Needs;
}

/** Shows the fields that this user has to fill in besides name and password, and hides the others. */
function ask(form: HTMLFormElement, needs: Needs): void {
  for (const name of ["newPassword", "code"] as const) {
    const input = form.elements.namedItem(name) as HTMLInputElement;
    input.disabled = !needs[name];
    input.required = needs[name];
    input.closest("label")!.hidden = !needs[name];
    if (needs[name] && input.value === "") input.focus();
  }
}

/**
 * Asks the gateway for temporary keys by name and password; undefined when more must be filled in first.
 *
 * @throws Error with the gateway's words when it refuses
 */
export async function signInWithPassword(form: HTMLFormElement): Promise<SignIn | undefined> {
  const response = await fetch("sign-in", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  });
  const { needs, message, accessKeyId, secretAccessKey, sessionToken, region } = (await response.json()) as Answer;
  if (needs !== undefined) {
    ask(form, needs);
    return undefined;
  }
  // A code is good once.
  (form.elements.namedItem("code") as HTMLInputElement).value = "";
  if (
    accessKeyId === undefined ||
    secretAccessKey === undefined ||
    sessionToken === undefined ||
    region === undefined
  ) {
    throw new Error(message ?? `the gateway answered with status ${response.status}`);
  }
  ask(form, { code: false, newPassword: false });
  return { accessKeyId, secretAccessKey, sessionToken, region };
}
