/**
 * 持出し: how a file leaves. One that tells of persons is never handed out as it is: it goes into an encrypted container, or to the
 * printer by way of the page; only what tells of nobody may be plain, and says why.
 *
 * Source: 熊本市 特定個人情報保護評価書 III-3② (業務端末に保存されない), III-5③.
 */
import type { Context } from "@hagukumi/allowance/contract.ts";
import { type LeavingBasis, recordLeaving } from "@hagukumi/interchange/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { sealContainer } from "@hagukumi/platform/files/container.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { buffer } from "node:stream/consumers";

/** A file of an operation, before it is wrapped. The name is plain ASCII, made by the program, and names no person. */
export type FileAnswer = {
  /**
   * よりどころ and size, of what tells of persons: without them it is not handed out. `copy`: the number under which its leaving was
   * recorded by the work itself. `nobody`: a plain file
   */
  readonly taken: { readonly basis: LeavingBasis; readonly rows: number } | { readonly copy: string } | "nobody";
  readonly fileName: string;
  readonly mediaType: string;
  readonly content: Buffer | NodeJS.ReadableStream;
};

export type Leaving =
  /** 暗号化した容れ物 (AES-256) with a password that is shown once */
  | { readonly how: "container" }
  /** 画面からの印刷: shown by the page for printing, saved nowhere; PDF alone */
  | { readonly how: "print" }
  /** 個人情報のないファイル: as it is */
  | { readonly how: "plain"; readonly reason: string };

/** The header by which the page knows what to do with the answer. */
export const LEAVING_HEADER = "hagukumi-leaving";

/**
 * A file is an answer to the page's own script. An address typed by hand, opened in a window, a frame or a picture gets nothing:
 * there the browser, and not the page, would decide where the bytes end up.
 *
 * @throws Refusal `crossOrigin`
 */
export function checkAskedByScript(request: FastifyRequest): void {
  const destination = request.headers["sec-fetch-dest"];
  if (destination === undefined || destination === "empty") return;
  throw new Refusal(
    "crossOrigin",
    "ファイルは、画面のボタンからだけ取り出せます。アドレスを直接開いても渡しません。画面からやり直してください。",
  );
}

/** Who takes a file, by which operation. */
export type Taker = {
  readonly route: string;
  readonly pool: Context["pool"];
  readonly operator: string;
  readonly today: Context["today"];
};

/**
 * Sends a file in the way its operation declares, once its leaving is recorded.
 *
 * @throws Refusal `leavingRefused`, and then nothing is sent
 */
export async function sendFile(
  reply: FastifyReply,
  leaving: Leaving,
  file: FileAnswer,
  taker: Taker,
): Promise<FastifyReply> {
  if (leaving.how === "plain") {
    return await reply
      .header(LEAVING_HEADER, leaving.how)
      .type(file.mediaType)
      .header("content-disposition", `attachment; filename="${file.fileName}"`)
      .send(file.content);
  }
  const content = Buffer.isBuffer(file.content) ? file.content : await buffer(file.content);
  if (file.taken === "nobody") throw new Error(`${taker.route}: a file about persons without a ground`);
  const copy =
    "copy" in file.taken ? file.taken.copy : await recordLeaving(taker, { route: taker.route, ...file.taken, content });
  reply.header(LEAVING_HEADER, leaving.how);
  if (leaving.how === "print") {
    // No name and no attachment: there is nothing to be saved.
    return await reply.type("application/pdf").header("content-disposition", "inline").send(content);
  }
  const dot = file.fileName.lastIndexOf(".");
  const { bytes, password } = await sealContainer(content, file.fileName.slice(dot + 1));
  // In the body and not in a header: headers are written into the logs of whatever stands in between.
  const form = new FormData();
  form.set("password", password);
  form.set("container", new Blob([bytes], { type: "application/zip" }), `${file.fileName.slice(0, dot)}-${copy}.zip`);
  const body = new Response(form);
  return await reply
    .type(body.headers.get("content-type") ?? "multipart/form-data")
    .header("content-disposition", "inline")
    .send(Buffer.from(await body.arrayBuffer()));
}
