/**
 * Seconds of a commit window in which runs may be made; what is left then is for committing, or for abstaining. A short window keeps
 * most of itself for running.
 * @param commitMargin `timing.commitMargin`
 */
export function runSeconds(commitWindow: number, commitMargin: number): number {
  return commitWindow - Math.min(commitMargin, Math.ceil(commitWindow / 5));
}
