/** A dynamic CNAME record as octoDNS reads it: https://github.com/octodns/octodns/blob/main/docs/dynamic_records.md */
export interface DynamicRecord {
  readonly dynamic: {
    readonly pools: Readonly<Record<string, DynamicPool>>;
    /** The first rule that has the client's place applies; the last one takes everyone. */
    readonly rules: readonly {readonly geos?: readonly string[]; readonly pool: string}[];
  };
  readonly octodns: Readonly<Record<string, unknown>>;
  readonly ttl: number;
  readonly type: "CNAME";
  /** The answer when every pool of a chain is lost. */
  readonly value: string;
}

export interface DynamicPool {
  readonly fallback?: string;
  readonly values: readonly {readonly value: string; readonly weight?: number}[];
}
