import {fileURLToPath} from "node:url";
import {makeVenv, pythonIn} from "./venv.js";

const FOLDER = fileURLToPath(new URL("../.meridian/cyclonedx", import.meta.url));
/** CycloneDX's own library, which has the schemas of its documents, and what it needs, at pinned versions. */
const REQUIREMENTS = fileURLToPath(new URL("../infra/image/requirements.txt", import.meta.url));

/**
 * The Python that has CycloneDX's library.
 *
 * @returns {string | undefined}
 */
export const findCyclonedx = () => pythonIn(FOLDER, REQUIREMENTS);

/** @returns {string | undefined} what stood in the way */
export const fetchCyclonedx = () => makeVenv(FOLDER, REQUIREMENTS);
