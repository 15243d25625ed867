const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** How long the authority itself is good for. Ours: long enough that nobody has to think of it, not for ever. */
export const authorityLifetimeMs = 3_650 * dayMs;

/** How long a server's certificate is good for when nobody says otherwise. Ours: short, because they renew themselves. */
export const defaultLifetimeMs = 30 * dayMs;

/** Clients refuse server certificates that are good for longer than about this (documented by browsers and Apple). */
export const lifetimeMaxMs = 397 * dayMs;

/** Shorter than this, a renewal that fails once could come too late. */
export const lifetimeMinMs = 5_000;

/** Certificates begin this long before they are made, for clients whose clocks are behind. */
export const clockSkewMs = 5 * 60_000;

/** Part of its lifetime after which a certificate is renewed. */
export const renewAfterPart = 2 / 3;

/** Pause after a renewal that failed; doubles up to the maximum. */
export const renewAgainMinMs = 1_000;
export const renewAgainMaxMs = 10 * 60_000;

/** A certificate with more names would make handshakes large. */
export const namesMax = 100;

/** Longest DNS name (RFC 1035), in characters. */
export const nameCharactersMax = 253;

/** Longest common name (RFC 5280, upper bound), in characters. */
export const subjectCharactersMax = 64;
