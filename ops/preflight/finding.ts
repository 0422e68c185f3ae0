/** What a check found out about one thing that is needed of Azure. */
export interface Verdict {
  /** The subject of the check: `quota`, `vault`. */
  readonly check: string;
  /** What is needed, in Azure's words: `240 of OpenAI.Standard.gpt-35-turbo`. */
  readonly asked: string;
  /** ok: Azure has it. short: it has not. unknown: it could not be asked, or does not say. */
  readonly status: "ok" | "short" | "unknown";
  /** What Azure has, or why it could not be asked. */
  readonly found: string;
  /** How to mend it, if it is not ok. */
  readonly mend?: string;
}

/** A verdict, with the stack that it concerns. */
export interface Finding extends Verdict {
  /** A stack's name, `subscription` for what all stacks of a subscription need, or what is there already. */
  readonly of: string;
  /** The nearest Azure location that has room for everything the region asks for. */
  readonly elsewhere?: string;
}

export const ok = (check: string, asked: string, found: string): Verdict => ({
  check,
  asked,
  status: "ok",
  found,
});

export const short = (check: string, asked: string, found: string, mend: string): Verdict => ({
  check,
  asked,
  status: "short",
  found,
  mend,
});

export const unknown = (check: string, asked: string, found: string, mend: string): Verdict => ({
  check,
  asked,
  status: "unknown",
  found,
  mend,
});

/** `12 ok, 1 short, 0 unknown` */
export function counted(verdicts: readonly Verdict[]): string {
  const count = (status: Verdict["status"]) =>
    `${verdicts.filter((verdict) => verdict.status === status).length} ${status}`;
  return [count("ok"), count("short"), count("unknown")].join(", ");
}
