import type { Case, Family } from "../case.js";
import { table } from "../case.js";
import { content } from "./shared.js";

const TableName = "Words";
const given = content(TableName, { pk: "a" });

/** Words that may be reserved, some of which are not. */
const words =
  `abort absolute action add after agent aggregate all allocate alter analyze and any archive are array as asc
ascii at atomic attach attribute auth auto avg backup base batch before begin between bigint binary bit blob block boolean
both bucket bulk by byte call capacity case cast catalog char check class clear clob close cluster code collection color
column columns comment commit compact compress condition config connection consistent constraint contains continue copy
count create cross cube current cursor cycle data database date datetime day dec decimal declare default define delete
delimited depth desc describe detach disable disconnect distinct do domain double drop dump duration dynamic each email
element else empty enable end equal error escape eval event every except exception exclusive exec exists exit explain
export expression extended external extract fail false family fetch field fields file filter final finish first fixed
float flush for force foreign format forward found from full function functions general generate get glob global go grant
greater group hash have having heap hidden hold hour id identity if ignore immediate import in include increment index
infinite inline inner input insert int integer interval into invalidate is item items iterate join key keys lag language
large last lateral lead leave left length less level like limit link list load local location lock log logged long loop
lower map match max maxlen member merge method min minus minute missing mod mode modify module month multi name names
national natural new next no none not null nullif number numeric object of off offline offset old on online only open
operator option or order other out outer over override owner pad parallel parameter part partial partition path pattern
percent permission phone pipe plan point pool position precision prepare preserve price primary prior private procedure
project projection property provisioning public put query quit raise random range rank raw read real rebuild record
recursive reduce reference region reindex relative release remove rename repeat replace request reset resource response
restore restrict result return reverse revoke right role rollback row rows rule rules sample save scan schema scope scroll
search second section segment select self sensitive separate sequence session set sets shard share shared short show
signal similar size slot smallint snapshot some source space spaces sparse specific split sql start state static
statistics status store stored stream string struct style sub sum super sync system table tag tags temp terminated text
than then throughput time timestamp timezone tinyint title to token total touch trailing transaction transform translate
treat trigger trim true truncate ttl tuple type under undo union unique unit unknown unlogged unprocessed unsigned until
update upper url usage use user users using uuid vacuum value valued values varchar variable variables version view views
virtual void wait when whenever where while window with within without work wrapped write year zone`.split(/\s+/);

const letters = [...new Set(words.map((word) => word[0]!))].sort();

/** Which words are reserved, and in what spelling: one case a letter. */
export const reservedWords: Family = {
  name: "reserved words",
  tables: [table(TableName, "pk:S")],
  cases: letters.map(
    (letter): Case => ({
      name: `words in ${letter}`,
      given,
      steps: words
        .filter((word) => word.startsWith(letter))
        .map((word, at) => ({
          operation: "GetItem",
          input: {
            TableName,
            Key: { pk: { S: "a" } },
            ProjectionExpression: at % 2 === 0 ? `x, ${word}` : `m.${word.toUpperCase()}`,
          },
        })),
    }),
  ),
};
