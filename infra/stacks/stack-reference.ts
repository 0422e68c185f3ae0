import {getOrganization, getProject, StackReference} from "@pulumi/pulumi";

/** Another stack of this project. */
export const referTo = (stack: string): StackReference =>
  new StackReference(stack, {name: `${getOrganization()}/${getProject()}/${stack}`});
