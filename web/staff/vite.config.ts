/** Builds the browser application of staff into `dist`, out of `app`. */
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { join } from "node:path";
import { defineConfig } from "vite";

export default defineConfig({
  root: join(import.meta.dirname, "app"),
  plugins: [react(), tailwindcss()],
  build: {
    outDir: join(import.meta.dirname, "dist"),
    emptyOutDir: true,
    target: "chrome120",
    // Typefaces stay files: a data: address would need a hole in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
});
