import {type Fault, type Mapping, mapping} from "../meaning.ts";

/** A region's own registry builds its images while the region is brought up: nobody has signed them by then. */
export function imageFaults({service, regions}: Mapping): Fault[] {
  if (mapping(mapping(service).images).signedBy === undefined) return [];
  return Object.entries(mapping(regions)).flatMap(([name, region]) => {
    if (mapping(mapping(region).existing).registry === undefined) return [];
    const path = ["regions", name, "existing", "registry"];
    const message =
      "builds images that nobody has signed, and service.images.signedBy asks for it; leave one of the two out";
    return [{path, message}];
  });
}
