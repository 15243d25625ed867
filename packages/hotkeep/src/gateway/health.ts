import type { HttpResponse } from "@hotkeep/protocols";

/** The answer to a load balancer's question whether this gateway serves. Says nothing else: nobody has signed it. */
export function answerHealth(): HttpResponse {
  return { status: 200, headers: { "content-type": "text/plain" }, body: "ok\n" };
}
