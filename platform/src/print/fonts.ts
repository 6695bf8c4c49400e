/** The typeface of what is printed: Noto Serif JP (OFL), whole TrueType files out of an npm package. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Family name as the print engine knows it. */
export const PRINT_FONT = "Noto Serif JP";

const FILES: readonly [regular: string, bold: string] = [
  require.resolve("@expo-google-fonts/noto-serif-jp/400Regular/NotoSerifJP_400Regular.ttf"),
  require.resolve("@expo-google-fonts/noto-serif-jp/700Bold/NotoSerifJP_700Bold.ttf"),
];

/** Files of the weights that templates use: regular and bold. Both have the same characters. */
export function printFontFiles(): readonly [regular: string, bold: string] {
  return FILES;
}
