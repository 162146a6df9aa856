import type { Command } from "commander";

import type { Cli } from "../cli-action.ts";
import { addAttestAccept } from "./accept.ts";
import { addAttestChallenge, addAttestEnroll } from "./enroll.ts";
import {
  addAttestContest,
  addAttestLapse,
  addAttestRelease,
  addAttestRevoke,
  addAttestWithdraw,
} from "./key-life.ts";
import { addAttestAnswer, addAttestQuote } from "./quote.ts";
import { addAttestShow } from "./show.ts";
import { addAttestVouch } from "./vouch.ts";

export function addAttest(program: Command, cli: Cli): void {
  const group = program
    .command("attest")
    .summary(
      "keys of trusted hardware: quote, challenge, answer, enroll, vouch, show, accept, contest, revoke, release",
    );
  for (const add of [
    ...[addAttestQuote, addAttestChallenge, addAttestAnswer, addAttestEnroll, addAttestVouch],
    ...[addAttestShow, addAttestAccept, addAttestContest, addAttestLapse, addAttestRevoke],
    ...[addAttestRelease, addAttestWithdraw],
  ]) {
    add(group, cli);
  }
}
