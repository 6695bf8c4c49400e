/** What the process of the 運転 is told at its beginning, and what it tells. */

export type OperationOptions = {
  /** Where the database is */
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly reportsDir: string;
  /** Of a made-up city; absent in an installation */
  readonly demo?: {
    /** Its day of work */
    readonly today: string;
    /** Its offices; absent where they send nothing any more */
    readonly offices?: OfficesOptions;
  };
};

/** The offices of a made-up city while its pages are served. */
export type OfficesOptions = {
  /** Seed of its life */
  readonly seed: string;
  /** Where they lay their files */
  readonly storeFolder: string;
  /** Seconds after which the city lives another day by itself; 0: only when it is asked to */
  readonly dayEvery: number;
};

/** The city of the demonstration has lived on to a later day. */
export type DayTold = { readonly day: string };

/** Who the parts act as. */
export const OPERATION_ACTOR = "system.operation";

export const ENVIRONMENT_NAME = "HAGUKUMI_OPERATION";
