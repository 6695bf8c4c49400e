/** What a real object storage does on bad days, on request. */
export const faults = {
  slowDown: "503 SlowDown",
  internal: "500 InternalError",
  unreachable: "the connection is cut before an answer",
  cut: "the body ends in the middle: the connection is cut after half of it",
  wrongEtag: "the ETag is that of other bytes",
  flipped: "one byte of the body is another, under the right ETag",
  overlong: "more bytes than were asked for: the rest begins from the start again",
  endlessList: "the listing says that there is more and gives the same token again",
  brokenList: "the listing ends in the middle of its XML",
  phantom: "the listing names an object that is not there",
  stale: "the listing does not yet name the newest object",
  lateFailure: "the completion of an upload says 200 and then that it failed",
} as const;

export type FaultName = keyof typeof faults;

/** A fault that is due for the next `times` requests which it can befall. */
export type Fault = {
  readonly name: FaultName;
  readonly times: number;
  /** Only requests of this method */
  readonly method?: string;
};

/** The faults that are due. */
export class FaultQueue {
  #due: { name: FaultName; times: number; method: string | undefined }[] = [];

  add({ name, times, method }: Fault): void {
    this.#due.push({ name, times, method });
  }

  /** Whether `name` is to befall this request; counts it where it is. */
  strikes(name: FaultName, method: string): boolean {
    const due = this.#due.find((each) => each.name === name && (each.method ?? method) === method);
    if (due === undefined) return false;
    due.times -= 1;
    this.#due = this.#due.filter(({ times }) => times > 0);
    return true;
  }
}
