import {type Fault, type Mapping, mapping} from "../meaning.ts";

/** Faults in what is asked of registries that are there already. */
export function imageFaults(file: Mapping): Fault[] {
  const {images, existing} = mapping(file.service);
  const {signedBy, keep} = mapping(images);
  return [
    ...(signedBy === undefined ? [] : unsignedFaults(mapping(file.regions))),
    ...(keep === undefined || mapping(existing).registry === undefined ? [] : [SHARED]),
  ];
}

/** What of their images runs elsewhere is not known. */
const SHARED: Fault = {
  path: ["service", "images", "keep"],
  message:
    "removes images from a registry of yours, where others may run what is removed; leave it out, or existing.registry",
};

/** A region's own registry builds its images while the region is brought up: nobody has signed them by then. */
const unsignedFaults = (regions: Mapping) =>
  Object.entries(regions).flatMap(([name, region]): Fault[] => {
    if (mapping(mapping(region).existing).registry === undefined) return [];
    const path = ["regions", name, "existing", "registry"];
    const message =
      "builds images that nobody has signed, and service.images.signedBy asks for it; leave one of the two out";
    return [{path, message}];
  });
