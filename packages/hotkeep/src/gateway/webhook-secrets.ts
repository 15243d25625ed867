import { createHash } from "node:crypto";
import type { Random } from "@hotkeep/core";
import type { Sealer } from "@hotkeep/identity";
import type { StateStore } from "@hotkeep/state";

/** A secret as its receiver needs it. */
export interface WebhookSecret {
  readonly topicArn: string;
  readonly secret: string;
}

/** What a webhook's secret is kept as. */
type Kept = {
  /** Of the URL, which may carry a secret itself: another receiver gets another secret. */
  readonly urlHash: string;
  readonly sealed: string;
  /** Somebody has been shown the secret. */
  readonly told: boolean;
};

type Book = Readonly<Record<string, Kept>>;

const bookKey = "webhooks/secrets";
const secretBytes = 32;
const purposeOf = (topicArn: string): string => `webhook ${topicArn}`;
const hashOf = (url: string): string => createHash("sha256").update(url, "utf8").digest("hex");

/** What the secrets come from. */
export interface WebhookSecretsOptions {
  readonly store: Pick<StateStore, "transact">;
  readonly sealer: Sealer;
  readonly random: Random;
  /** The webhooks there are: URLs by topic ARN. */
  readonly urls: ReadonlyMap<string, string>;
  /** Secrets that the operator has given; nothing is made or kept for their topics. */
  readonly given: ReadonlyMap<string, string>;
}

/** The secrets of all webhooks. */
export interface WebhookSecrets {
  /** By topic ARN. */
  readonly all: ReadonlyMap<string, string>;
  /** Those that nobody has been shown yet. */
  readonly untold: readonly WebhookSecret[];
  /** They have been shown, and never will be again. */
  told(): Promise<void>;
}

/**
 * Finds the secret of each webhook, or makes one and keeps it sealed. What is kept for a webhook that is there no more,
 * or has another URL now, is forgotten: that is also how to get a new secret.
 *
 * @throws HotkeepError `SealBroken`
 */
export async function openWebhookSecrets(options: WebhookSecretsOptions): Promise<WebhookSecrets> {
  const { store, sealer, random, urls, given } = options;
  const book = await store.transact(async (transaction): Promise<Book> => {
    const kept = ((await transaction.get(bookKey))?.value ?? {}) as Book;
    const next: Record<string, Kept> = {};
    for (const [topicArn, url] of urls) {
      if (given.has(topicArn)) continue;
      const urlHash = hashOf(url);
      const before = Object.hasOwn(kept, topicArn) ? kept[topicArn] : undefined;
      next[topicArn] = before?.urlHash === urlHash ? before : made(topicArn, urlHash);
    }
    if (JSON.stringify(next) !== JSON.stringify(kept)) transaction.put(bookKey, next);
    return next;
  });

  function made(topicArn: string, urlHash: string): Kept {
    const secret = `whsec_${Buffer.from(random.bytes(secretBytes)).toString("base64url")}`;
    return { urlHash, sealed: sealer.seal(secret, purposeOf(topicArn)), told: false };
  }

  const opened = Object.entries(book).map(([topicArn, { sealed, told }]) => {
    return { topicArn, secret: sealer.open(sealed, purposeOf(topicArn)), told };
  });
  return {
    all: new Map([...given, ...opened.map(({ topicArn, secret }) => [topicArn, secret] as const)]),
    untold: opened.filter(({ told }) => !told).map(({ topicArn, secret }) => ({ topicArn, secret })),
    told: () =>
      store.transact(async (transaction) => {
        const told = Object.entries(book).map(([topicArn, kept]) => [topicArn, { ...kept, told: true }]);
        transaction.put(bookKey, Object.fromEntries(told));
      }),
  };
}
