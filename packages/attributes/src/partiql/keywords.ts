/**
 * Words that are no attribute names unless quoted: those of SQL-92, those that PartiQL adds, and names of its types
 * (documented: PartiQL specification; compared with DynamoDB Local).
 */
const words = `
absolute action add all allocate alter and any are as asc assertion at authorization avg begin between bit bit_length
by cascade cascaded case cast catalog char character character_length char_length check close coalesce collate
collation column commit connect connection constraint constraints continue convert corresponding count create cross
current current_date current_time current_timestamp current_user cursor date deallocate dec decimal declare default
deferrable deferred delete desc describe descriptor diagnostics disconnect distinct domain double drop else end
escape except exception exec execute exists external extract false fetch first float for foreign found from full get
global go goto grant group having identity immediate in indicator initially inner input insensitive insert int integer
intersect interval into is isolation join key language last left level like local lower match max min module names
national natural nchar next no not null nullif numeric octet_length of on only open option or order outer output
overlaps pad partial position precision prepare preserve primary prior privileges procedure public read real
references relative restrict revoke right rollback rows schema scroll section select session session_user set size
smallint some space sql sqlcode sqlerror sqlstate substring sum system_user table temporary then time timestamp
timezone_hour timezone_minute to transaction translate translation trim true union unique unknown update upper usage
user using value values varchar varying view when whenever where with work write zone
missing pivot unpivot limit tuple remove index let returning modified new old nothing conflict do
bool boolean string symbol clob blob struct list sexp bag`;

const keywords: ReadonlySet<string> = new Set(words.trim().split(/\s+/));

/** Whether a word, in lower case, is a keyword. */
export function isKeyword(word: string): boolean {
  return keywords.has(word);
}

/** The other names of types, and what complaints call them. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["bool", "boolean"],
  ["int", "integer"],
  ["dec", "decimal"],
  ["char", "character"],
  ["varchar", "character_varying"],
]);

const typeNames: ReadonlySet<string> = new Set(
  (
    "missing null boolean smallint integer float real decimal numeric timestamp character character_varying string " +
    "symbol clob blob struct tuple list sexp bag"
  ).split(" "),
);

/** The type that a word after IS names; undefined when it names none. */
export function typeNamed(word: string): string | undefined {
  const name = aliases.get(word) ?? word;
  return typeNames.has(name) ? name : undefined;
}
