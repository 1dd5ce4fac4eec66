// Why a PDF cannot be shown.

/** The page has a sentence for each. */
export type Reason = "refused" | "missing" | "broken" | "locked" | "large" | "late";

/** Thrown in one file of scripts and caught in another, so it is known by its reason and not by its class. */
export class Failure extends Error {
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(reason);
    this.reason = reason;
  }
}
