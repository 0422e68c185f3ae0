import {fileURLToPath} from "node:url";
import {makeVenv, pythonIn} from "./venv.js";

const FOLDER = fileURLToPath(new URL("../.meridian/checkov", import.meta.url));
/** checkov and what it needs, at pinned versions. */
const REQUIREMENTS = fileURLToPath(new URL("checkov.txt", import.meta.url));

/**
 * The Python that has checkov.
 *
 * @returns {string | undefined}
 */
export const findCheckov = () => pythonIn(FOLDER, REQUIREMENTS);

/** @returns {string | undefined} what stood in the way */
export const fetchCheckov = () => makeVenv(FOLDER, REQUIREMENTS);
