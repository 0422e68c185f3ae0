import type {Price, Resource} from "../../cloud/resource.ts";
import {kindOf} from "../../cloud/types.ts";

/** What a resource costs a month before it is used, in US dollars. An unknown type costs nothing. */
export function dollarsOf({type, inputs}: Resource): number {
  const {dollars = 0} = kindOf(type)?.price ?? {};
  return typeof dollars === "number" ? dollars : dollars(inputs);
}

/** Why a type is there, and what is paid for it by use. Throws for a type that does not say. */
export function purposeOf(type: string): Pick<Price, "use"> & {readonly purpose: string} {
  const {purpose, price} = kindOf(type) ?? {};
  if (purpose) return {...price, purpose};
  throw new Error(
    `${type} has no purpose; say it beside the type in cloud/azure/ or cloud/kubernetes/`,
  );
}

/** To two digits. */
export const round = (dollars: number) => Number(dollars.toPrecision(2)).toLocaleString("en-US");
