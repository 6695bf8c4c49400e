/**
 * Long lists as PDF, page by page: every text and rule stands where the caller puts it. A page leaves memory when it is done,
 * so the length of a list costs time and nothing else. What needs a layout (notices, totals) is for the print engine.
 *
 * Same pages, same bytes: the file has no date and no random name. PDF 1.7 (ISO 32000-1), untagged.
 */
import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { printFontFiles } from "./fonts.ts";
import type { PrintedFile } from "./jobs.ts";
import { createPdfBody } from "./pdf-body.ts";
import { openPdfFont } from "./pdf-font.ts";
import type { EncodedText } from "./pdf-font.ts";
import type { Picture } from "./png-picture.ts";

/** Colour as three numbers 0…1 (red, green, blue). */
export type Colour = readonly [number, number, number];

/** A text on its base line. `x`, `y` in mm from the upper left corner of the page; `size` in points. */
export type PlacedText = {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly bold?: boolean;
  /** `right`: the text ends at `x`. Default `left` */
  readonly align?: "left" | "right";
  /** Default: the document's ink */
  readonly colour?: Colour;
};

/** A horizontal rule from `x1` to `x2` at `y`, mm; `weight` in points. */
export type Rule = {
  readonly x1: number;
  readonly x2: number;
  readonly y: number;
  readonly weight: number;
  readonly colour: Colour;
};

/**
 * A pattern of filled cells (2D code, bars): `runs` are `[x, y, width, height]` in whole units from its upper left corner.
 * `x`, `y` and `unit` in mm. Drawn in black: a reader needs the contrast.
 */
export type Pattern = {
  readonly x: number;
  readonly y: number;
  readonly unit: number;
  readonly runs: readonly (readonly [x: number, y: number, width: number, height: number])[];
};

/** A picture with its upper left corner at `x`, `y`; all in mm. */
export type PlacedImage = {
  readonly image: SharedDrawing;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

export type Drawing = {
  readonly texts: readonly PlacedText[];
  readonly rules: readonly Rule[];
  readonly patterns?: readonly Pattern[];
  readonly images?: readonly PlacedImage[];
};

/** A drawing that stands once in the file and is shown by many pages. */
export type SharedDrawing = { readonly id: number };

export type PdfPages = {
  /** Adds what many pages show, so that it takes the space of one. */
  readonly share: (drawing: Drawing) => SharedDrawing;
  /** Place for what is not known yet (how many pages there are): draw it with `fill` before the work ends. */
  readonly reserve: () => SharedDrawing;
  /** Draws what was reserved. @throws Error when it was drawn already */
  readonly fill: (reserved: SharedDrawing, drawing: Drawing) => void;
  /** Adds a picture, once for the file. */
  readonly image: (picture: Picture) => SharedDrawing;
  /** Adds a page that shows the shared drawings and its own. */
  readonly page: (own: Drawing, shared: readonly SharedDrawing[]) => Promise<void>;
  /** Width of a text in mm. */
  readonly widthOf: (text: string, size: number, bold?: boolean) => number;
};

export type PdfOptions = {
  /** Shown in the window's title */
  readonly title: string;
  /** Size of every page in mm */
  readonly width: number;
  readonly height: number;
  readonly ink: Colour;
};

const POINTS_PER_MM = 72 / 25.4;
/** Written to the disk in pieces of about this size */
const CHUNK = 1 << 20;
/** Pages under one node of the page tree */
const BRANCH = 64;

const point = (mm: number): string => String(Math.round(mm * POINTS_PER_MM * 1000) / 1000);
const colourText = (colour: Colour): string => colour.map((part) => String(Math.round(part * 1000) / 1000)).join(" ");

const kidsOf = (ids: readonly number[]): string => `/Kids [${ids.map((id) => `${id} 0 R`).join(" ")}]`;

function createPages(file: FileHandle, options: PdfOptions) {
  const body = createPdfBody(file);
  body.text("%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n");
  const fonts = printFontFiles().map((path) => openPdfFont(path));
  const [catalog, info, tree] = [body.reserve(), body.reserve(), body.reserve()];
  const fontIds = fonts.map(() => body.reserve());
  const resources = body.reserve();
  const shownBy = new Set<number>();
  const branches: { readonly id: number; readonly kids: number[] }[] = [];
  let pages = 0;

  const encode = (text: string, bold: boolean): EncodedText => {
    const font = fonts[bold ? 1 : 0];
    if (font === undefined) throw new Error("the print font has a regular and a bold face");
    return font.encode(text);
  };
  const contentOf = ({ texts, rules, patterns = [], images = [] }: Drawing): string => {
    const lines: string[] = [];
    for (const { image, x, y, width, height } of images) {
      lines.push(
        `q ${point(width)} 0 0 ${point(height)} ${point(x)} ${point(options.height - y - height)} cm /X${image.id} Do Q`,
      );
    }
    for (const { x, y, unit, runs } of patterns) {
      // Whole numbers in units of the pattern: a page with 200 cells stays small, and every edge is exact.
      const cells = runs.map(([left, top, width, height]) => `${left} ${-top - height} ${width} ${height} re`);
      lines.push(
        `q 0 g ${point(unit)} 0 0 ${point(unit)} ${point(x)} ${point(options.height - y)} cm\n${cells.join("\n")}\nf Q`,
      );
    }
    for (const { x1, x2, y, weight, colour } of rules) {
      const height = point(options.height - y);
      lines.push(`${colourText(colour)} RG ${weight} w ${point(x1)} ${height} m ${point(x2)} ${height} l S`);
    }
    lines.push("BT");
    let state = "";
    for (const { text, x, y, size, bold = false, align, colour = options.ink } of texts) {
      if (text === "") continue;
      const { codes, width } = encode(text, bold);
      const next = `${colourText(colour)} rg /F${bold ? 1 : 0} ${size} Tf`;
      if (next !== state) lines.push(next);
      state = next;
      const left = align === "right" ? x - (width * size) / 1000 / POINTS_PER_MM : x;
      lines.push(`1 0 0 1 ${point(left)} ${point(options.height - y)} Tm <${codes}> Tj`);
    }
    lines.push("ET");
    return lines.join("\n");
  };
  const fill = ({ id }: SharedDrawing, drawing: Drawing): void => {
    const box = `/BBox [0 0 ${point(options.width)} ${point(options.height)}]`;
    const head = `/Subtype /Form ${box} /Resources ${resources} 0 R`;
    body.object(id, head, Buffer.from(contentOf(drawing), "latin1"));
  };
  const reserve = (): SharedDrawing => {
    const id = body.reserve();
    shownBy.add(id);
    return { id };
  };
  const image = ({ width, height, colours, rows }: Picture): SharedDrawing => {
    const drawn = reserve();
    const space = colours === 1 ? "/DeviceGray" : "/DeviceRGB";
    const parameters = `/Predictor 15 /Colors ${colours} /BitsPerComponent 8 /Columns ${width}`;
    body.object(
      drawn.id,
      `/Subtype /Image /Width ${width} /Height ${height} /ColorSpace ${space} /BitsPerComponent 8 /DecodeParms << ${parameters} >>`,
      rows,
    );
    return drawn;
  };
  const page = async (own: Drawing, shared: readonly SharedDrawing[]): Promise<void> => {
    let branch = branches.at(-1);
    if (branch === undefined || branch.kids.length === BRANCH) {
      branch = { id: body.reserve(), kids: [] };
      branches.push(branch);
    }
    const content = body.reserve();
    const shows = shared.map(({ id }) => `/X${id} Do\n`).join("");
    body.object(content, "", Buffer.from(shows + contentOf(own), "latin1"));
    const id = body.reserve();
    body.object(id, `/Type /Page /Parent ${branch.id} 0 R /Contents ${content} 0 R`, null);
    branch.kids.push(id);
    pages += 1;
    await body.flush(CHUNK);
  };
  const end = async (): Promise<PrintedFile> => {
    if (pages === 0) throw new Error("a PDF has at least one page");
    fonts.forEach((font, index) => {
      const ids = [fontIds[index] ?? 0, ...Array.from({ length: 5 }, () => body.reserve())];
      const objects = font.objects((at) => `${ids[at] ?? 0} 0 R`);
      objects.forEach(({ head, stream }, at) => body.object(ids[at] ?? 0, head, stream));
    });
    const faces = fontIds.map((id, at) => `/F${at} ${id} 0 R`).join(" ");
    const drawings = [...shownBy].map((id) => `/X${id} ${id} 0 R`).join(" ");
    body.object(resources, `/Font << ${faces} >> /XObject << ${drawings} >>`, null);
    const box = `/MediaBox [0 0 ${point(options.width)} ${point(options.height)}] /Resources ${resources} 0 R`;
    for (const { id, kids } of branches)
      body.object(id, `/Type /Pages /Parent ${tree} 0 R /Count ${kids.length} ${kidsOf(kids)}`, null);
    body.object(tree, `/Type /Pages /Count ${pages} ${kidsOf(branches.map(({ id }) => id))} ${box}`, null);
    const title = Buffer.from(`\uFEFF${options.title}`, "utf16le").swap16().toString("hex");
    body.object(info, `/Title <${title}>`, null);
    body.object(
      catalog,
      `/Type /Catalog /Pages ${tree} 0 R /Lang (ja) /ViewerPreferences << /DisplayDocTitle true >>`,
      null,
    );
    body.end(catalog, info);
    await body.flush(0);
    return { pages, ...body.written() };
  };
  const share = (drawing: Drawing): SharedDrawing => {
    const reserved = reserve();
    fill(reserved, drawing);
    return reserved;
  };
  const widthOf = (text: string, size: number, bold = false): number =>
    (encode(text, bold).width * size) / 1000 / POINTS_PER_MM;
  const api: PdfPages = { share, reserve, fill, image, page, widthOf };
  return { api, end };
}

/**
 * Writes a PDF of pages that `work` adds, whole or not at all (permissions 0600).
 *
 * @throws what `work` throws, errors of the file system, and Error when a reserved drawing was never filled; no file then
 */
export async function writePdfPages(
  path: string,
  options: PdfOptions,
  work: (pdf: PdfPages) => Promise<void>,
): Promise<PrintedFile> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, "wx", 0o600);
    let written: PrintedFile;
    try {
      const { api, end } = createPages(file, options);
      await work(api);
      written = await end();
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    return written;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
