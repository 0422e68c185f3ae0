import {faultOf, findProgram, runProgram} from "./programs.js";

/** Three minutes' work on two cores; longer where other work goes on. */
const LIMIT_MS = 15 * 60_000;

/**
 * Runs Go.
 *
 * @param {readonly string[]} args
 * @param {{cwd: string, env?: Record<string, string>}} options
 * @returns {{output: string} | {fault: string}} what it printed, or what stood in the way
 */
function runGo(args, {cwd, env = {}}) {
  if (!findProgram("go")) return {fault: "Go, which would build it, is not installed"};
  const result = runProgram("go", args, {cwd, env, limitMs: LIMIT_MS});
  return "fault" in result ? {fault: `go ${args[0]}: ${result.fault}`} : result;
}

/**
 * Runs Go.
 *
 * @param {readonly string[]} args
 * @param {{cwd: string, env?: Record<string, string>}} options
 * @returns {string | undefined} what stood in the way
 */
export const go = (args, options) => faultOf(runGo(args, options));

/**
 * Downloads a module.
 *
 * @param {{module: string, version: string}} wanted
 * @param {string} cwd
 * @returns {{folder: string} | {fault: string}} where its files are
 */
export function moduleFolder({module, version}, cwd) {
  const result = runGo(["mod", "download", "-json", `${module}@${version}`], {cwd});
  return "fault" in result ? result : {folder: JSON.parse(result.output).Dir};
}
