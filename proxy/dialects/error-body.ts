import {type ErrorCode, errorBody, type ProxyError} from "../errors.ts";
import type {Dialect} from "./dialect.ts";

/** By the client's dialect. */
const made = new Map<Dialect | undefined, Map<ErrorCode, Buffer>>();

/** The error in the client's dialect. Of one that says what it always does it is made once. */
export function errorBytes(error: ProxyError, dialect: Dialect | undefined): Buffer {
  if (!error.isUsual) return Buffer.from(bodyFor(error, dialect));
  const bodies = made.get(dialect) ?? new Map<ErrorCode, Buffer>();
  const bytes = bodies.get(error.code) ?? Buffer.from(bodyFor(error, dialect));
  made.set(dialect, bodies.set(error.code, bytes));
  return bytes;
}

function bodyFor(error: ProxyError, dialect: Dialect | undefined): string {
  if (!dialect) return errorBody(error);
  const {status, type, message, code} = error;
  return JSON.stringify(dialect.error({status, type, message, code: code.toLowerCase()}));
}
