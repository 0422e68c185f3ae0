import {fileURLToPath} from "node:url";
import {makeVenv, pythonIn} from "./venv.js";

const FOLDER = fileURLToPath(new URL("../.meridian/hyper-h2", import.meta.url));
/** hyper-h2 and what it needs, at pinned versions. */
const REQUIREMENTS = fileURLToPath(
  new URL("../local/http2/hyper/requirements.txt", import.meta.url),
);

/**
 * The Python that has hyper-h2.
 *
 * @returns {string | undefined}
 */
export const findHyperH2 = () => pythonIn(FOLDER, REQUIREMENTS);

/** @returns {string | undefined} what stood in the way */
export const fetchHyperH2 = () => makeVenv(FOLDER, REQUIREMENTS);
