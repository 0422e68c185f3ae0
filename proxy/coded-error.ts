/** One thing that can go wrong: the status, OpenAI's error type, and a message that is safe to show. */
type Row = readonly [status: number, type: string, message: string];

/** An error that a table of such rows lists by its code. */
export class CodedError<Code extends string> extends Error {
  readonly code: Code;
  readonly status: number;
  readonly type: string;

  constructor(
    table: Readonly<Record<Code, Row>>,
    code: Code,
    {status, message, ...options}: ErrorOptions & {status?: number; message?: string} = {},
  ) {
    const [usualStatus, type, usualMessage] = table[code];
    const {stackTraceLimit} = Error;
    // Its code says where it comes from, and what is behind it is its cause. A stack is the dearest part of a refusal.
    Error.stackTraceLimit = 0;
    super(message ?? usualMessage, options);
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.status = status ?? usualStatus;
    this.type = type;
  }
}

/** The body that OpenAI's clients parse. */
export const bodyOf = ({message, type, code}: CodedError<string>) => ({
  error: {message, type, param: null, code: code.toLowerCase()},
});
