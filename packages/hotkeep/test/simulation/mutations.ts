import type { Mutation } from "./run.js";

const nothing = (): void => {};

/** Mistakes that a change to the code could bring in. The checkers must notice each of them. */
export const mutations: Readonly<Record<string, Mutation>> = {
  "what may have been missed is kept": {
    node: ({ items }) => {
      items.invalidateAll = nothing;
    },
  },
  "another node's notice does not drop its key": {
    node: ({ items }) => {
      items.invalidate = nothing;
    },
  },
  "the table's replicas are trusted after a notice": {
    node: ({ doubts }) => {
      doubts.mustReadConsistently = () => false;
    },
  },
  "what is read may be kept although a write may come late": {
    node: ({ doubts }) => {
      doubts.keepUntil = () => Number.POSITIVE_INFINITY;
    },
  },
  "a fill stores what it read, whatever was written meanwhile": {
    node: ({ items }) => {
      const { endFill } = items;
      items.endFill = function (fill, found, now) {
        fill.leased = true;
        endFill.call(this, fill, found, now);
      };
    },
  },
  "writes that overlap each store their value": {
    node: ({ items }) => {
      const { endWrite } = items;
      items.endWrite = function (write, responses, now) {
        write.contested.fill(false);
        endWrite.call(this, write, responses, now);
      };
    },
  },
  "a node takes its seat and its leadership for granted for good": {
    node: ({ membership: { seat } }) => {
      let leads = false;
      let held = false;
      const { extend } = seat;
      seat.extend = function (until, leader, sequence) {
        held = true;
        leads ||= leader;
        extend.call(this, until, leader, sequence);
      };
      Object.defineProperty(seat, "held", { get: () => held });
      Object.defineProperty(seat, "leads", { get: () => leads });
    },
  },
  "the gateway does not wait for a leader's seat to end": {
    mayRun: () => () => false,
  },
  "the gateway takes a leader for gone that it may have found running": {
    startedAnew: () => true,
  },
  "nodes are not told that one was lost": {
    mutateGrant: (grant) => ({ ...grant, losses: 0 }),
    mutateSeats: (seats) => {
      const { attach } = seats;
      seats.attach = function (nodeId, link) {
        const notify: typeof link.notify = (name, notice) => {
          if (name !== "writesLost") link.notify(name, notice);
        };
        links.set(link, { notify });
        attach.call(this, nodeId, links.get(link)!);
      };
      const links = new WeakMap<object, Parameters<typeof attach>[1]>();
      const { detach, grant } = seats;
      seats.detach = function (nodeId, link) {
        detach.call(this, nodeId, links.get(link) ?? link);
      };
      seats.grant = function (nodeId, link, run, sequence) {
        return grant.call(this, nodeId, links.get(link) ?? link, run, sequence);
      };
    },
  },
  "notices that are missing at the end are not noticed": {
    mutateGrant: (grant) => ({
      ...grant,
      sequences: Object.fromEntries(Object.keys(grant.sequences).map((origin) => [origin, 0])),
    }),
  },
};
