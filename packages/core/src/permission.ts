/**
 * Values of condition keys in a request. One string is a single-valued key, an array a multivalued one; numbers,
 * booleans and dates are written as policies write them. Key names are compared ignoring case.
 */
export type ContextValues = Readonly<Record<string, string | readonly string[]>>;

/** One thing a caller must be allowed to do for an operation to go on. */
export interface PermissionRequest {
  /** `service:Action` */
  readonly action: string;
  /** The resource's ARN, or `*` for calls without a resource. */
  readonly resource: string;
  /** Condition keys that only this operation knows (`iam:PassedToService`, `dynamodb:LeadingKeys`, …). */
  readonly context?: ContextValues;
}

/** Short form of a {@link PermissionRequest}. */
export function permission(action: string, resource: string, context?: ContextValues): PermissionRequest {
  return context === undefined ? { action, resource } : { action, resource, context };
}
