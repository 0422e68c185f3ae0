/**
 * Sizes of VMs of the D and E series from version 3 on, which nodes are mostly of, as
 * https://learn.microsoft.com/azure/virtual-machines/sizes/overview lists their series (2026). A later version may have
 * more: what is not known is told, and not refused, as Azure alone knows what a region has.
 */
const FEATURES = /^([ap]?l?d?s?|i?[ab]?d?s?|bl?s|nl?d?s)$/;
const NEWEST_VERSION = 7;
const VCPUS = [2, 4, 8, 16, 20, 32, 48, 64, 80, 96, 104, 112, 128, 192];
/** The letters of all series, by which a size begins. */
const SERIES = /^(A|B|D|DC|DS|E|EC|F|FX|G|GS|H|HB|HC|HX|L|M|NC|ND|NG|NP|NV)$/;

/** What is wrong with a size's name, with the mend; undefined where nothing is known to be. */
export function sizeFault(size: string): string | undefined {
  const [, series = "", number = "", features = "", version = "0"] =
    /^Standard_([A-Z]+)(\d+)(?:-\d+)?([a-z]*)(?:_.*?)?(?:_?v(\d+))?$/.exec(size) ?? [];
  if (!SERIES.test(series))
    return `${size} is of no series that is known here; write one such as Standard_D4ds_v5, or ask Azure by npm run preflight`;
  if (!/^[DE]$/.test(series) || Number(version) < 3) return undefined;
  if (!FEATURES.test(features))
    return `${size} is not known here: no ${series} series has the letters ${features}; write one such as Standard_${series}${number}ds_v5, or ask Azure by npm run preflight`;
  if (Number(version) > NEWEST_VERSION)
    return `${size} is not known here: there is no v${version}; write one such as Standard_${series}${number}ds_v5, or ask Azure by npm run preflight`;
  if (VCPUS.includes(Number(number))) return undefined;
  const near = VCPUS.toSorted(
    (a, b) => Math.abs(a - Number(number)) - Math.abs(b - Number(number)),
  );
  return `${size} is not known here: there is none of ${number} vCPUs; write ${size.replace(number, `${near[0]}`)}, or ask Azure by npm run preflight`;
}
