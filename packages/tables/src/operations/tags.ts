import { AwsError, parseArn, permission } from "@hotkeep/core";
import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import type { Table } from "../catalog/table.js";
import { checkTags, readTags } from "../catalog/tag-rules.js";
import type { Engine } from "../engine.js";
import { invalid, invalidParameters } from "../errors.js";
import { type TableReference, tableReference } from "../request/table-reference.js";
import { operation } from "./operation.js";

const tagsPerPage = 10;

function reference(arn: string, call: CallContext, action: string): TableReference {
  if (!arn.startsWith("arn:")) throw invalidParameters(`ARNs must start with 'arn:': ${arn}`);
  if (parseArn(arn) === undefined) throw invalid(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  return tableReference(arn, call, action);
}

function taggedTable(engine: Engine, arn: string, call: CallContext, action: string): Table {
  const table = engine.catalog.find(reference(arn, call, action), reference(arn, call, action).name);
  if (table !== undefined && !table.isDeleted) return table;
  throw new AwsError("ResourceNotFoundException", `Requested resource not found: ResourceArn: ${arn} not found`);
}

/** TagResource: adds tags to a table or replaces their values. */
export function tagResource(engine: Engine): NamedOperation {
  const action = "dynamodb:TagResource";
  return operation("TagResource", {
    needs: (input, call) => [permission(action, reference(input.ResourceArn, call, action).arn)],
    async handle(input, call) {
      const table = taggedTable(engine, input.ResourceArn, call, action);
      const given = readTags(input.Tags);
      if (given.length === 0) throw invalid("Atleast one Tag needs to be provided as Input.");
      checkTags(given);
      await engine.catalog.update(table, (definition) => {
        const kept = definition.tags.filter(({ key }) => !given.some((tag) => tag.key === key));
        const tags = [...kept, ...given];
        checkTags(tags);
        return { ...definition, tags };
      });
      return {};
    },
  });
}

/** UntagResource: removes tags; ones that are not there are no error. */
export function untagResource(engine: Engine): NamedOperation {
  const action = "dynamodb:UntagResource";
  return operation("UntagResource", {
    needs: (input, call) => [permission(action, reference(input.ResourceArn, call, action).arn)],
    async handle(input, call) {
      const table = taggedTable(engine, input.ResourceArn, call, action);
      if (input.TagKeys.length === 0) throw invalid("Atleast one Tag Key needs to be provided as Input.");
      await engine.catalog.update(table, (definition) => ({
        ...definition,
        tags: definition.tags.filter(({ key }) => !input.TagKeys.includes(key)),
      }));
      return {};
    },
  });
}

/** ListTagsOfResource: ten tags a page; the token is the last key seen. */
export function listTagsOfResource(engine: Engine): NamedOperation {
  const action = "dynamodb:ListTagsOfResource";
  return operation("ListTagsOfResource", {
    needs: (input, call) => [permission(action, reference(input.ResourceArn, call, action).arn)],
    handle(input, call) {
      const table = taggedTable(engine, input.ResourceArn, call, action);
      const tags = table.definition.tags.toSorted((a, b) => (a.key < b.key ? -1 : 1));
      const { NextToken: token } = input;
      const rest = token === undefined ? tags : tags.filter(({ key }) => key > token);
      const page = rest.slice(0, tagsPerPage).map(({ key, value }) => ({ Key: key, Value: value }));
      return page.length === rest.length ? { Tags: page } : { Tags: page, NextToken: page.at(-1)!.Key };
    },
  });
}
