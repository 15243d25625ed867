/** Longest body of a DynamoDB request (documented: 16 MB). */
export const dynamoDbBodyBytesMax = 16 * 1024 * 1024;
/** Longest body of any other request (ours; the largest documented field, a policy document, is 128 KiB). */
export const bodyBytesMax = 1024 * 1024;
/** Deepest nesting of `[` and `{` in a JSON body (ours; 32 levels of attribute values need less than 80). */
export const jsonDepthMax = 512;
/** Most parameters of one query or EC2 request (ours). */
export const parametersMax = 10_000;
/** Most dotted parts in one parameter name (ours; no input of the models is half as deep). */
export const parameterDepthMax = 32;
/** Longest piece of a refused value that a validation message repeats (ours). */
export const printedValueCharactersMax = 4096;
/** Signing keys kept ready, one for each access key, day, Region and service in use (ours). */
export const signingKeysMax = 2048;
/** How far a client's clock may be off: JSON services (observed). */
export const clockSkewJsonMs = 5 * 60_000;
/** How far a client's clock may be off: query services (observed). */
export const clockSkewQueryMs = 15 * 60_000;
/** Longest life of a presigned request (documented: seven days). */
export const presignedSecondsMax = 604_800;
/** Members of one input or output that an audit record tells. */
export const auditMembersMax = 2_000;
/** Characters of one text in an audit record; the longest policies fit. */
export const auditTextMax = 12_288;
/** Beginnings of `Authorization` headers that are remembered. */
export const authorizationHeadsMax = 4_096;
/** Longest such beginning that is remembered. */
export const authorizationHeadCharactersMax = 1_024;
