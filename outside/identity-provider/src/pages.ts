/** The provider's own pages: plain HTML, no script. */

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0) ?? 0};`);

const page = (title: string, body: string): string => `<!doctype html><html lang="ja"><head><meta charset="utf-8">
<title>${title}</title><meta name="viewport" content="width=device-width">
<style>body{font:16px/1.7 sans-serif;max-width:26rem;margin:2rem auto;padding:0 1rem}label{display:block;margin:1rem 0}
input{display:block;width:100%;font:inherit;padding:.5rem;box-sizing:border-box}button{font:inherit;padding:.5rem 1.5rem;margin:.25rem .5rem .25rem 0}
.mark{background:#000;color:#fff;padding:0 .5rem}</style></head><body><main>
<p><span class="mark">シミュレーター</span> 架空市 庁内認証基盤</p><h1>${title}</h1>${body}</main></body></html>`;

/** The log-in at the provider. `offered`: users that may be chosen with one press (demonstration). */
export function logInPage(
  continuation: string,
  offered: readonly { readonly name: string; readonly userName: string }[],
  refused: boolean,
): string {
  const field = `<input type="hidden" name="continue" value="${escaped(continuation)}">`;
  const choices = offered
    .map(
      ({ name, userName }) =>
        `<form method="post" action="/log-in">${field}<button name="offered" value="${escaped(userName)}">${escaped(name)}</button></form>`,
    )
    .join("");
  const form = `<form method="post" action="/log-in">${field}<label>利用者名<input name="userName" autocomplete="username"></label>
<label>パスワード<input name="password" type="password" autocomplete="current-password"></label><button>確かめる</button></form>`;
  const said = refused ? '<p role="alert">利用者名かパスワードが違います。</p>' : "";
  return page("職員の確認", `${said}${offered.length > 0 ? choices : form}`);
}

export const loggedOutPage = (back: string | undefined): string =>
  page("ログアウトしました", back === undefined ? "" : `<p><a href="${escaped(back)}">元のシステムへ戻る</a></p>`);

export const faultPage = (what: string): string => page("受け付けられません", `<p>${escaped(what)}</p>`);
