/**
 * Sees what a daemon does that outlives its process: what it writes here, and what it hands to others. A crash just
 * before or just after one of these acts is where work could be lost, and nowhere else. Metrics are made from it, and
 * tests end the process at a chosen one.
 */
export interface ActObserver<Act> {
  /** Just before it begins; what it throws prevents it. */
  before?(act: Act): void;
  /** Just after it is done. */
  after?(act: Act): void;
}
