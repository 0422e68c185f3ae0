import {serving} from "../../cloud/description.ts";
import type {Loss} from "../../cloud/resource.ts";
import {kindOf} from "../../cloud/types.ts";

/** What is missed while a resource of a type is not there. An unknown type is taken to be missed. */
export const lossOf = (type: string): Loss => kindOf(type)?.loss ?? serving("what it was for");
