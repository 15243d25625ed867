const special = /[&<>\r]/;
// What XML 1.0 has no way to write, not even escaped; lone surrogates too.
const unwritable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones meant
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Escapes text for an element. Characters that XML cannot hold become U+FFFD. */
export function xmlText(text: string): string {
  const writable = text.replace(unwritable, "\ufffd");
  if (!special.test(writable)) return writable;
  // A bare carriage return would be read back as a line feed.
  return writable.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\r", "&#xD;");
}
