import type { Family } from "../case.js";
import { batches } from "./batches.js";
import { capacity } from "./capacity.js";
import { conditions } from "./conditions.js";
import { indexes } from "./indexes.js";
import { keyCases } from "./keys.js";
import { legacyConditions } from "./legacy-conditions.js";
import { legacyUpdates } from "./legacy-updates.js";
import { limits } from "./limits.js";
import { parameters } from "./parameters.js";
import { partiql } from "./partiql.js";
import { projections } from "./projections.js";
import { queries } from "./queries.js";
import { returnValues } from "./return-values.js";
import { scans } from "./scans.js";
import { tables } from "./tables.js";
import { transactions } from "./transactions.js";
import { updates } from "./updates.js";
import { values } from "./values.js";
import { reservedWords } from "./words.js";

/** The whole corpus. */
export const families: readonly Family[] = [
  tables,
  parameters,
  values,
  keyCases,
  conditions,
  updates,
  returnValues,
  projections,
  reservedWords,
  queries,
  scans,
  indexes,
  batches,
  transactions,
  legacyConditions,
  legacyUpdates,
  limits,
  capacity,
  partiql,
];
