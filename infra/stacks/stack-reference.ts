import {getOrganization, getProject, StackReference} from "@pulumi/pulumi";

/** A reference to another stack of this project. */
export const referTo = (stack: string): StackReference =>
  new StackReference(stack, {name: `${getOrganization()}/${getProject()}/${stack}`});
