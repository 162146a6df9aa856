import type { Command } from "commander";

import type { Cli } from "../cli-action.ts";
import { addAttestAccept } from "./accept.ts";
import { addAttestChallenge, addAttestEnroll } from "./enroll.ts";
import { addAttestAnswer, addAttestQuote } from "./quote.ts";
import { addAttestShow } from "./show.ts";

export function addAttest(program: Command, cli: Cli): void {
  const group = program
    .command("attest")
    .summary("keys of trusted hardware: quote, challenge, answer, enroll, show, accept");
  addAttestQuote(group, cli);
  addAttestChallenge(group, cli);
  addAttestAnswer(group, cli);
  addAttestEnroll(group, cli);
  addAttestShow(group, cli);
  addAttestAccept(group, cli);
}
