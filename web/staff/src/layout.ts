/** The frame of every page: bar, navigation, main part, foot. */
import { html } from "./html.ts";
import type { Html, Piece } from "./html.ts";

/** What every page needs to know. */
export type Frame = {
  readonly cityName: string;
  readonly operator: string;
  /** Training or demonstration: said in words and colour on every page */
  readonly demo: boolean;
};

export type Page = {
  readonly title: string;
  readonly current: "home" | "search" | "other";
  readonly body: Piece;
};

function navLink(href: string, text: string, current: boolean): Html {
  return html`<li><a href="${href}" ${current && html`aria-current="page"`}>${text}</a></li>`;
}

/** A whole document. */
export function renderPage(frame: Frame, page: Page): string {
  const mark = frame.demo ? "【デモ】" : "";
  return html`<!doctype html>
    <html lang="ja">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${mark}${page.title} - はぐくみ 児童手当</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/tokens.css" />
        <link rel="stylesheet" href="/assets/fonts/wght.css" />
        <link rel="stylesheet" href="/assets/base.css" />
        <link rel="stylesheet" href="/assets/parts.css" />
        <link rel="stylesheet" href="/assets/media.css" />
      </head>
      <body>
        <a class="skip" href="#main">本文へ移動</a>
        ${frame.demo && html`<p class="demo" role="note"><strong>デモ</strong> 表示しているのはすべて架空のデータです。実在の人・口座ではありません。</p>`}
        <header class="bar">
          <p class="product">
            <a href="/">はぐくみ <span>児童手当</span></a>
          </p>
          <p class="where">${frame.cityName}<span class="who">職員 ${frame.operator}</span></p>
          <nav aria-label="メニュー">
            <ul>
              ${navLink("/", "支払処理", page.current === "home")}
              ${navLink("/search", "受給者の検索", page.current === "search")}
            </ul>
          </nav>
        </header>
        <main id="main" tabindex="-1">${page.body}</main>
        <footer>
          <p>
            はぐくみ 児童手当システム　個人の情報を開いたとき・ファイルを取り出したときは、だれが・いつ・なぜ
            を記録しています。
          </p>
        </footer>
      </body>
    </html> `.toString();
}
