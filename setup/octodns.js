import {fileURLToPath} from "node:url";
import {makeVenv, pythonIn} from "./venv.js";

const FOLDER = fileURLToPath(new URL("../.meridian/octodns", import.meta.url));
/** octoDNS, its providers for Azure, Route 53 and NS1, and what these need, at pinned versions. */
const REQUIREMENTS = fileURLToPath(new URL("../dns/octodns/requirements.txt", import.meta.url));

/**
 * The Python that has the pinned octoDNS; none if the variable OCTODNS is `off`.
 *
 * @returns {string | undefined}
 */
export const findOctodns = () =>
  process.env.OCTODNS === "off" ? undefined : pythonIn(FOLDER, REQUIREMENTS);

/** @returns {string | undefined} what stood in the way */
export const fetchOctodns = () => makeVenv(FOLDER, REQUIREMENTS);
