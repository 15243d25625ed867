import type { ClusterNotification } from "@hotkeep/clusters";
import { type Clock, type Logger, parseArn, type Random, uuid } from "@hotkeep/core";
import { signatureHeader, signatureOf } from "./webhook-signature.js";

/** Bounds of delivery. */
export interface WebhookLimits {
  readonly attemptsMax: number;
  /** Pause before the second attempt; doubles each time. */
  readonly retryMs: number;
  readonly answerMs: number;
  /** Notifications of one topic that wait; more are dropped, the newest first. */
  readonly waitingMax: number;
}

/** Two minutes of trying. */
export const webhookLimits: WebhookLimits = { attemptsMax: 8, retryMs: 1_000, answerMs: 5_000, waitingMax: 1_000 };

/** What is posted: the form in which SNS delivers to HTTP subscribers, with our signature in place of AWS's. */
interface Notification {
  readonly Type: "Notification";
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Subject: string;
  readonly Message: string;
  readonly Timestamp: string;
}

/** What delivering takes. */
export interface WebhooksOptions {
  /** URLs by topic ARN. */
  readonly urls: ReadonlyMap<string, string>;
  /** What deliveries are signed with, by topic ARN: each URL has one. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits?: Partial<WebhookLimits>;
  readonly post?: typeof fetch;
}

/**
 * Delivers cluster events to web servers that are subscribed to a topic by configuration: in order for each topic, again
 * with growing pauses while the server does not answer with success. What waits when the gateway ends is lost.
 */
export class Webhooks {
  readonly #options: WebhooksOptions;
  readonly #limits: WebhookLimits;
  readonly #waiting = new Map<string, Notification[]>();
  #closed = false;

  constructor(options: WebhooksOptions) {
    this.#options = options;
    this.#limits = { ...webhookLimits, ...options.limits };
  }

  /** Never throws: events happen whether somebody hears of them or not. */
  readonly publish = ({ topicArn, clusterArn, event }: ClusterNotification): void => {
    const url = this.#options.urls.get(topicArn);
    if (url === undefined || this.#closed) return;
    const notification: Notification = {
      Type: "Notification",
      MessageId: uuid(this.#options.random),
      TopicArn: topicArn,
      Subject: `DAX cluster ${event.source}`,
      Message: JSON.stringify({
        SourceName: event.source,
        SourceType: event.sourceType,
        Message: event.message,
        Date: new Date(event.at).toISOString(),
        ClusterArn: clusterArn,
        Region: parseArn(clusterArn)?.region,
      }),
      Timestamp: new Date(this.#options.clock.now()).toISOString(),
    };
    const waiting = this.#waiting.get(topicArn);
    if (waiting === undefined) {
      this.#waiting.set(topicArn, [notification]);
      void this.#deliverAll(topicArn, url);
    } else if (waiting.length < this.#limits.waitingMax) waiting.push(notification);
    else this.#options.logger.warn("a notification was dropped: too many wait", { topicArn });
  };

  /** Nothing more is delivered. */
  close(): void {
    this.#closed = true;
    this.#waiting.clear();
  }

  async #deliverAll(topicArn: string, url: string): Promise<void> {
    for (let next = this.#waiting.get(topicArn)?.[0]; next !== undefined; next = this.#waiting.get(topicArn)?.[0]) {
      await this.#deliver(next, url);
      this.#waiting.get(topicArn)?.shift();
    }
    this.#waiting.delete(topicArn);
  }

  async #deliver(notification: Notification, url: string): Promise<void> {
    const { logger, clock } = this.#options;
    const { attemptsMax, retryMs } = this.#limits;
    for (let attempt = 1; !this.#closed; attempt++) {
      const problem = await this.#attempt(notification, url);
      if (problem === undefined) return;
      const fields = { topicArn: notification.TopicArn, messageId: notification.MessageId, attempt, problem };
      if (attempt >= attemptsMax) {
        logger.warn("a notification was given up", fields);
        return;
      }
      const againInMs = retryMs * 2 ** (attempt - 1);
      logger.info("a notification was not taken", { ...fields, againInMs });
      await new Promise<void>((resolve) => void clock.after(againInMs, resolve));
    }
  }

  /** What went wrong; undefined when it was taken. The URL is in no message: it may carry a secret. */
  async #attempt(notification: Notification, url: string): Promise<string | undefined> {
    const { post = fetch, secrets, clock } = this.#options;
    const body = JSON.stringify(notification);
    try {
      const response = await post(url, {
        method: "POST",
        headers: {
          "content-type": "text/plain; charset=UTF-8",
          "user-agent": "Hotkeep",
          "x-amz-sns-message-type": notification.Type,
          "x-amz-sns-message-id": notification.MessageId,
          "x-amz-sns-topic-arn": notification.TopicArn,
          [signatureHeader]: signatureOf(secrets.get(notification.TopicArn)!, body, clock.now()),
        },
        body,
        // A webhook that leads elsewhere is a configuration to be mended, not followed.
        redirect: "manual",
        signal: AbortSignal.timeout(this.#limits.answerMs),
      });
      await response.body?.cancel();
      return response.ok ? undefined : `it answered ${response.status}`;
    } catch (error) {
      const { cause, message } = error as Error;
      return cause instanceof Error ? cause.message : message;
    }
  }
}
