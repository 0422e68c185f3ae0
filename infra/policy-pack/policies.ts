import {access} from "./access.ts";
import {images} from "./images.ts";
import {locations} from "./locations.ts";
import {logins} from "./logins.ts";
import {denial, ports} from "./network-policies.ts";
import {confinement} from "./pods.ts";
import type {ResourcePolicy, StackPolicy} from "./policy.ts";
import {rights} from "./rights.ts";
import {secrets} from "./secrets.ts";
import {tags} from "./tags.ts";
import {transport} from "./transport.ts";

/** What the pack holds each resource to. */
export const resourcePolicies: readonly ResourcePolicy[] = [
  ...[access, logins, transport, images, tags, locations, rights],
  ...[secrets, confinement, ports],
];

/** What it holds the resources of a stack to, together. */
export const stackPolicies: readonly StackPolicy[] = [denial];
