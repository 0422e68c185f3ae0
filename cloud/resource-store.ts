import type {Resource} from "./resource.ts";

/** The resources of a cloud, in the order in which they were made. */
export interface ResourceStore {
  readonly resources: readonly Resource[];
  /** Adds a resource, in the place of `now` if given. */
  put(resource: Resource, now?: Resource): Resource;
  drop(resource: Resource): void;
  find(id: string): Resource | undefined;
}

/** ARM compares ids without regard to case. */
export const keyOf = (id: string) => id.toLowerCase();

export function createResourceStore(): ResourceStore {
  const resources: Resource[] = [];
  const byId = new Map<string, Resource>();

  function put(resource: Resource, now?: Resource): Resource {
    if (now) resources.splice(resources.indexOf(now), 1, resource);
    else resources.push(resource);
    if (resource.id) byId.set(keyOf(resource.id), resource);
    return resource;
  }

  function drop(resource: Resource): void {
    byId.delete(keyOf(resource.id));
    resources.splice(resources.indexOf(resource), 1);
  }

  return {resources, put, drop, find: (id) => byId.get(keyOf(id))};
}
