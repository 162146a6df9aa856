import { type ExecutorParts, HANDLERS } from "@deco-network/executor";

/** Takes a seat and gives it back while its round is still filling. */
export const decliner: ExecutorParts = {
  handlers: {
    seated: async (context) => {
      const { phase } = await context.overview();
      if (phase.name !== "open") return HANDLERS.seated(context);
      const { calls, key, request } = context;
      return { kind: "move", to: "declining", also: [calls.decline(key, request)] };
    },
  },
};
