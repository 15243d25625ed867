import { AwsError, CommonAwsError, permission } from "@hotkeep/core";
import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { compileStored } from "../resource-policies/policy-book.js";
import type { PolicyPrincipals } from "../resource-policies/policy-principals.js";
import { type PolicyResource, policyResource } from "../resource-policies/policy-resource.js";
import {
  checkRevision,
  policyNotFound,
  type StoredPolicy,
  withoutPolicy,
  withPolicy,
} from "../resource-policies/policy-slot.js";
import { invalidPrincipal, readPolicy } from "../resource-policies/read-policy.js";
import type { Stream } from "../streams/stream.js";
import { operation } from "./operation.js";

const putAction = "dynamodb:PutResourcePolicy";
const getAction = "dynamodb:GetResourcePolicy";
const deleteAction = "dynamodb:DeleteResourcePolicy";

/** @throws AwsError `ResourceNotFoundException` with the service's words (observed) */
function streamOf(engine: Engine, { arn, name, streamLabel }: PolicyResource): Stream {
  const stream = engine.catalog.streams.find(arn);
  if (stream !== undefined) return stream;
  const message = `Requested resource not found: Stream: ${streamLabel} not found for Table: ${name}`;
  throw new AwsError("ResourceNotFoundException", message);
}

/** What hangs on a table or stream. @throws AwsError `ResourceNotFoundException` */
function slotOf(engine: Engine, resource: PolicyResource): StoredPolicy | undefined {
  if (resource.streamLabel !== undefined) return streamOf(engine, resource).definition.policy;
  return engine.namedTable({ ...resource, given: resource.arn }).definition.policy;
}

/**
 * Reads the policy of a request. @throws AwsError `ValidationException`, also for users and roles that do not exist.
 */
export function readBoundPolicy(text: string, kind: "table" | "stream", principals: PolicyPrincipals): string {
  const bound = principals.bind(readPolicy(text, kind));
  if (bound === undefined) throw invalidPrincipal();
  return bound;
}

/** Changes what hangs on a table or stream. @throws AwsError what `change` throws, `ResourceNotFoundException` */
async function changeSlot(
  engine: Engine,
  resource: PolicyResource,
  change: (slot: StoredPolicy | undefined) => StoredPolicy | undefined,
): Promise<void> {
  const now = slotOf(engine, resource);
  if (change(now) === now) return;
  const changed = <Definition extends { readonly policy?: StoredPolicy }>(definition: Definition): Definition => {
    const { policy: before, ...rest } = definition;
    const policy = change(before);
    return { ...rest, ...(policy === undefined ? {} : { policy }) } as Definition;
  };
  if (resource.streamLabel === undefined) {
    await engine.catalog.update(engine.namedTable({ ...resource, given: resource.arn }), changed);
    return;
  }
  await engine.storage.transact((transaction) => {
    const stream = streamOf(engine, resource);
    engine.catalog.streams.redefine(transaction, stream, changed(stream.definition));
  });
}

/**
 * PutResourcePolicy: in force when it is answered. The same policy again changes nothing. A caller who could not put
 * another one afterwards must say that this is meant (documented; the service looks at that one action, observed).
 */
export function putResourcePolicy(engine: Engine, principals: PolicyPrincipals): NamedOperation {
  return operation("PutResourcePolicy", {
    needs: (input, call) => [permission(putAction, policyResource(input.ResourceArn, call).arn)],
    async handle(input, call) {
      const resource = policyResource(input.ResourceArn, call);
      const document = readBoundPolicy(input.Policy, kindOf(resource), principals);
      if (input.ConfirmRemoveSelfResourceAccess !== true) refuseLockout(principals, call, resource, document);
      let revision = 0;
      await changeSlot(engine, resource, (slot) => {
        checkRevision(input.ExpectedRevisionId, slot, resource.name);
        const after = withPolicy(slot, document, call.now);
        revision = after.revision;
        return after;
      });
      return { RevisionId: String(revision) };
    },
  });
}

function refuseLockout(
  principals: PolicyPrincipals,
  call: CallContext,
  { arn }: PolicyResource,
  document: string,
): void {
  const policies = [compileStored(document, arn, call.now)];
  if (principals.wouldAllow(call, permission(putAction, arn), policies)) return;
  throw new CommonAwsError(
    "AccessDenied",
    "The new resource policy will not allow you to update the resource policy in the future.",
  );
}

function kindOf({ streamLabel }: PolicyResource): "table" | "stream" {
  return streamLabel === undefined ? "table" : "stream";
}

/** GetResourcePolicy: the canonical text, which is seldom the one that was given (observed). */
export function getResourcePolicy(engine: Engine, principals: PolicyPrincipals): NamedOperation {
  return operation("GetResourcePolicy", {
    needs: (input, call) => [permission(getAction, policyResource(input.ResourceArn, call).arn)],
    handle(input, call) {
      const resource = policyResource(input.ResourceArn, call);
      const slot = slotOf(engine, resource);
      if (slot?.document === undefined) throw policyNotFound(resource.arn);
      return { Policy: shown(principals.show(slot.document)), RevisionId: String(slot.revision) };
    },
  });
}

/** A policy without a version is shown with the one it is read by (observed). */
function shown(document: string): string {
  return document.startsWith('{"Version"') ? document : `{"Version":"2008-10-17",${document.slice(1)}`;
}

/**
 * DeleteResourcePolicy: without a policy it changes nothing. The answer names the revision that went; a second one that
 * of the removal (observed).
 */
export function deleteResourcePolicy(engine: Engine): NamedOperation {
  return operation("DeleteResourcePolicy", {
    needs: (input, call) => [permission(deleteAction, policyResource(input.ResourceArn, call).arn)],
    async handle(input, call) {
      const resource = policyResource(input.ResourceArn, call);
      let removed: number | undefined;
      await changeSlot(engine, resource, (slot) => {
        checkRevision(input.ExpectedRevisionId, slot, resource.name);
        removed = slot?.revision;
        return withoutPolicy(slot, call.now);
      });
      return removed === undefined ? {} : { RevisionId: String(removed) };
    },
  });
}
