import type { Handler } from "../context.ts";
import type { AssignmentState } from "../states.ts";
import { abstained } from "./abstained.ts";
import { abstaining } from "./abstaining.ts";
import { claiming } from "./claiming.ts";
import { committed } from "./committed.ts";
import { committing } from "./committing.ts";
import { declined } from "./declined.ts";
import { declining } from "./declining.ts";
import { discovered } from "./discovered.ts";
import { eligible } from "./eligible.ts";
import { expired } from "./expired.ts";
import { lost } from "./lost.ts";
import { published } from "./published.ts";
import { ran } from "./ran.ts";
import { revealed } from "./revealed.ts";
import { revealing } from "./revealing.ts";
import { running } from "./running.ts";
import { seated } from "./seated.ts";
import { settled } from "./settled.ts";
import { settling } from "./settling.ts";
import { validating } from "./validating.ts";

/** States that have a next step. */
export type OpenState = Exclude<AssignmentState, "released">;
export type HandlerTable = Readonly<Record<OpenState, Handler>>;

export const HANDLERS: HandlerTable = {
  discovered,
  validating,
  eligible,
  claiming,
  seated,
  running,
  ran,
  committing,
  committed,
  revealing,
  revealed,
  settling,
  settled,
  published,
  expired,
  declining,
  declined,
  abstaining,
  abstained,
  lost,
};
